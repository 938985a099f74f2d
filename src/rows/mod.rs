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
pub mod change;
mod committing;
mod config;
mod deciding;
mod electing;
pub mod glint;
mod hearing;
pub mod io;
pub mod json;
mod listing;
mod looking;
pub mod meta;
pub mod notice;
pub mod outbox;
mod pushing;
mod reading;
mod refreshing;
mod session;
mod showing;
pub mod table;
#[cfg(any(feature = "typelets", not(target_arch = "wasm32")))]
pub mod typelets;
mod writing;

pub use config::{Config, Person};

use crate::engine::backoff::Backoff;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::{Generation, TaskId};
use crate::engine::io::Now;
use crate::engine::notice::AccountCheck;
use crate::engine::payload::Payload;
use crate::engine::timers::Timers;
use aliases::Aliases;
use by_id::{ById, Ids};
use committing::Commits;
use electing::Role;
use glint::request::Routes;
use io::{Answer, Command, Effect, HttpRequest, Input};
use listing::Listing;
use notice::{Notice, Status};
use outbox::Outbox;
use reading::Readings;
use refreshing::Refresh;
use session::Session;
use std::collections::VecDeque;
use table::Table;
use writing::{Ghost, Rest, Writing};

/// The first delay before another attempt is below this, in milliseconds; then twice as much, up to 30 s.
pub(crate) const FIRST_DELAY_MS: u64 = 500;

/// What is to happen later, named by what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    /// Dial again.
    Redial,
    /// Give a dial up.
    DialDeadline,
    /// Start the backoff over, because the connection has proved stable.
    Stable,
    /// Read the set, because nothing tells of news.
    Poll,
    /// Ask whether the server has live push by now, or dial a socket again where only a stream could be had.
    Probe,
    /// Read the set, because nothing came for a while.
    Silence,
    /// Read the set, because no news has come since a moment.
    Quiet,
    /// Read the set again, because that failed.
    ListAgain,
    /// Ask again who is signed in.
    AskAgain,
    /// Go on with what waits.
    Write,
    /// Look again for what may have been sent.
    Look,
    /// See what other tabs have stored.
    Refresh,
    /// Try, although the browser believes to be offline.
    Online,
    /// Store again what could not be stored.
    Commit,
}

/// One set's sync, as a state machine.
#[derive(Debug)]
pub struct Engine {
    config: Config,
    routes: Routes,
    effects: VecDeque<Effect>,
    timers: Timers<Timer>,
    tasks: Vec<(TaskId, Task)>,
    last_task: TaskId,
    table: Table,
    outbox: Outbox,
    aliases: Aliases,
    /// What the app was told of each row: its JSON.
    told: ById<Payload>,
    is_ready: bool,
    has_failed: bool,
    commits: Commits,
    readings: Readings,
    role: Role,
    /// The epoch in the database, as far as is known.
    epoch: u64,
    /// All changes of heads up to this number are known.
    revision: u64,
    /// What vanished before is forgotten.
    floor: u64,
    refresh: Refresh,
    /// Another tab may have stored something.
    is_stale: bool,
    session: Session,
    last_generation: Generation,
    /// Of a socket, in a row.
    failed_dials: u32,
    backoff: Backoff,
    account: AccountCheck,
    /// When that was told, on the monotonic clock.
    account_at: u64,
    /// The question who is signed in is under way.
    asks_account: bool,
    listing: Listing,
    writing: Writing,
    ghosts: Vec<Ghost>,
    /// Until when, on the monotonic clock, what another tab gave up may be carried out; `None`: not known yet.
    haunted_until: Option<u64>,
    /// The last epoch in which this tab sent.
    led_epoch: u64,
    rests: Vec<Rest>,
    write_backoff: Backoff,
    is_visible: bool,
    is_online: bool,
    is_retired: bool,
    reported_types: Ids,
    reason: Option<ErrorCode>,
    last_sync: Option<u64>,
    last_close: Option<(u16, String)>,
    status: Status,
}

/// What an answer is the answer to.
#[derive(Debug)]
enum Task {
    LoadMeta,
    LoadAliases,
    Refresh,
    Commit,
    FindHaunted,
    FindSettled,
    FindSets,
    Account,
    Probe,
    List,
    Write,
    Sets,
}

impl Engine {
    /// Begins to load what is stored.
    pub fn new(config: Config) -> Self {
        let config_seed = config.seed;
        let mut engine = Self {
            routes: Routes::new(&config),
            backoff: Backoff::new(config_seed),
            write_backoff: Backoff::new(config_seed.rotate_left(32)),
            config,
            effects: VecDeque::new(),
            timers: Timers::default(),
            tasks: Vec::new(),
            last_task: TaskId::default(),
            table: Table::default(),
            outbox: Outbox::default(),
            aliases: Aliases::default(),
            told: ById::default(),
            is_ready: false,
            has_failed: false,
            commits: Commits::default(),
            readings: Readings::default(),
            role: Role::default(),
            epoch: 0,
            revision: 0,
            floor: 0,
            refresh: Refresh::default(),
            is_stale: false,
            session: Session::Idle,
            last_generation: Generation::default(),
            failed_dials: 0,
            account: AccountCheck::default(),
            account_at: 0,
            asks_account: false,
            listing: Listing::new(config_seed.rotate_left(16)),
            writing: Writing::Idle,
            ghosts: Vec::new(),
            haunted_until: None,
            led_epoch: 0,
            rests: Vec::new(),
            is_visible: true,
            is_online: true,
            is_retired: false,
            reported_types: Ids::default(),
            reason: None,
            last_sync: None,
            last_close: None,
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
        match input {
            Input::Command(command) => self.command(now, command),
            Input::Socket { generation, event } => self.socket_event(now, generation, event),
            Input::Answer { task, answer } => self.answer(now, task, answer),
            Input::TimerFired => self.fire_timers(now),
            Input::Network(is_online) => self.network_hint(now, is_online),
            Input::Leader(is_leader) => self.leadership(now, is_leader),
            Input::Hinted => self.is_stale = true,
            Input::Visible(is_visible) => self.visibility(now, is_visible),
        }
        self.write(now);
        self.list_if_wanted(now);
        self.refresh_if_stale();
        self.commit_waiting();
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
            Command::Retire => self.retire(now),
            Command::Push(push) => self.push(now, push),
            Command::Read { read, query } => self.read(read, query),
            Command::Decide { read, decision, event_id } => self.decide(read, decision, &event_id),
        }
    }

    fn answer(&mut self, now: Now, task: TaskId, answer: Answer) {
        let Some(index) = self.tasks.iter().position(|(begun, _)| *begun == task) else { return };
        let (_, purpose) = self.tasks.swap_remove(index);
        match (purpose, answer) {
            (Task::LoadMeta, Answer::Rows(rows)) => self.meta_loaded(rows),
            (Task::LoadAliases, Answer::Rows(rows)) => self.aliases_loaded(rows),
            (Task::Refresh, Answer::Rows(rows)) => self.refreshed(now, rows),
            (Task::Commit, Answer::Committed(outcome)) => self.committed(now, outcome),
            (Task::FindHaunted, Answer::Rows(rows)) => self.haunted_read(now, rows),
            (Task::FindSettled, Answer::Rows(rows)) => self.settled_read(task, rows),
            (Task::FindSets, Answer::Rows(rows)) => self.sets_read(task, rows),
            (Task::Account, Answer::Http(outcome)) => self.account_told(now, outcome),
            (Task::Probe, Answer::Http(outcome)) => self.probed(now, task, outcome),
            (Task::List, Answer::Http(outcome)) => self.listed(now, task, outcome),
            (Task::Write, Answer::Http(outcome)) => self.written(now, task, outcome),
            (Task::Sets, Answer::Http(outcome)) => self.sets_told(task, outcome),
            // An answer of another kind than asked for: the shell erred, and the task stays unanswered.
            (purpose, Answer::Rows(_) | Answer::Committed(_) | Answer::Http(_)) => self.tasks.push((task, purpose)),
        }
    }

    fn begin(&mut self, purpose: Task) -> TaskId {
        let task = self.last_task.advance();
        self.tasks.push((task, purpose));
        task
    }

    fn request(&mut self, purpose: Task, request: HttpRequest) -> TaskId {
        let task = self.begin(purpose);
        self.perform(Effect::Request { task, request });
        task
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
        let (state, retry_at) = self.session.state(self.listing.has_read);
        let status = Status {
            state,
            reason: self.reason,
            pending: self.outbox.count() - self.outbox.wedged(),
            in_flight: self.writing.in_flight(),
            wedged: self.outbox.wedged(),
            oldest_pending: self.outbox.oldest(),
            account: self.account,
            attempts: self.backoff.attempts(),
            retry_at,
            last_sync: self.last_sync,
            last_close: self.last_close.clone(),
        };
        if status != self.status {
            self.status = status.clone();
            self.emit(Notice::Status(Box::new(status)));
        }
    }
}
