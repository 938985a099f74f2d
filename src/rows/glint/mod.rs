//! Glint: its protocol (what its frames say, what its routes take and give; PROTOCOL.md has each message), and what the engine does with it.
//!
//! A row is a todo. Every write is an HTTP request, one at a time for the set; the socket only hints at news, and the set is read again.

mod config;
pub mod frame;
mod hearing;
mod line;
mod listing;
mod looking;
pub mod op;
mod pushing;
pub mod request;
pub mod row;
mod sets;
mod showing;
mod writing;

pub use config::{Config, Person};

use super::dialect::{Dialect, Shown};
use super::io::{Answer, Push};
use super::notice::ConnectionState;
use crate::engine::ids::{Generation, ReadId, Seq, TaskId};
use crate::engine::io::{Now, SocketEvent};
use crate::rows::by_id::Ids;
use line::Line;
use listing::Listing;
use op::Op;
use request::Routes;
use sets::Readings;
use writing::Writing;

/// The engine of one set.
pub type Engine = super::Engine<Glint>;
type Entry = super::outbox::Entry<Op>;

/// One set of one team.
#[derive(Debug)]
pub struct Glint {
    config: Config,
    routes: Routes,
    /// Of a socket, in a row.
    failed_dials: u32,
    /// The server wants no dial before, on the monotonic clock.
    no_dial_before: u64,
    /// When the connection gave a sign of life last, on the monotonic clock.
    heard_at: u64,
    /// When it was told who is signed in, on the monotonic clock.
    account_at: u64,
    /// The question who is signed in is under way.
    asks_account: bool,
    listing: Listing,
    writing: Writing,
    readings: Readings,
    reported_types: Ids,
}

/// What is to happen later, named by what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
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
    /// Look again for what may have been sent.
    Look,
}

/// What an answer is the answer to.
#[derive(Debug)]
pub enum Task {
    /// Who is signed in.
    Account,
    /// Why a dial failed.
    Probe,
    /// The set.
    List,
    /// A write.
    Write,
    /// The team's sets.
    Sets,
    /// The same as they were stored.
    FindSets,
}

impl Dialect for Glint {
    type Config = Config;
    type Op = Op;
    type Timer = Timer;
    type Task = Task;
    type Line = Line;

    fn new(config: Config) -> Self {
        Self {
            routes: Routes::new(&config),
            failed_dials: 0,
            no_dial_before: 0,
            heard_at: 0,
            account_at: 0,
            asks_account: false,
            listing: Listing::new(config.seed.rotate_left(16)),
            writing: Writing::Idle,
            readings: Readings::default(),
            reported_types: Ids::default(),
            config,
        }
    }

    fn limits(config: &Config) -> (usize, u64) {
        (config.max_queue, config.seed)
    }

    fn state(&self, line: &Line) -> (ConnectionState, Option<u64>) {
        line.state(self.listing.has_read)
    }

    fn in_flight(&self) -> usize {
        self.writing.in_flight()
    }

    fn start(engine: &mut Engine, now: Now) {
        engine.start_line(now);
    }

    fn unlink(engine: &mut Engine) {
        engine.unlink();
    }

    fn silence(engine: &mut Engine) {
        engine.fall_silent();
    }

    fn resigned(engine: &mut Engine) {
        engine.own.writing = Writing::Idle;
        engine.own.listing.abandon();
    }

    fn socket_event(engine: &mut Engine, now: Now, generation: Generation, event: SocketEvent) {
        engine.hear(now, generation, event);
    }

    fn network_hint(engine: &mut Engine, now: Now, is_online: bool) {
        engine.hear_network(now, is_online);
    }

    fn visibility(engine: &mut Engine, now: Now) {
        engine.hear_visibility(now);
    }

    fn woke(engine: &mut Engine, now: Now) {
        engine.freshen(now);
    }

    fn may_wait(purpose: &Task) -> bool {
        !matches!(purpose, Task::Write | Task::Probe)
    }

    fn is_about_the_line(purpose: &Task) -> bool {
        matches!(purpose, Task::Probe)
    }

    fn fire(engine: &mut Engine, now: Now, timer: Timer) {
        engine.fire_timer(now, timer);
    }

    fn answer(engine: &mut Engine, now: Now, task: TaskId, purpose: Task, answer: Answer) -> Option<Task> {
        match (purpose, answer) {
            (Task::FindSets, Answer::Rows(rows)) => engine.sets_read(task, rows),
            (Task::Account, Answer::Http(outcome)) => engine.account_told(now, outcome),
            (Task::Probe, Answer::Http(outcome)) => engine.probed(now, task, outcome),
            (Task::List, Answer::Http(outcome)) => engine.listed(now, task, outcome),
            (Task::Write, Answer::Http(outcome)) => engine.written(now, task, outcome),
            (Task::Sets, Answer::Http(outcome)) => engine.sets_told(task, outcome),
            (purpose, _) => return Some(purpose),
        }
        None
    }

    fn proceed(engine: &mut Engine, now: Now) {
        engine.write(now);
        engine.list_if_wanted(now);
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
        engine.shown_todo(id).map_or(Shown::Nothing, Shown::Row)
    }

    fn affected(engine: &Engine, entry: &Entry) -> Vec<String> {
        engine.affected_by(entry)
    }

    fn family(engine: &Engine, id: &str) -> Vec<String> {
        engine.whole_family(id)
    }

    fn sets(engine: &mut Engine, read: ReadId) {
        engine.ask_for_sets(read);
    }
}
