//! What reaches the server or comes from it, and what follows.

use crate::device::DeviceId;
use crate::luck::Fault;
use crate::network::{Line, LinkId, Way};
use crate::performing::REQUEST_TIMEOUT_MS;
use crate::server::Account;
use crate::world::{Happening, World};
use sealwire::engine::dialect::MAX_FRAME;
use sealwire::engine::ids::TaskId;
use sealwire::engine::io::{Answer, HttpOutcome, HttpRequest, Input, SocketEvent};

impl World {
    pub fn accept(&mut self, link: LinkId, device_id: &str) {
        if !self.network.link(link).client_listens {
            return;
        }
        if self.server.account == Account::Status(401) {
            return self.refuse_dial(link);
        }
        self.network.link_mut(link).server_listens = true;
        let greeting = self.server.open(link, device_id, self.wall());
        self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Opened });
        if let Some(greeting) = greeting {
            self.carry(link, Way::ToClient, Happening::Socket { link, event: SocketEvent::Frame(greeting) });
        }
    }

    pub fn receive(&mut self, link: LinkId, text: &str) {
        if !self.network.link(link).server_listens {
            return;
        }
        if !text.contains(r#""ping""#) {
            self.stir();
            self.note(self.network.link(link).device, format_args!("→ server: a change"));
        }
        let wall = self.wall();
        for (receiver, text) in self.server.receive(link, text, wall, &mut self.luck) {
            self.tell_client(receiver, text);
        }
        let refused: Vec<String> = self.server.refused.iter().filter(|id| !self.oracle.is_refused(id)).cloned().collect();
        refused.iter().for_each(|id| self.oracle.refused(id));
    }

    /// Sends a frame of the server.
    pub fn tell_client(&mut self, link: LinkId, text: String) {
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
        let (device, generation) = (link.device, link.generation);
        if let SocketEvent::Closed { .. } = event {
            link.client_listens = false;
        }
        let event = match event {
            // The shell reads no frame above the limit.
            SocketEvent::Frame(text) if text.len() > MAX_FRAME => SocketEvent::Unreadable { too_large: true },
            event => event,
        };
        match &event {
            SocketEvent::Frame(text) if !text.contains(r#""pong""#) => self.stir(),
            SocketEvent::Frame(_) | SocketEvent::Opened | SocketEvent::Unreadable { .. } => {}
            SocketEvent::Buffered(_) | SocketEvent::Closed { .. } => {}
        }
        self.note(device, format_args!("← socket: {}", name_of(&event)));
        self.tell(device, Input::Socket { generation, event });
    }

    pub fn respond(&mut self, device: DeviceId, run: u32, task: TaskId, request: &HttpRequest) {
        let wall = self.wall();
        let outcome = self.server.respond(request, wall, &mut self.luck);
        let is_lost = self.network.line(device) != Line::Up || self.luck.strikes(Fault::RequestLost);
        let (at, outcome) = if is_lost { (REQUEST_TIMEOUT_MS, HttpOutcome::Unreachable) } else { (self.luck.within(5..=150), outcome) };
        self.schedule(self.now + at, Happening::Input { device, run, input: Input::Answer { task, answer: Answer::Http(outcome) } });
    }
}

fn name_of(event: &SocketEvent) -> String {
    match event {
        SocketEvent::Opened => "open".into(),
        SocketEvent::Frame(text) => {
            let frame: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
            format!("{} {}", frame["type"].as_str().unwrap_or("babble"), frame["ids"][0].as_str().or(frame["id"].as_str()).unwrap_or(""))
        }
        SocketEvent::Unreadable { .. } => "unreadable".into(),
        SocketEvent::Buffered(_) => "buffered".into(),
        SocketEvent::Closed { code, .. } => format!("closed {code}"),
    }
}
