//! What reaches the server or comes from it, and what follows.

use crate::luck::Fault;
use crate::network::{Line, LinkId, Way};
use crate::performing::REQUEST_TIMEOUT_MS;
use crate::server::Account;
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::engine::dialect::MAX_FRAME;
use sealwire::engine::ids::TaskId;
use sealwire::engine::io::{Answer, HttpOutcome, HttpRequest, Input, SocketEvent};
use std::ops::RangeInclusive;

/// Milliseconds that a server holds a frame back.
const HOLDS_BACK: RangeInclusive<u64> = 100..=25_000;

impl World {
    pub fn accept(&mut self, link: LinkId, device_id: &str) {
        if !self.network.link(link).client_listens {
            return;
        }
        if self.server.account == Account::Status(401) {
            return self.refuse_dial(link);
        }
        self.network.link_mut(link).server_listens = true;
        self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Opened });
        for frame in self.server.open(link, device_id, self.wall()) {
            self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Frame(frame) });
        }
    }

    pub fn receive(&mut self, link: LinkId, text: &str) {
        if !self.network.link(link).server_listens {
            return;
        }
        if !text.contains(r#""ping""#) {
            self.stir();
            self.note(self.network.link(link).tab, format_args!("→ server: a change"));
        }
        if let Some((event_id, closes)) = self.server.poison.clone()
            && text.contains(&event_id)
        {
            return self.fail_at(link, &event_id, closes);
        }
        let wall = self.wall();
        let frames = self.server.receive(link, text, wall, &mut self.luck);
        self.follow_server(Some(link), frames);
    }

    fn fail_at(&mut self, link: LinkId, event_id: &str, closes: bool) {
        self.server.received.push(event_id.to_owned());
        if closes {
            self.close_server_end(link);
            self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Closed { code: 1011, reason: String::new() } });
        } else {
            self.tell_client(link, r#"{"type":"error","error":"internal error"}"#.to_owned());
        }
    }

    pub fn respond(&mut self, tab: TabId, run: u32, task: TaskId, request: &HttpRequest) {
        let body = request.body.as_deref().unwrap_or_default();
        if self.server.poison.as_ref().is_some_and(|(event_id, _)| body.contains(event_id)) {
            self.complaints += 1;
            let answer =
                Answer::Http(HttpOutcome::Response { status: 500, body: r#"{"error":"internal error"}"#.to_owned(), retry_after: None });
            return self.schedule(self.now + 20, Happening::Input { tab, run, input: Input::Answer { task, answer } });
        }
        let wall = self.wall();
        let (outcome, frames) = self.server.respond(request, wall, &mut self.luck);
        self.follow_server(None, frames);
        let is_lost = self.network.line(self.tab(tab).machine) != Line::Up || self.luck.strikes(Fault::RequestLost);
        let (takes, outcome) = if is_lost { (REQUEST_TIMEOUT_MS, HttpOutcome::Unreachable) } else { (self.luck.within(5..=150), outcome) };
        self.schedule(self.now + takes, Happening::Input { tab, run, input: Input::Answer { task, answer: Answer::Http(outcome) } });
    }

    /// The server took or refused something, and sends these frames.
    fn follow_server(&mut self, from: Option<LinkId>, frames: Vec<(LinkId, String)>) {
        for stamp in std::mem::take(&mut self.server.taken) {
            self.forge_like(&stamp.2);
            self.oracle.arrived(stamp);
            self.stir();
        }
        self.server.turned_down.drain(..).for_each(|stamp| self.oracle.abandoned(&stamp));
        for (link, text) in frames {
            if Some(link) != from && self.luck.strikes(Fault::ServerReorders) {
                let at = self.now + self.luck.within(HOLDS_BACK);
                self.schedule(at, Happening::LateFrame { link, text });
            } else {
                self.tell_client(link, text);
            }
        }
    }

    /// Sends a frame of the server.
    pub fn tell_client(&mut self, link: LinkId, text: String) {
        if !self.network.link(link).server_listens {
            return;
        }
        if self.luck.strikes(Fault::FrameTwice) {
            self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Frame(text.clone()) });
        }
        self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Frame(text) });
    }

    pub fn hear_socket(&mut self, id: LinkId, event: SocketEvent) {
        let link = self.network.link_mut(id);
        if !link.client_listens {
            return;
        }
        let (tab, generation) = (link.tab, link.generation);
        if let SocketEvent::Closed { .. } = event {
            link.client_listens = false;
        }
        let event = match event {
            // The shell reads no frame above the limit.
            SocketEvent::Frame(text) if text.len() > MAX_FRAME => SocketEvent::Unreadable { too_large: true },
            event => event,
        };
        if let SocketEvent::Frame(text) = &event
            && text.contains(r#""type":"error""#)
            && !text.contains(r#""id""#)
        {
            self.complaints += 1;
        }
        let is_pong = matches!(&event, SocketEvent::Frame(text) if text.contains(r#""pong""#));
        if !is_pong {
            self.note(tab, format_args!("← socket: {}", Named(&event)));
            if let SocketEvent::Frame(_) = event {
                self.stir();
            }
        }
        self.tell(tab, Input::Socket { generation, event });
    }
}

/// A socket's event without its content.
struct Named<'a>(&'a SocketEvent);

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            SocketEvent::Opened => f.write_str("open"),
            SocketEvent::Frame(text) => {
                let frame: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
                let id = frame["ids"][0].as_str().or(frame["id"].as_str()).or(frame["event"]["id"].as_str());
                write!(f, "{} {}", frame["type"].as_str().unwrap_or("babble"), id.unwrap_or_default())
            }
            SocketEvent::Unreadable { .. } => f.write_str("unreadable"),
            SocketEvent::Buffered(_) => f.write_str("buffered"),
            SocketEvent::Closed { code, .. } => write!(f, "closed {code}"),
        }
    }
}
