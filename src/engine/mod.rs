//! The engine: pure, without clock, randomness, socket, storage or JavaScript. IO is data ([`io`]).
//!
//! ```text
//! push ─ pushing ─┐                                   ┌─ flushing ─ socket
//!                 ├─ work ─ committing ─ replica ─────┤
//! socket ─ receiving ─┘                  outbox       └─ reading ─ get, list
//! ```
//!
//! Everything that changes stored state goes through [`committing`] in one transaction at a time; memory follows what was written.

pub mod backoff;
pub mod by_entity;
pub mod bytes;
mod checking;
pub mod clock;
mod committing;
mod composing;
mod confirming;
mod connecting;
pub mod corrupt;
mod deciding;
pub mod dialect;
mod electing;
pub mod error;
pub mod event;
mod flushing;
pub mod heeding;
mod holding;
pub mod ids;
pub mod inbox;
pub mod io;
mod loading;
pub mod meta;
pub mod notice;
pub mod outbox;
pub mod patience;
pub mod payload;
pub mod planted;
mod proving;
mod pulling;
pub mod pulse;
mod pushing;
mod reading;
mod receiving;
mod refreshing;
mod renewing;
pub mod replica;
pub mod seal;
pub mod session;
pub mod settled;
mod shelving;
pub mod software;
pub mod storage;
mod suspecting;
pub mod timers;
pub mod work;

pub use loading::Identity;

use backoff::Backoff;
use by_entity::ByEntity;
use clock::DeviceClock;
use corrupt::Corrupt;
use electing::Role;
use error::{ErrorCode, ErrorReport};
use event::Stamp;
use heeding::Holds;
use ids::{EntityKey, Generation, TaskId};
use inbox::Inbox;
use io::{Answer, Command, Effect, Input, Now};
use loading::Loading;
use notice::{AccountCheck, Confirmation, ConnectionState, Counts, KeyCheck, Notice, Status};
use outbox::Outbox;
use patience::Patience;
use planted::Fault;
use pushing::Pushes;
use reading::Readings;
use refreshing::Refresh;
use renewing::Renewal;
use replica::Replica;
use seal::Format;
use session::{CatchUp, Session, Stage};
use std::collections::VecDeque;
use suspecting::Suspicion;
use timers::Timers;
use work::{Work, WorkQueue};

/// What an engine is made for: one account of one server, on one device.
#[derive(Clone, Debug)]
pub struct Config {
    /// The socket's address.
    pub socket_url: String,
    /// The base of the HTTP routes, without `/` at its end.
    pub api: String,
    /// The account.
    pub user_id: String,
    /// The id that the app gives this device; `None`: the stored one, else the one of `fresh`.
    pub device_id: Option<String>,
    /// What a new device takes.
    pub fresh: Identity,
    /// How payloads are sealed.
    pub format: Format,
    /// The ids of the keys at hand, the newest first.
    pub key_ids: Vec<[u8; 16]>,
    /// Bodies of the other format are opened too, while an account moves from one to the other.
    pub accepts_other: bool,
    /// Contents are compressed before they are sealed, if they are large; how large they are then, sealing tells.
    pub compresses: bool,
    /// Most changes that may wait.
    pub max_queue: usize,
    /// Milliseconds that a change is held back before it is sent, so that a later one can take its place.
    pub debounce: u64,
    /// Whether a pong after a send may count as its confirmation, where a server gives no better one.
    pub confirm_by_pong: bool,
    /// Randomness for the jitter of reconnects.
    pub seed: u64,
}

/// One account's sync, as a state machine.
#[derive(Debug)]
pub struct Engine {
    config: Config,
    identity: Identity,
    loading: Loading,
    /// What was loaded and could not be read.
    corrupt: Vec<Corrupt>,
    effects: VecDeque<Effect>,
    timers: Timers,
    tasks: Vec<(TaskId, Task)>,
    last_task: TaskId,
    clock: DeviceClock,
    replica: Replica,
    outbox: Outbox,
    pushes: Pushes,
    renewals: Vec<Renewal>,
    readings: Readings,
    inbox: Inbox,
    /// Events that are not valid yet, in the tab that sends.
    held: ByEntity<Stamp>,
    work: WorkQueue,
    role: Role,
    /// With the tab that leads.
    patience: Patience,
    /// The epoch in the database, as far as is known.
    epoch: u64,
    /// The last number in the outbox that may have been sent.
    attempted: u64,
    /// All changes of heads up to this number are known.
    revision: u64,
    /// Deletes made before it are forgotten, and those that were told up to the revision.
    floor: u64,
    floor_revision: u64,
    /// When everything was pulled last, and when a catch-up was completed last, by the server's clock.
    full_pull: u64,
    contact: u64,
    key_check: KeyCheck,
    /// This server was seen to drop the sealed body of deletes.
    strips_deletes: bool,
    /// Events that were sealed under a key that is not at hand, in the tab that sends.
    shelf: ByEntity<Stamp>,
    /// 0: this server was never seen to change an envelope. 1: it was, and everything has to be pulled again. 2: it was.
    rewrites: u64,
    refresh: Refresh,
    /// Another tab may have stored something.
    is_stale: bool,
    /// Nobody sees the page, and it may be gone at any moment.
    is_hidden: bool,
    /// The last to use the database was a refresh.
    commits_next: bool,
    session: Session,
    catch_up: CatchUp,
    suspicion: Suspicion,
    has_told_no_confirmation: bool,
    backoff: Backoff,
    holds: Holds,
    /// In a row.
    failed_dials: u32,
    /// It was tried to renew the session, and no connection has been live since.
    has_renewed: bool,
    last_generation: Generation,
    account: AccountCheck,
    confirmation: Option<Confirmation>,
    reason: Option<ErrorCode>,
    last_sync: Option<u64>,
    last_close: Option<(u16, String)>,
    counts: Counts,
    told: Status,
}

/// What an answer is the answer to.
#[derive(Debug)]
enum Task {
    LoadMeta,
    StoreIdentity,
    LoadHeads,
    LoadOutbox,
    SetAside,
    LoadBodies,
    Seal,
    Commit,
    CheckAccount,
    Probe,
    RenewSession,
    Pull,
    OpenEvent(Format),
    ReadBodies,
    OpenBody(Format),
    Refresh,
    LookForSettled,
    CompareBase,
    CompareOpened(Format),
    ReadRefused,
    OpenRefused(Format),
    LoadHeld,
    ReadHeld,
    PushOut,
}

impl Engine {
    /// Begins to load what is stored.
    pub fn new(config: Config) -> Self {
        let mut engine = Self {
            identity: config.fresh.clone(),
            backoff: Backoff::new(config.seed),
            patience: Patience::new(config.seed),
            config,
            loading: Loading::default(),
            corrupt: Vec::new(),
            effects: VecDeque::new(),
            timers: Timers::default(),
            tasks: Vec::new(),
            last_task: TaskId::default(),
            clock: DeviceClock::default(),
            replica: Replica::default(),
            outbox: Outbox::default(),
            pushes: Pushes::default(),
            renewals: Vec::new(),
            readings: Readings::default(),
            inbox: Inbox::default(),
            held: ByEntity::default(),
            work: WorkQueue::default(),
            role: Role::default(),
            epoch: 0,
            attempted: 0,
            revision: 0,
            floor: 0,
            floor_revision: 0,
            full_pull: 0,
            contact: 0,
            key_check: KeyCheck::default(),
            strips_deletes: false,
            shelf: ByEntity::default(),
            rewrites: 0,
            refresh: Refresh::default(),
            is_stale: false,
            is_hidden: false,
            commits_next: false,
            session: Session::Idle,
            catch_up: CatchUp::default(),
            suspicion: Suspicion::default(),
            has_told_no_confirmation: false,
            holds: Holds::default(),
            failed_dials: 0,
            has_renewed: false,
            last_generation: Generation::default(),
            account: AccountCheck::default(),
            confirmation: None,
            reason: None,
            last_sync: None,
            last_close: None,
            counts: Counts::default(),
            told: Status::default(),
        };
        engine.load_meta();
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
            Input::Socket { generation, event } => self.socket_event(now, generation, event),
            Input::Answer { task, answer } => self.answer(now, task, answer),
            Input::TimerFired => self.fire_timers(now),
            Input::Network(is_online) => self.network_hint(now, is_online),
            Input::Leader(is_leader) => self.leadership(is_leader),
            Input::LeaderLives => self.leader_lives(now),
            Input::Hinted => self.is_stale |= !planted::has(Fault::DeafToTabs),
            Input::Visible(is_visible) => {
                self.is_hidden = !is_visible;
                if is_visible {
                    self.is_stale = true; // Hints may have been lost meanwhile.
                    self.probe(now);
                } else {
                    self.hold_nothing_back();
                }
            }
        }
        self.flush(now);
        self.refresh_if_stale();
        self.commit_waiting(now);
        self.watch_leader(now);
        self.tell_status();
    }

    /// The next effect to perform.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to feed [`Input::TimerFired`], on the monotonic clock.
    pub fn deadline(&self) -> Option<u64> {
        let beat = if let Session::Linked(link) = &self.session { link.pulse.next() } else { u64::MAX };
        Some(self.timers.next().map_or(beat, |at| at.min(beat))).filter(|at| *at < u64::MAX)
    }

    /// The present state of the whole.
    pub fn status(&self) -> &Status {
        &self.told
    }

    fn command(&mut self, now: Now, command: Command) {
        match command {
            Command::Connect => self.connect(now),
            Command::Disconnect => self.disconnect_politely(now),
            Command::Reconnect => self.reconnect(now),
            Command::AcceptKey => self.accept_key(now),
            Command::Push(push) => self.push(now, push),
            Command::Read { read, query } => self.read(read, query),
            Command::Decide { read, decision, event_id } => self.decide(now, read, decision, event_id),
        }
    }

    fn answer(&mut self, now: Now, task: TaskId, answer: Answer) {
        let Some(index) = self.tasks.iter().position(|(begun, _)| *begun == task) else { return };
        let (_, purpose) = self.tasks.swap_remove(index);
        self.heed(now, &purpose, &answer);
        match (purpose, answer) {
            (Task::LoadMeta, Answer::Rows(rows)) => self.meta_loaded(now, rows),
            (Task::StoreIdentity, Answer::Committed(outcome)) => self.identity_stored(outcome),
            (Task::LoadHeads, Answer::Rows(rows)) => self.heads_loaded(rows),
            (Task::LoadOutbox, Answer::Rows(rows)) => self.outbox_loaded(now, rows),
            (Task::SetAside, Answer::Committed(outcome)) => self.is_set_aside(&outcome),
            (Task::LoadBodies, Answer::Rows(rows)) => self.bodies_loaded(now, rows),
            (Task::Seal, Answer::Sealed(result)) => self.sealed(now, task, result),
            (Task::Commit, Answer::Committed(outcome)) => self.committed(now, outcome),
            (Task::CheckAccount, Answer::Http(outcome)) => self.account_checked(now, task, outcome),
            (Task::Probe, Answer::Http(outcome)) => self.probed(now, task, outcome),
            (Task::RenewSession, Answer::Http(outcome)) => self.session_renewed(now, task, outcome),
            (Task::Pull, Answer::Http(outcome)) => self.pulled(now, task, outcome),
            (Task::OpenEvent(format), Answer::Opened(result)) => self.event_opened(now, task, format, result),
            (Task::ReadBodies, Answer::Rows(rows)) => self.bodies_read(task, rows),
            (Task::OpenBody(format), Answer::Opened(result)) => self.body_opened(task, format, result),
            (Task::CompareBase, Answer::Rows(rows)) => self.base_read(now, task, rows),
            (Task::CompareOpened(format), Answer::Opened(result)) => self.base_opened(now, task, format, result),
            (Task::ReadRefused, Answer::Rows(rows)) => self.entry_read(task, rows),
            (Task::OpenRefused(format), Answer::Opened(result)) => self.entry_opened(now, task, format, result),
            (Task::PushOut, Answer::Http(outcome)) => self.pushed_out(now, task, outcome),
            (Task::LoadHeld, Answer::Rows(rows)) => self.held_loaded(now, rows),
            (Task::ReadHeld, Answer::Rows(rows)) => self.held_read(now, rows),
            (Task::Refresh, Answer::Rows(rows)) => self.refreshed(now, task, rows),
            (Task::LookForSettled, Answer::Rows(rows)) => self.settled_read(task, rows),
            // An answer of another kind than asked for: the shell erred, and the task stays unanswered.
            (purpose, Answer::Rows(_) | Answer::Committed(_) | Answer::Sealed(_) | Answer::Opened(_) | Answer::Http(_)) => {
                self.tasks.push((task, purpose));
            }
        }
    }

    #[inline(never)]
    fn begin(&mut self, purpose: Task) -> TaskId {
        let task = self.last_task.advance();
        self.tasks.push((task, purpose));
        task
    }

    /// Begins to open a body.
    fn open(&mut self, purpose: fn(Format) -> Task, body: Vec<u8>) -> TaskId {
        let format = self.format_of(&body);
        let task = self.begin(purpose(format));
        self.perform(Effect::Open { task, format, body });
        task
    }

    fn emit(&mut self, notice: Notice) {
        self.perform(Effect::Emit(notice));
    }

    // Not inlined: what stands at fifty places is small at each.

    /// What follows from an answer that came after another tab has taken the lead is that tab's to do, and left to it.
    #[inline(never)]
    fn queue(&mut self, work: Work) {
        if self.may_do(&work) {
            self.work.waiting.push_back(work);
        }
    }

    #[inline(never)]
    fn perform(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    #[inline(never)]
    fn report_code(&mut self, code: ErrorCode) {
        self.report(ErrorReport::new(code));
    }

    #[inline(never)]
    fn report(&mut self, report: ErrorReport) {
        self.emit(Notice::Error(Box::new(report)));
    }

    /// The stamp of what is shown of an entity: the newest of base and overlay.
    fn shown_stamp(&self, key: &EntityKey) -> Option<Stamp> {
        let pending = self.outbox.newest_of(key).map(|(_, entry)| &entry.stamp);
        self.replica.head(key).base_stamp().max(pending).cloned()
    }

    fn tell_status(&mut self) {
        let (state, retry_at) = match &self.session {
            Session::Idle => (ConnectionState::Idle, None),
            Session::Following => (ConnectionState::Following, None),
            Session::Stopped(_) => (ConnectionState::Stopped, None),
            Session::Waiting { retry_at, .. } => (ConnectionState::Reconnecting, Some(*retry_at)),
            Session::Linked(link) => match link.stage {
                Stage::Dialling | Stage::Greeting | Stage::Checking(_) => (ConnectionState::Connecting, None),
                Stage::CatchingUp => (ConnectionState::CatchingUp, None),
                Stage::Live => (ConnectionState::Live, None),
            },
        };
        let status = Status {
            state,
            reason: self.reason,
            pending: self.outbox.len() - self.outbox.wedged(),
            in_flight: self.outbox.in_flight(),
            wedged: self.outbox.wedged(),
            oldest_pending: self.outbox.oldest(),
            confirmation: self.confirmation,
            account: self.account,
            key: self.key_check,
            attempts: self.backoff.attempts(),
            retry_at,
            last_sync: self.last_sync,
            held: self.held.len(),
            last_close: self.last_close.clone(),
            counts: self.counts,
        };
        if status != self.told {
            self.told = status.clone();
            self.emit(Notice::Status(Box::new(status)));
        }
    }
}
