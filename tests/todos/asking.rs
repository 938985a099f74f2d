//! Requests: what becomes of them on their way, and which writes of a machine are in the air.

use crate::luck::Fault;
use crate::network::Line;
use crate::server::{Caller, Response};
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::engine::ids::TaskId;
use sealwire::engine::io::HttpOutcome;
use sealwire::rows::io::{Answer, HttpRequest, Input, Method};
use serde_json::json;

/// After so long a page gives up on a request.
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;
/// The network delivers nothing later than 30 s after it was given up: by the page, or because the page is gone.
const DELIVERS_FOR_MS: u64 = 29_000;

/// A write whose answer a page waits for.
pub struct Airborne {
    pub sent_at: u64,
    what: String,
}

impl World {
    pub fn request(&mut self, id: TabId, task: TaskId, request: HttpRequest) {
        self.machine_mut(id).requests += 1;
        let is_write = is_write(&request);
        if is_write {
            self.stir();
            let what = format!("{} {} {}", request.method.as_str(), request.url, request.body.as_deref().unwrap_or_default());
            self.note(id, format_args!("→ {what}"));
            self.judge_sent(id, &what);
            let run = self.tab(id).run;
            self.airborne.insert((id, run, task), Airborne { sent_at: self.now, what });
        }
        let gives_up = *self.luck.pick(&[20, 2_000, REQUEST_TIMEOUT_MS]);
        match self.network.line(self.tab(id).machine) {
            Line::Up if self.is_fair_game(is_write) && self.luck.strikes(Fault::RequestLost) => self.lose(id, task, gives_up),
            Line::Up if is_write && self.luck.strikes(Fault::RunsLate) => {
                self.lose(id, task, gives_up);
                let at = self.now + gives_up + self.luck.within(1..=DELIVERS_FOR_MS);
                self.schedule(at, Happening::Straggler { tab: id, request });
            }
            Line::Up => {
                let (at, run, sent_at) = (self.now + self.luck.within(5..=150), self.tab(id).run, self.now);
                self.schedule(at, Happening::Request { tab: id, run, task, request, sent_at });
            }
            Line::Cut => self.lose(id, task, 20),
            Line::BlackHole => self.lose(id, task, REQUEST_TIMEOUT_MS),
        }
    }

    fn is_fair_game(&self, is_write: bool) -> bool {
        is_write || !self.spares_reads
    }

    /// A page will learn that there is no answer.
    fn lose(&mut self, id: TabId, task: TaskId, after: u64) {
        let run = self.tab(id).run;
        self.answer_http(id, run, task, after, HttpOutcome::Unreachable);
    }

    fn answer_http(&mut self, tab: TabId, run: u32, task: TaskId, after: u64, outcome: HttpOutcome) {
        let input = Input::Answer { task, answer: Answer::Http(outcome) };
        self.schedule(self.now + after, Happening::Input { tab, run, input });
    }

    /// Only one tab of a machine writes, and one write at a time; unless its lock was taken by force, or a tab of it was frozen.
    fn judge_sent(&mut self, id: TabId, what: &str) {
        let machine = self.tab(id).machine;
        // Who has given the lock back waits for no answer any more.
        let lock = &self.machine(id).lock;
        let (holder, since) = (lock.holder, lock.heard_at);
        let waits =
            |tab: TabId, sent_at: u64| self.tab(tab).machine == machine && holder.is_none_or(|holder| holder == tab && sent_at >= since);
        let airborne = self.airborne.iter().filter(|((tab, ..), airborne)| waits(*tab, airborne.sent_at));
        let oldest = airborne.map(|(_, airborne)| airborne);
        let oldest = oldest.min_by_key(|airborne| airborne.sent_at);
        let since = oldest.map_or(self.now, |airborne| airborne.sent_at).saturating_sub(REQUEST_TIMEOUT_MS);
        let is_alone = oldest.is_none() && holder == Some(id);
        let is_disturbed = self.machine(id).disturbed_at.is_some_and(|at| at >= since);
        if !is_alone && !is_disturbed {
            let other = oldest.map_or_else(|| "without the lock".to_owned(), |other| format!("while {} is in the air", other.what));
            self.note(id, format_args!("writes {other}"));
            self.overlapping.push(format!("{} writes {what} {other}", self.tab(id).name));
        }
    }

    /// A page is gone: nobody waits for its writes any more, and what is on its way arrives soon or never.
    pub fn give_up(&mut self, id: TabId) {
        let end = self.now + DELIVERS_FOR_MS;
        let is_late = |(key, happening): (&(u64, u64), &Happening)| {
            let is_its = matches!(happening, Happening::Straggler { tab, .. } if *tab == id);
            (is_its && key.0 > end).then_some(*key)
        };
        for key in self.agenda.iter().filter_map(is_late).collect::<Vec<_>>() {
            let straggler = self.agenda.remove(&key).expect("it is there");
            let at = self.now + self.luck.within(1..=DELIVERS_FOR_MS);
            self.schedule(at, straggler);
        }
    }

    /// A page is gone: nothing of it is in the air as far as its machine is concerned.
    pub fn forget_requests(&mut self, id: TabId) {
        self.airborne.retain(|(tab, ..), _| *tab != id);
    }

    /// A request reached the server.
    pub fn respond(&mut self, tab: TabId, run: u32, task: TaskId, request: &HttpRequest, sent_at: u64) {
        let response = self.serve(tab, request);
        let is_lost = self.network.line(self.tab(tab).machine) != Line::Up
            || self.is_fair_game(is_write(request)) && self.luck.strikes(Fault::ReplyLost);
        let takes = self.luck.within(5..=150);
        if is_lost {
            let timeout = (sent_at + REQUEST_TIMEOUT_MS).saturating_sub(self.now);
            let after = *self.luck.pick(&[20, timeout]);
            return self.answer_http(tab, run, task, after, HttpOutcome::Unreachable);
        }
        if is_write(request) {
            self.note(tab, format_args!("← {} {}", response.status, response.body));
        }
        self.answer_http(tab, run, task, takes, HttpOutcome::Response { status: response.status, body: response.body, retry_after: None });
    }

    /// A request reached the server that nobody waits for any more.
    pub fn run_late(&mut self, tab: TabId, request: &HttpRequest) {
        self.note(tab, format_args!("what was given up arrives: {} {}", request.method.as_str(), request.url));
        self.serve(tab, request);
    }

    fn serve(&mut self, tab: TabId, request: &HttpRequest) -> Response {
        let is_write = is_write(request);
        if self.luck.strikes(Fault::FailsBefore) {
            return self.failure();
        }
        if self.luck.strikes(Fault::RateLimited) {
            return Response::new(429, &json!({ "error": "Too many requests" }));
        }
        if is_write && self.luck.strikes(Fault::Refused) {
            let status = *self.luck.pick(&[400, 403, 409, 422]);
            return Response::new(status, &json!({ "error": "Not this one" }));
        }
        if request.url.ends_with("/auth/me") && self.luck.strikes(Fault::AccountUnknown) {
            return Response::new(404, &json!({ "error": "Not found" }));
        }
        let caller = Caller { machine: self.tab(tab).machine.0, user: self.machine(tab).session.clone() };
        let wall = self.wall();
        let mut response = self.server.request(wall, &caller, request);
        if is_write {
            self.stir();
            self.broadcast(std::mem::take(&mut response.events));
        }
        if is_write && response.status < 300 && self.luck.strikes(Fault::FailsAfter) {
            return self.failure();
        }
        response
    }

    fn failure(&mut self) -> Response {
        let (status, body) = *self.luck.pick(&[(500, r#"{"error":"Internal error"}"#), (502, "<html>Bad Gateway</html>"), (503, "")]);
        Response { status, body: body.to_owned(), events: Vec::new() }
    }
}

fn is_write(request: &HttpRequest) -> bool {
    !matches!(request.method, Method::Get | Method::Head)
}
