//! What the server tells, and how it reaches the pages.

use crate::babble::babble;
use crate::luck::Fault;
use crate::network::LinkId;
use crate::server::{Caller, ORIGIN};
use crate::world::{Happening, World};
use sealwire::engine::dialect::MAX_FRAME;
use sealwire::engine::io::SocketEvent;
use sealwire::rows::io::{HttpRequest, Input, Method};
use serde_json::Value;
use std::ops::RangeInclusive;

/// Milliseconds that the server holds an event back.
const HOLDS_BACK: RangeInclusive<u64> = 100..=25_000;

impl World {
    /// A dial reached the server.
    pub fn accept(&mut self, link: LinkId, url: &str) {
        let (tab, is_stream) = (self.network.link(link).tab, self.network.link(link).is_stream);
        if !self.network.link(link).client_listens {
            return;
        }
        let session = self.machine(tab).session.clone();
        let Some((set, greeting)) = self.server.dial(url, session.as_deref(), is_stream) else { return self.refuse_dial(link) };
        let end = self.network.link_mut(link);
        (end.server_listens, end.set) = (true, set);
        self.carry(link, SocketEvent::Opened);
        if let Some(text) = greeting {
            self.carry(link, SocketEvent::Frame(text));
        }
    }

    fn carry(&mut self, link: LinkId, event: SocketEvent) {
        if let Some(at) = self.network.arrival(link, self.now, &mut self.luck) {
            self.schedule(at, Happening::Socket { link, event });
        }
    }

    /// The server tells the sockets of each set, and waits for nothing.
    pub fn broadcast(&mut self, events: Vec<(String, String)>) {
        for (set, text) in events {
            for link in self.network.listeners_of(&set) {
                if self.luck.strikes(Fault::Babble) {
                    let text = babble(&mut self.luck, &self.server, &set);
                    self.tell_client(link, text);
                }
                if self.luck.strikes(Fault::EventDropped) {
                    continue;
                }
                if self.luck.strikes(Fault::EventLate) {
                    let at = self.now + self.luck.within(HOLDS_BACK);
                    self.schedule(at, Happening::LateFrame { link, text: text.clone() });
                } else {
                    self.tell_client(link, text.clone());
                }
            }
        }
    }

    /// Somebody does something elsewhere, by a request of their own.
    pub fn elsewhere(&mut self, user: &str, method: Method, path: &str, body: Value) {
        self.stir();
        let caller = Caller { machine: usize::MAX, user: Some(user.to_owned()) };
        let url = format!("{ORIGIN}/api/teams/{}/{path}", self.server.team);
        let wall = self.wall();
        let response = self.server.request(wall, &caller, &HttpRequest { method, url, body: Some(body.to_string()), token: None });
        assert!(response.status < 300, "{response:?}");
        self.broadcast(response.events);
    }

    /// Sends a frame to all who hear of a set, whatever the server thinks.
    pub fn say(&mut self, set: &str, text: &str) {
        self.stir();
        self.network.listeners_of(set).into_iter().for_each(|link| self.tell_client(link, text.to_owned()));
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
        match &event {
            SocketEvent::Frame(text) => {
                let shown: String = text.chars().take(200).collect();
                self.note(tab, format_args!("← {shown}"));
                self.stir();
            }
            SocketEvent::Opened => self.note(tab, format_args!("is connected")),
            SocketEvent::Closed { code, .. } => self.note(tab, format_args!("is closed: {code}")),
            SocketEvent::Unreadable { .. } | SocketEvent::Buffered(_) => {}
        }
        self.tell(tab, Input::Socket { generation, event });
    }
}
