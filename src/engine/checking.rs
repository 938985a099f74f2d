//! Whose session it is: asked on each connection before anything is sent, and after a failed dial, of which the browser does not say why it failed.

use super::dialect::bitmarks;
use super::error::ErrorCode;
use super::ids::TaskId;
use super::io::{Effect, HttpOutcome, HttpRequest, Now};
use super::notice::AccountCheck;
use super::session::{Session, Stage};
use super::{Engine, Task};

impl Engine {
    pub(super) fn ask_account(&mut self, purpose: Task) -> TaskId {
        self.request(purpose, "/sync/status", None)
    }

    pub(super) fn request(&mut self, purpose: Task, route: &str, body: Option<String>) -> TaskId {
        let task = self.begin(purpose);
        self.perform(Effect::Request { task, request: HttpRequest { url: [&self.config.api, route].concat(), body } });
        task
    }

    pub(super) fn account_checked(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let Session::Linked(link) = &mut self.session else { return };
        if link.stage != Stage::Checking(task) {
            return;
        }
        match Self::judge_account(&self.config.user_id, &outcome) {
            Err(code) => self.refused_account(now, code),
            Ok(_) if self.holds.dials > now.mono => self.lose_connection(now, ErrorCode::RequestFailed), // It is to be asked later.
            Ok(account) => {
                link.stage = Stage::CatchingUp;
                self.account = account;
                self.reason = None;
                self.pull(now);
            }
        }
    }

    /// A dial failed: the browser does not say why, an HTTP request may.
    pub(super) fn probed(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        if !self.was_awaited(task) {
            return;
        }
        if let Err(code) = Self::judge_account(&self.config.user_id, &outcome) {
            self.refused_account(now, code);
        } else if self.holds.dials > now.mono {
            self.connect_if_wanted(now);
        }
    }

    fn judge_account(user_id: &str, outcome: &HttpOutcome) -> Result<AccountCheck, ErrorCode> {
        match outcome {
            HttpOutcome::Response { status: 401, .. } => Err(ErrorCode::NeedsAuth),
            HttpOutcome::Response { status: 200, body, .. } => match bitmarks::read_account(body) {
                Some(found) if found == user_id => Ok(AccountCheck::Verified),
                Some(_) => Err(ErrorCode::WrongUser),
                None => Ok(AccountCheck::Unverified),
            },
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => Ok(AccountCheck::Unverified),
        }
    }

    fn refused_account(&mut self, now: Now, code: ErrorCode) {
        if code == ErrorCode::NeedsAuth { self.signed_out(now) } else { self.stop(code) }
    }

    /// The server knows no session. It may be renewed; that is tried once, until a connection has been live.
    pub(super) fn signed_out(&mut self, now: Now) {
        if std::mem::replace(&mut self.has_renewed, true) {
            return self.stop(ErrorCode::NeedsAuth);
        }
        self.unlink();
        self.session = Session::Waiting { retry_at: now.wall, probe: None };
        let task = self.request(Task::RenewSession, "/auth/refresh", Some("{}".to_owned()));
        self.await_probe(task);
    }

    pub(super) fn session_renewed(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        if !self.was_awaited(task) {
            return;
        }
        match outcome {
            HttpOutcome::Response { status: 200..=299, .. } => self.connect_if_wanted(now),
            // It tells nothing of the session. Should there be none, the next dial does.
            HttpOutcome::Response { status: 429 | 500..=599, .. } | HttpOutcome::Unreachable => self.wait(now, ErrorCode::RequestFailed),
            HttpOutcome::Response { .. } => self.stop(ErrorCode::NeedsAuth),
        }
    }

    pub(super) fn await_probe(&mut self, task: TaskId) {
        if let Session::Waiting { probe, .. } = &mut self.session {
            *probe = Some(task);
        }
    }

    /// Whether it is the request whose answer is waited for; it is not any more.
    fn was_awaited(&mut self, task: TaskId) -> bool {
        let Session::Waiting { probe, .. } = &mut self.session else { return false };
        probe.take_if(|probe| *probe == task).is_some()
    }
}
