//! What a page asks for is done, later and with faults. `arriving` and `writing` have what follows.

use crate::disk::Job;
use crate::luck::Fault;
use crate::network::{Line, LinkId, Way};
use crate::tab::TabId;
use crate::world::{Happening, World};
use percent_encoding::percent_decode_str;
use sealwire::engine::dialect::MAX_FRAME;
use sealwire::engine::ids::{Generation, TaskId};
use sealwire::engine::io::{Answer, Effect, HttpOutcome, HttpRequest, Input, SocketEvent};
use sealwire::engine::notice::{Notice, Outcome};

/// After so long a page gives up on an HTTP request.
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;

impl World {
    pub fn perform(&mut self, id: TabId, effect: Effect) {
        match effect {
            Effect::OpenSocket { generation, url } => self.dial(id, generation, &url),
            Effect::SendFrame { generation, text } => self.send(id, generation, text),
            Effect::MeasureBuffer { generation } => self.measure(id, generation),
            Effect::CloseSocket { generation } => self.close_client_end(id, generation),
            Effect::Request { task, request } => self.request(id, task, request),
            Effect::Read { task, read } => self.ask_disk(id, task, Job::Read(read)),
            Effect::Commit { task, transaction } => self.ask_disk(id, task, Job::Commit(transaction)),
            Effect::Seal { task, format, salt, plaintext } => {
                let machine = self.tab(id).machine;
                let sealed = self.machines[machine.0].keys.seal(format, salt, &plaintext, &mut self.luck);
                self.answer_crypto(id, task, plaintext.len(), Answer::Sealed(sealed));
            }
            Effect::Open { task, format, body } => {
                self.tab_mut(id).opened += 1;
                let opened = self.machine(id).keys.open(format, &body);
                self.answer_crypto(id, task, body.len(), Answer::Opened(opened));
            }
            Effect::Emit(notice) => {
                match &notice {
                    Notice::Error(report) => self.note(id, format_args!("reports {}", report.code.as_str())),
                    Notice::Change(change) => self.note(id, format_args!("shows {} ({})", change.stamp.event_id(), change.origin.as_str())),
                    _ => {}
                }
                self.tab_mut(id).diary.note(notice);
            }
            Effect::Stored { push, result } => {
                self.tab_mut(id).diary.stored.insert(push, result);
            }
            Effect::Settled { event_id, outcome } => {
                self.note(id, format_args!("{event_id} is {}", outcome.as_str()));
                self.tab_mut(id).diary.settle(event_id, outcome);
            }
            Effect::Reply { read, result } => {
                self.replied(id, read, &result);
                self.tab_mut(id).diary.replies.insert(read, result);
            }
            Effect::Elect { by_force: false } => self.elect(id),
            Effect::Elect { by_force: true } => self.elect_by_force(id),
            Effect::Resign => self.resign(id),
            Effect::Hint => self.hint(id),
        }
    }

    /// Ciphers answer in any order, the large bodies late.
    fn answer_crypto(&mut self, id: TabId, task: TaskId, bytes: usize, answer: Answer) {
        let at = self.now + self.luck.within(0..=6) + bytes as u64 / 10_000;
        self.schedule_input(at, id, Input::Answer { task, answer });
    }

    fn dial(&mut self, id: TabId, generation: Generation, url: &str) {
        self.note(id, format_args!("dials"));
        let (machine, run) = (self.tab(id).machine, self.tab(id).run);
        self.machine_mut(id).dials += 1;
        self.machine_mut(id).ledger.dialled((id, run));
        let link = self.network.dial(id, machine, run, generation);
        match self.network.line(machine) {
            Line::Up => {
                let device_id = url.rsplit_once("device_id=").map_or("", |(_, id)| id);
                let device_id = percent_decode_str(device_id).decode_utf8_lossy().into_owned();
                self.carry(link, Way::ToServer, Happening::Dial { link, device_id });
            }
            Line::Cut => self.refuse_dial(link),
            Line::BlackHole => {}
        }
    }

    pub fn refuse_dial(&mut self, link: LinkId) {
        let event = SocketEvent::Closed { code: 1006, reason: String::new() };
        self.schedule(self.now + 20, Happening::Socket { link, event });
    }

    /// Schedules what travels over a connection.
    pub fn carry(&mut self, link: LinkId, way: Way, happening: Happening) {
        self.carry_from(self.now, link, way, happening);
    }

    fn carry_from(&mut self, leaves_at: u64, link: LinkId, way: Way, happening: Happening) {
        if let Some(at) = self.network.arrival(link, way, leaves_at, &mut self.luck) {
            self.schedule(at, happening);
        }
    }

    fn send(&mut self, id: TabId, generation: Generation, text: String) {
        assert!(text.len() <= MAX_FRAME, "a frame of {} bytes", text.len());
        self.inspect(id, "a frame", text.as_bytes());
        self.judge_sent(id, &text);
        let link = self.network.find(id, self.tab(id).run, generation);
        if let Some(link) = link.filter(|link| self.network.link(*link).client_listens) {
            let leaves_at = self.network.leaves(link, self.now, text.len());
            if self.luck.strikes(Fault::FrameTwice) {
                self.carry_from(leaves_at, link, Way::ToServer, Happening::Frame { link, text: text.clone() });
            }
            self.carry_from(leaves_at, link, Way::ToServer, Happening::Frame { link, text });
        }
        self.measure(id, generation);
    }

    /// Only what a page began to send under an epoch of its own may it send, in a frame or in a request.
    fn judge_sent(&mut self, id: TabId, text: &str) {
        let page = (id, self.tab(id).run);
        for event_id in text.split(r#"{"id":""#).skip(1).filter_map(|rest| rest.split('"').next()) {
            let ledger = &mut self.machine_mut(id).ledger;
            ledger.sent.insert(event_id.to_owned());
            let was_cancelled = ledger.ended.get(event_id) == Some(&Outcome::Cancelled);
            if was_cancelled || !ledger.may_send(page, event_id) {
                self.note(id, format_args!("sends {event_id} without having begun it"));
                self.fenced.push(format!("a frame of {}", self.tab(id).name));
            }
        }
    }

    fn measure(&mut self, id: TabId, generation: Generation) {
        let link = self.network.find(id, self.tab(id).run, generation);
        let buffered = link.map_or(0, |link| self.network.buffered(link, self.now));
        let bytes = if self.luck.strikes(Fault::BufferFull) { 2_000_000 } else { buffered };
        let input = Input::Socket { generation, event: SocketEvent::Buffered(bytes) };
        self.schedule_input(self.now, id, input);
    }

    fn close_client_end(&mut self, id: TabId, generation: Generation) {
        if let Some(link) = self.network.find(id, self.tab(id).run, generation) {
            self.network.link_mut(link).client_listens = false;
            self.carry(link, Way::ToServer, Happening::Hangup { link });
        }
    }

    pub fn close_server_end(&mut self, link: LinkId) {
        self.network.link_mut(link).server_listens = false;
        self.server.close(link);
    }

    fn request(&mut self, id: TabId, task: TaskId, request: HttpRequest) {
        let body = request.body.as_deref().unwrap_or_default();
        self.inspect(id, "a request", body.as_bytes());
        self.judge_sent(id, body);
        let run = self.tab(id).run;
        let unreachable = Input::Answer { task, answer: Answer::Http(HttpOutcome::Unreachable) };
        match self.network.line(self.tab(id).machine) {
            Line::Up => {
                let at = self.now + self.luck.within(5..=150);
                self.schedule(at, Happening::Request { tab: id, run, task, request });
            }
            Line::Cut => self.schedule_input(self.now + 20, id, unreachable),
            Line::BlackHole => self.schedule_input(self.now + REQUEST_TIMEOUT_MS, id, unreachable),
        }
    }
}
