//! Sockets: dials, and frames either way.

use crate::babble::babble;
use crate::luck::Fault;
use crate::network::{Line, LinkId};
use crate::server::{Doing, Job};
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::engine::dialect::MAX_FRAME;
use sealwire::engine::ids::Generation;
use sealwire::engine::io::SocketEvent;
use sealwire::rows::io::Input;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Milliseconds that the server takes to look at a token, or to update a note.
const SERVER_TAKES: RangeInclusive<u64> = 1..=120;
/// Milliseconds that the server holds a frame back.
const HOLDS_BACK: RangeInclusive<u64> = 100..=25_000;
/// An update that was not answered for so long was given up.
const GIVEN_UP_MS: u64 = 10_000;

impl World {
    pub fn dial(&mut self, id: TabId, generation: Generation) {
        self.note(id, format_args!("dials"));
        let (machine, run) = (self.tab(id).machine, self.tab(id).run);
        self.machine_mut(id).dials += 1;
        let link = self.network.dial(id, machine, run, generation);
        match self.network.line(machine) {
            Line::Up if self.luck.strikes(Fault::DialRefused) => self.refuse_dial(link),
            Line::Up => {
                let at = self.now + self.luck.within(5..=100);
                self.schedule(at, Happening::Dial { link });
            }
            Line::Cut => self.refuse_dial(link),
            Line::BlackHole => {}
        }
    }

    /// A browser sees every failed dial like this.
    pub fn refuse_dial(&mut self, link: LinkId) {
        let event = SocketEvent::Closed { code: 1006, reason: String::new() };
        self.schedule(self.now + 20, Happening::Socket { link, event });
    }

    pub fn hang_up(&mut self, id: TabId, generation: Generation) {
        if let Some(link) = self.network.find(id, self.tab(id).run, generation) {
            self.network.link_mut(link).client_listens = false;
            self.schedule(self.now + 30, Happening::Hangup { link });
        }
    }

    /// A dial reached the server.
    pub fn accept(&mut self, link: LinkId) {
        if !self.network.link(link).client_listens {
            return;
        }
        self.network.link_mut(link).server_listens = true;
        let machine = self.network.link(link).machine.0;
        let greeting = self.server.welcome(link, machine);
        self.carry(link, SocketEvent::Opened);
        self.carry(link, SocketEvent::Frame(greeting.to_string()));
    }

    pub fn server_drops(&mut self, link: LinkId) {
        self.network.link_mut(link).server_listens = false;
        self.server.forget(link);
    }

    /// A page says something to the server.
    pub fn client_says(&mut self, id: TabId, generation: Generation, text: &str) {
        let Some(link) = self.network.find(id, self.tab(id).run, generation) else { panic!("no such socket") };
        let frame: Value = serde_json::from_str(text).expect("JSON");
        let inner = frame.get("payload").unwrap_or(&frame).clone();
        let kind = inner["type"].as_str().expect("a type").to_owned();
        let shown: String = text.chars().take(300).collect();
        self.note(id, format_args!("⇒ {shown}"));
        if kind != "ping" && kind != "auth" {
            self.stir();
        }
        if !self.network.link(link).client_listens {
            return; // It was closed meanwhile: a browser drops it.
        }
        self.judge_said(id, link, &kind, &frame, &inner);
        if let Some(at) = self.network.arrival_there(link, self.now, &mut self.luck) {
            self.schedule(at, Happening::Frame { link, text: text.to_owned() });
        }
    }

    /// The token comes first and is not signed, nothing is sent while it is looked at, and of a note one update is in flight.
    fn judge_said(&mut self, id: TabId, link: LinkId, kind: &str, frame: &Value, inner: &Value) {
        let (now, end) = (self.now, self.network.link_mut(link));
        end.sent += 1;
        let mut wrong = None;
        match kind {
            "auth" => {
                end.auths_sent += 1;
                if frame.get("payload").is_some() {
                    wrong = Some("a signed token".to_owned());
                }
            }
            "ping" if end.sent > 1 => {}
            _ if end.sent == 1 => wrong = Some(format!("{kind} before a token")),
            _ if end.auths_sent != end.auths_heard => wrong = Some(format!("{kind} before the server knows the user")),
            "note_update" => {
                let note = inner["noteId"].as_str().expect("an id").to_owned();
                if end.updating.iter().any(|(other, since)| *other == note && now < since + GIVEN_UP_MS) {
                    wrong = Some(format!("two updates of {note} at once"));
                }
                end.updating.push((note, now));
            }
            _ => {}
        }
        if let Some(wrong) = wrong {
            self.note(id, format_args!("should not have said: {wrong}"));
            self.misspoken.push(format!("{}: {wrong}", self.tab(id).name));
        }
    }

    /// A frame reached the server.
    pub fn server_hears(&mut self, link: LinkId, text: &str) {
        if !self.network.link(link).server_listens {
            return;
        }
        let is_idle = text.contains(r#""type":"ping""#) || text.contains(r#""type":"auth""#);
        if !is_idle && self.luck.strikes(Fault::FrameRefused) {
            return self.tell_client(link, json!({ "type": "error", "message": "Something went wrong" }).to_string());
        }
        let wall = self.wall();
        let doings = self.server.hear(wall, link, text);
        self.server_does(doings);
    }

    /// The server has done what took it a while.
    pub fn server_ends(&mut self, link: LinkId, job: Job) {
        let is_update = matches!(job, Job::Update { .. });
        let wall = self.wall();
        let mut doings = self.server.finish(wall, link, job);
        if is_update && self.luck.strikes(Fault::ErrorAfter) {
            doings.retain(|doing| !matches!(doing, Doing::Say(other, _) if *other == link));
            doings.push(Doing::Say(link, json!({ "type": "error", "message": "Failed to update note" })));
        }
        self.server_does(doings);
    }

    fn server_does(&mut self, doings: Vec<Doing>) {
        for doing in doings {
            match doing {
                Doing::Later(link, job) => {
                    let at = self.now + self.luck.within(SERVER_TAKES);
                    self.schedule(at, Happening::Done { link, job });
                }
                Doing::Close(link) => {
                    self.carry(link, SocketEvent::Closed { code: 1005, reason: String::new() });
                    self.server_drops(link);
                }
                Doing::Say(link, frame) => {
                    if self.luck.strikes(Fault::StrayError) {
                        self.tell_client(link, json!({ "type": "error", "message": "A stray error" }).to_string());
                    }
                    if self.luck.strikes(Fault::Babble) {
                        let text = babble(&mut self.luck, &self.server);
                        self.tell_client(link, text);
                    }
                    let is_news = frame["type"].as_str().is_some_and(|kind| kind.ends_with("_sync"));
                    if is_news && self.luck.strikes(Fault::SyncLate) {
                        let at = self.now + self.luck.within(HOLDS_BACK);
                        self.schedule(at, Happening::LateFrame { link, text: frame.to_string() });
                    } else if !self.luck.strikes(Fault::FrameLost) {
                        self.tell_client(link, frame.to_string());
                    }
                }
            }
        }
    }

    /// Sends a frame of the server.
    pub fn tell_client(&mut self, link: LinkId, text: String) {
        if !self.network.link(link).server_listens {
            return;
        }
        if self.luck.strikes(Fault::FrameTwice) {
            self.carry(link, SocketEvent::Frame(text.clone()));
        }
        self.carry(link, SocketEvent::Frame(text));
    }

    fn carry(&mut self, link: LinkId, event: SocketEvent) {
        if let Some(at) = self.network.arrival(link, self.now, &mut self.luck) {
            self.schedule(at, Happening::Socket { link, event });
        }
    }

    pub fn hear_socket(&mut self, id: LinkId, event: SocketEvent) {
        if !self.network.link(id).client_listens {
            return;
        }
        let (tab, generation) = (self.network.link(id).tab, self.network.link(id).generation);
        match &event {
            SocketEvent::Frame(text) => self.note_heard(id, tab, text),
            SocketEvent::Opened => self.note(tab, format_args!("is connected")),
            SocketEvent::Closed { code, .. } => {
                self.note(tab, format_args!("is closed: {code}"));
                self.network.link_mut(id).client_listens = false;
            }
            SocketEvent::Unreadable { .. } | SocketEvent::Buffered(_) => {}
        }
        let event = match event {
            // The shell reads no frame above the limit.
            SocketEvent::Frame(text) if text.len() > MAX_FRAME => SocketEvent::Unreadable { too_large: true },
            event => event,
        };
        self.tell(tab, Input::Socket { generation, event });
    }

    fn note_heard(&mut self, id: LinkId, tab: TabId, text: &str) {
        let shown: String = text.chars().take(300).collect();
        self.note(tab, format_args!("⇐ {shown}"));
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let run = self.tab(tab).run;
        self.readers.learn(tab, run, &frame["updatedNote"]);
        let link = self.network.link_mut(id);
        match frame["type"].as_str().unwrap_or_default() {
            "auth_success" => {
                link.auths_heard = link.auths_sent;
                return;
            }
            "note_update_success" => link.updating.retain(|(note, _)| frame["noteId"] != **note),
            // It may be about any of them.
            "error" => link.updating.clear(),
            "connection_established" | "pong" | "note_joined" | "note_left" => return,
            _ => {}
        }
        self.stir();
    }
}
