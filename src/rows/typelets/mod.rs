//! Typelets: its protocol (what its frames say, what its routes take and give, how frames are signed; PROTOCOL.md has each message), and what
//! the engine does with it.
//!
//! A row is a note, whose texts may be sealed, or a folder; its key has the kind before the id. What is sealed is in the table and in the outbox
//! as it is on the server, and is opened in memory.

mod config;
pub mod frame;
mod hearing;
mod joining;
mod line;
mod listing;
mod living;
mod looking;
pub mod op;
mod pacing;
pub mod planted;
mod preparing;
mod pushing;
pub mod request;
pub mod row;
mod sealing;
pub mod send;
mod sharing;
mod showing;
pub mod signing;
mod telling;
mod writing;

pub use config::Config;

use super::by_id::Ids;
use super::dialect::{Dialect, Shown};
use super::io::{Answer, Effect, Push, Secret};
use super::notice::ConnectionState;
use crate::engine::ids::{Generation, Seq, TaskId};
use crate::engine::io::{Now, SocketEvent};
use crate::engine::notice::Origin;
use joining::Joins;
use line::Line;
use listing::{Fetches, Listing};
use op::Op;
use pushing::Pushing;
use request::Routes;
use sealing::Opened;
use sharing::Sharing;
use signing::Signer;
use std::collections::VecDeque;
use writing::Writing;

/// The engine of one account.
pub type Engine = super::Engine<Typelets>;
type Entry = super::outbox::Entry<Op>;

/// The notes and folders of one account.
#[derive(Debug)]
pub struct Typelets {
    config: Config,
    routes: Routes,
    token: Option<Secret>,
    /// The app is asked for one.
    asks_token: bool,
    /// The next one is for the socket that is open.
    wants_renewal: bool,
    /// Tokens that a socket refused, in a row.
    refused_tokens: u32,
    /// A request was refused for its token, and none was taken since.
    has_bad_token: bool,
    /// The browser says so.
    is_offline: bool,
    /// Attempts to connect that failed, in a row, while the browser was online.
    failed_attempts: u32,
    signer: Signer,
    joins: Joins,
    sharing: Sharing,
    listing: Listing,
    fetches: Fetches,
    pushes: VecDeque<Pushing>,
    opened: Opened,
    writing: Writing,
    /// The change whose update was answered by an error.
    erred: Option<Seq>,
    /// The version of a row that was last told as a conflict.
    contested: Option<String>,
    reported_types: Ids,
}

/// What is to happen later, named by what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Dial again.
    Redial,
    /// Give a dial up.
    DialDeadline,
    /// Give a socket up whose server does not look at the token.
    AuthDeadline,
    /// Start the backoff over, because the connection has proved stable.
    Stable,
    /// Do what the signs of life ask for: ping, measure the socket's buffer, or give the socket up.
    Pulse,
    /// Send what waited for the server's limit.
    Pace,
    /// Replace the token, which is about to end.
    Renew,
    /// Ask for a token again, because the app gave none.
    AskAgain,
    /// Give a join up.
    Join,
    /// Give an update up.
    Answer,
    /// Read what the server has, because nobody tells of what went over REST.
    Poll,
    /// Read it again, because that failed.
    ListAgain,
    /// Read single notes again, because that failed.
    FetchAgain,
    /// Look again for what may have been sent.
    Look,
    /// Say again that this tab is seen.
    Share,
}

/// What an answer is the answer to.
#[derive(Debug)]
pub enum Task {
    /// A token.
    Token,
    /// Folders, or a page of notes.
    List,
    /// A note.
    Fetch,
    /// The row onto which an edit goes.
    ReadRow,
    /// A write.
    Write,
    /// The row that a write may have changed.
    Look,
    /// The texts of a push.
    SealPush,
    /// Those of a row.
    SealRow,
    /// What comes from the server or the database.
    Open,
    /// What other tabs want.
    FindTabs,
}

impl Dialect for Typelets {
    type Config = Config;
    type Op = Op;
    type Timer = Timer;
    type Task = Task;
    type Line = Line;

    fn new(config: Config) -> Self {
        Self {
            routes: Routes::new(&config.api),
            token: None,
            asks_token: false,
            wants_renewal: false,
            refused_tokens: 0,
            has_bad_token: false,
            is_offline: false,
            failed_attempts: 0,
            signer: Signer::new(config.seed),
            joins: Joins::default(),
            sharing: Sharing::default(),
            listing: Listing::new(config.seed.rotate_left(16)),
            fetches: Fetches::new(config.seed.rotate_left(48)),
            pushes: VecDeque::new(),
            opened: Opened::default(),
            writing: Writing::Idle,
            erred: None,
            contested: None,
            reported_types: Ids::default(),
            config,
        }
    }

    fn limits(config: &Config) -> (usize, u64) {
        (config.max_queue, config.seed)
    }

    fn state(&self, line: &Line) -> (ConnectionState, Option<u64>) {
        line.state(self.listing.has_shown)
    }

    fn in_flight(&self) -> usize {
        self.writing.in_flight()
    }

    fn start(engine: &mut Engine, now: Now) {
        engine.telling_is_cut_off(now); // The app has asked for another socket.
        engine.start_line();
    }

    fn unlink(engine: &mut Engine) {
        engine.unlink_line();
    }

    fn silence(_: &mut Engine) {} // What waits is sent over the socket.

    fn resigned(engine: &mut Engine) {
        engine.own.writing = Writing::Idle;
        engine.disarm(Timer::Answer);
        engine.own.listing.abandon();
        engine.own.fetches.abandon();
    }

    fn socket_event(engine: &mut Engine, now: Now, generation: Generation, event: SocketEvent) {
        engine.hear(now, generation, event);
    }

    fn network_hint(engine: &mut Engine, now: Now, is_online: bool) {
        engine.own.is_offline = !is_online;
        if is_online {
            engine.probe(now);
            engine.write_soon(now);
        }
    }

    fn visibility(engine: &mut Engine, now: Now) {
        engine.poll_later(now);
        if engine.is_visible {
            engine.probe(now);
            engine.want_listing();
        }
    }

    fn woke(engine: &mut Engine, now: Now) {
        engine.wake(now);
    }

    fn may_wait(purpose: &Task) -> bool {
        !matches!(purpose, Task::Write)
    }

    fn fire(engine: &mut Engine, now: Now, timer: Timer) {
        engine.fire_timer(now, timer);
    }

    fn answer(engine: &mut Engine, now: Now, task: TaskId, purpose: Task, answer: Answer) -> Option<Task> {
        match (purpose, answer) {
            (Task::Token, Answer::Token(token)) => engine.token_given(now, token),
            (Task::List, Answer::Http(outcome)) => engine.listed(now, task, outcome),
            (Task::Fetch, Answer::Http(outcome)) => engine.fetched(now, task, outcome),
            (Task::ReadRow, Answer::Http(outcome)) => engine.row_read(now, task, outcome),
            (Task::Write, Answer::Http(outcome)) => engine.written(now, task, outcome),
            (Task::Look, Answer::Http(outcome)) => engine.looked(now, task, outcome),
            (Task::SealPush, Answer::Sealed(result)) => engine.push_sealed(task, result),
            (Task::SealRow, Answer::Sealed(result)) => engine.row_sealed(now, task, result),
            (Task::FindTabs, Answer::Rows(rows)) => engine.shared(now, rows),
            (Task::Open, Answer::Opened(results)) => engine.opened(now, results),
            (purpose, _) => return Some(purpose),
        }
        None
    }

    fn proceed(engine: &mut Engine, now: Now) {
        let was_idle = matches!(engine.own.writing, Writing::Idle);
        engine.write(now);
        if !was_idle && matches!(engine.own.writing, Writing::Idle) {
            engine.write(now); // What was under way is needless by now.
        }
        engine.join_if_wanted(now);
        engine.list_if_wanted(now);
        engine.fetch_waiting();
        engine.share(now);
        engine.open_waiting();
        engine.own.listing.has_shown |= engine.own.listing.has_read && engine.has_all_opened();
        engine.become_ready(now);
        engine.arm_pulse();
    }

    fn hurry(engine: &mut Engine, now: Now) {
        engine.write_soon(now);
    }

    fn push(engine: &mut Engine, now: Now, push: Push) {
        engine.push(now, push);
    }

    fn made_needless_by(engine: &Engine, entry: &Entry) -> (Vec<Seq>, bool) {
        engine.made_needless_by(entry)
    }

    fn begun(engine: &mut Engine, now: Now, seqs: Vec<Seq>) {
        engine.ask(now, seqs);
    }

    fn not_begun(engine: &mut Engine, now: Now, millis: u64) {
        engine.rest(now, millis);
    }

    fn writing_is_over(engine: &mut Engine) {
        engine.writing_is_over();
    }

    fn shown(engine: &Engine, id: &str) -> Shown {
        engine.shown_row(id)
    }

    fn affected(engine: &Engine, entry: &Entry) -> Vec<String> {
        engine.affected_by(entry)
    }

    fn family(_: &Engine, id: &str) -> Vec<String> {
        vec![id.to_owned()]
    }

    fn join(engine: &mut Engine, _: Now, id: &str, wants_news: bool) {
        engine.want_join(id, wants_news);
    }

    fn refreshed(engine: &mut Engine) {
        engine.read_shared();
    }

    fn kept(engine: &mut Engine) {
        engine.perform(Effect::Hint);
    }

    fn open(engine: &mut Engine, id: &str, origin: Origin) {
        engine.want_open(id, origin);
    }

    fn unopened(engine: &Engine) -> Vec<String> {
        engine.unopened_rows()
    }

    fn has_opened(engine: &Engine) -> bool {
        engine.has_all_opened()
    }
}
