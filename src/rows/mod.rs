//! The second engine: for servers whose rows have one truth, on the server, and whose socket only hints at news. A change is a request for some
//! fields of a row, not a new version of the whole (ADR 10). Pure, as the first one: IO is data ([`io`]).
//!
//! ```text
//! push ─ pushing ─ committing ─ outbox ─ writing ─ HTTP ─┐
//!                                  │                     ▼
//!                    shown ◀─ showing ◀─ table ◀─ listing, hearing ◀─ socket or stream
//! ```
//!
//! *Table* is the base, what the server is known to have; the outbox lies on top of it. What is shown is computed from both, compared with what
//! was told, and told if it differs: nothing is told twice, whatever way it came.

pub mod aliases;
pub mod by_id;
mod committing;
mod deciding;
pub mod dialect;
mod drafting;
mod electing;
#[cfg(any(feature = "glint", not(target_arch = "wasm32")))]
pub mod glint;
mod heeding;
pub mod io;
pub mod json;
pub mod meta;
pub mod notice;
pub mod outbox;
pub mod planted;
mod reading;
mod refreshing;
mod sending;
mod session;
mod showing;
pub mod table;
#[cfg(any(feature = "typelets", not(target_arch = "wasm32")))]
pub mod typelets;
pub mod wire;

use crate::engine::backoff::Backoff;
use crate::engine::clock::Watch;
use crate::engine::corrupt::Corrupt;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{Generation, TaskId};
use crate::engine::io::Now;
use crate::engine::notice::{AccountCheck, Counts};
use crate::engine::patience::{Patience, REPLY_VERDICT_MS};
use crate::engine::payload::Payload;
use crate::engine::timers::Timers;
use aliases::Aliases;
use by_id::ById;
use committing::Commits;
use dialect::Dialect;
use electing::Role;
use io::{Answer, Command, Effect, HttpRequest, Input};
use notice::{Notice, Status};
use outbox::Outbox;
use planted::Fault;
use reading::Readings;
use refreshing::Refresh;
use sending::Sending;
use session::Session;
use std::collections::VecDeque;
use table::Table;

/// The first delay before another attempt is below this, in milliseconds; then twice as much, up to 30 s.
pub(crate) const FIRST_DELAY_MS: u64 = 500;

/// What is to happen later, named by what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer<T> {
    /// Go on with what waits.
    Write,
    /// See what other tabs have stored.
    Refresh,
    /// Suspect the tab that leads, because it does not reply.
    ReplyDeadline,
    /// Take its place. After one free task, because the reply may wait behind the timer.
    ReplyVerdict,
    /// Try, although the browser believes to be offline.
    Online,
    /// Store again what could not be stored.
    Commit,
    /// Ask the server again, which wants to be left alone until then.
    Hold,
    /// Something of the dialect.
    Own(T),
}

/// The sync of what one database holds, as a state machine.
#[derive(Debug)]
pub struct Engine<D: Dialect> {
    own: D,
    effects: VecDeque<Effect>,
    timers: Timers<Timer<D::Timer>>,
    tasks: Vec<(TaskId, Task<D::Task>)>,
    last_task: TaskId,
    table: Table,
    outbox: Outbox<D::Op>,
    aliases: Aliases,
    /// What the app was told of each row: its JSON.
    told: ById<Payload>,
    /// What was loaded and could not be read.
    corrupt: Vec<Corrupt>,
    is_ready: bool,
    has_failed: bool,
    max_queue: usize,
    commits: Commits<D::Op>,
    readings: Readings,
    role: Role,
    /// With the tab that leads.
    patience: Patience,
    /// The epoch in the database, as far as is known.
    epoch: u64,
    /// All changes of heads up to this number are known.
    revision: u64,
    /// What vanished before is forgotten.
    floor: u64,
    refresh: Refresh,
    /// Another tab may have stored something.
    is_stale: bool,
    session: Session<D::Line>,
    last_generation: Generation,
    backoff: Backoff,
    account: AccountCheck,
    sending: Sending,
    is_visible: bool,
    is_online: bool,
    is_retired: bool,
    reason: Option<ErrorCode>,
    last_sync: Option<u64>,
    last_close: Option<(u16, String)>,
    counts: Counts,
    watch: Watch,
    /// Requests that wait for [`Timer::Hold`].
    held_off: Vec<(TaskId, HttpRequest)>,
    status: Status,
}

/// What an answer is the answer to.
#[derive(Debug)]
enum Task<T> {
    LoadMeta,
    LoadAliases,
    Refresh,
    Commit,
    FindHaunted,
    FindSettled,
    /// Something of the dialect.
    Own(T),
}

impl<D: Dialect> Engine<D> {
    /// Begins to load what is stored.
    pub fn new(config: D::Config) -> Self {
        let (max_queue, seed) = D::limits(&config);
        let mut engine = Self {
            own: D::new(config),
            effects: VecDeque::new(),
            timers: Timers::default(),
            tasks: Vec::new(),
            last_task: TaskId::default(),
            table: Table::default(),
            outbox: Outbox::default(),
            aliases: Aliases::default(),
            told: ById::default(),
            corrupt: Vec::new(),
            is_ready: false,
            has_failed: false,
            max_queue,
            commits: Commits::default(),
            readings: Readings::default(),
            role: Role::default(),
            patience: Patience::new(seed),
            epoch: 0,
            revision: 0,
            floor: 0,
            refresh: Refresh::default(),
            is_stale: false,
            session: Session::Idle,
            last_generation: Generation::default(),
            backoff: Backoff::new(seed),
            account: AccountCheck::default(),
            sending: Sending::new(seed.rotate_left(32)),
            is_visible: true,
            is_online: true,
            is_retired: false,
            reason: None,
            last_sync: None,
            last_close: None,
            counts: Counts::default(),
            watch: Watch::default(),
            held_off: Vec::new(),
            status: Status::default(),
        };
        engine.load();
        engine
    }

    /// Takes one input. Then call [`Self::poll`] until it gives `None`, and arm one platform timer for [`Self::deadline`].
    ///
    /// `now.mono` must not go back. Feeding `TimerFired` early, late or twice is harmless; so are answers to tasks that were answered
    /// before, and events of sockets that were replaced.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.notice_sleep(now);
        match input {
            Input::Command(command) => self.command(now, command),
            Input::Socket { generation, event } => D::socket_event(self, now, generation, event),
            Input::Answer { task, answer } => self.answer(now, task, answer),
            Input::TimerFired => self.fire_timers(now),
            Input::Network(is_online) => self.network_hint(now, is_online),
            Input::Leader(is_leader) => self.leadership(now, is_leader),
            Input::LeaderLives => self.leader_lives(now),
            Input::Hinted => self.is_stale |= !planted::has(Fault::DeafToTabs),
            Input::Visible(is_visible) => self.visibility(now, is_visible),
        }
        D::proceed(self, now);
        self.refresh_if_stale();
        self.commit_waiting();
        self.watch_leader(now);
        self.drain();
        self.tell_status();
    }

    /// The next effect to perform.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to feed [`Input::TimerFired`], on the monotonic clock.
    pub fn deadline(&self) -> Option<u64> {
        self.timers.next()
    }

    /// The present state of the whole.
    pub fn status(&self) -> &Status {
        &self.status
    }

    fn command(&mut self, now: Now, command: Command) {
        match command {
            Command::Connect => self.connect(),
            Command::Disconnect => self.disconnect(),
            Command::Reconnect => self.reconnect(now),
            Command::Retire => self.retire(),
            Command::Push(push) => D::push(self, now, push),
            Command::Join { id, wants_news } => D::join(self, now, &id, wants_news),
            Command::Read { read, query } => self.read(read, query),
            Command::Decide { read, decision, event_id } => self.decide(read, decision, &event_id),
        }
    }

    fn answer(&mut self, now: Now, task: TaskId, answer: Answer) {
        let Some(index) = self.tasks.iter().position(|(begun, _)| *begun == task) else { return };
        let (_, purpose) = self.tasks.swap_remove(index);
        self.heed(now, &purpose, &answer);
        let unanswered = match (purpose, answer) {
            (Task::LoadMeta, Answer::Rows(rows)) => return self.meta_loaded(rows),
            (Task::LoadAliases, Answer::Rows(rows)) => return self.aliases_loaded(rows),
            (Task::Refresh, Answer::Rows(rows)) => return self.refreshed(now, rows),
            (Task::Commit, Answer::Committed(outcome)) => return self.committed(now, outcome),
            (Task::FindHaunted, Answer::Rows(rows)) => return self.haunted_read(now, rows),
            (Task::FindSettled, Answer::Rows(rows)) => return self.settled_read(task, rows),
            (Task::Own(purpose), answer) => D::answer(self, now, task, purpose, answer).map(Task::Own),
            (purpose, _) => Some(purpose),
        };
        // An answer of another kind than asked for: the shell erred, and the task stays unanswered.
        self.tasks.extend(unanswered.map(|purpose| (task, purpose)));
    }

    fn fire_timers(&mut self, now: Now) {
        while let Some(timer) = self.timers.take_due(now.mono) {
            match timer {
                Timer::Write => D::hurry(self, now),
                Timer::Refresh => self.is_stale |= !planted::has(Fault::DeafToTabs),
                Timer::ReplyDeadline => self.timers.set_earlier(Timer::ReplyVerdict, now.mono + REPLY_VERDICT_MS),
                Timer::ReplyVerdict => {} // It is set no more, which `watch_leader` sees.
                Timer::Online => self.is_online = true,
                Timer::Commit => self.commits.resume(),
                Timer::Hold => self.ask_what_waited(),
                Timer::Own(timer) => D::fire(self, now, timer),
            }
        }
    }

    fn begin(&mut self, purpose: Task<D::Task>) -> TaskId {
        let task = self.last_task.advance();
        self.tasks.push((task, purpose));
        task
    }

    fn arm(&mut self, timer: D::Timer, at: u64) {
        self.timers.set(Timer::Own(timer), at);
    }

    fn disarm(&mut self, timer: D::Timer) {
        self.timers.clear(Timer::Own(timer));
    }

    fn is_armed(&self, timer: D::Timer) -> bool {
        self.timers.is_set(Timer::Own(timer))
    }

    fn perform(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    fn emit(&mut self, notice: Notice) {
        self.perform(Effect::Emit(notice));
    }

    fn report(&mut self, report: ErrorReport) {
        self.emit(Notice::Error(Box::new(report)));
    }

    fn report_code(&mut self, code: ErrorCode) {
        self.report(ErrorReport::new(code));
    }

    fn tell_status(&mut self) {
        let (state, retry_at) = self.session.state(&self.own);
        let status = Status {
            state,
            reason: self.reason,
            pending: self.outbox.count() - self.outbox.wedged(),
            in_flight: self.own.in_flight(),
            wedged: self.outbox.wedged(),
            oldest_pending: self.outbox.oldest(),
            account: self.account,
            attempts: self.backoff.attempts(),
            retry_at,
            last_sync: self.last_sync,
            last_close: self.last_close.clone(),
            counts: self.counts,
        };
        if status != self.status {
            self.status = status.clone();
            self.emit(Notice::Status(Box::new(status)));
        }
    }
}
