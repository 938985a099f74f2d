//! What a server's protocol decides, and the core of the engine does not.

use super::Engine;
use super::by_id::Ids;
use super::io::{Answer, Push, Verb};
use super::json::Fields;
use super::notice::ConnectionState;
use super::outbox::Entry;
use crate::engine::error::ErrorCode;
use crate::engine::ids::{Generation, ReadId, Seq, TaskId};
use crate::engine::io::{Now, SocketEvent};
use crate::engine::notice::Origin;
use std::fmt::Debug;

/// The state of one protocol, and what it does when. Its functions are called by the engine that holds it.
pub trait Dialect: Sized + Debug {
    /// What it is made for.
    type Config: Clone + Debug;
    /// What a change does to its row.
    type Op: Operation;
    /// What is to happen later, named by what happens.
    type Timer: Copy + Debug + PartialEq + Eq;
    /// What an answer is the answer to.
    type Task: Debug;
    /// The connection of the tab that has it.
    type Line: Debug;

    /// Begins.
    fn new(config: Self::Config) -> Self;
    /// Most changes that may wait, and the seed of what is random.
    fn limits(config: &Self::Config) -> (usize, u64);

    /// The state of a line, and when the next attempt is made, on the wall clock.
    fn state(&self, line: &Self::Line) -> (ConnectionState, Option<u64>);
    /// How many changes the server was asked to carry out and has not answered.
    fn in_flight(&self) -> usize;

    /// This tab is the one that connects.
    fn start(engine: &mut Engine<Self>, now: Now);
    /// The line is to be given up, with all that waits for it.
    fn unlink(engine: &mut Engine<Self>);
    /// No news is wanted any more; what waits is sent all the same.
    fn silence(engine: &mut Engine<Self>);
    /// This tab is not the one that sends any more.
    fn resigned(engine: &mut Engine<Self>);
    /// A socket or a stream did something.
    fn socket_event(engine: &mut Engine<Self>, now: Now, generation: Generation, event: SocketEvent);
    /// The browser says whether it is online.
    fn network_hint(engine: &mut Engine<Self>, now: Now, is_online: bool);
    /// The page is seen, or is no more.
    fn visibility(engine: &mut Engine<Self>, now: Now);
    /// The device slept, or its clock was set: the line may be another by now.
    fn woke(engine: &mut Engine<Self>, now: Now);
    /// Whether a request can be made later, where the server asks for that; else nothing of it is begun meanwhile.
    fn may_wait(purpose: &Self::Task) -> bool;
    /// Whether a request is about the line alone: what the server asks for in its answer concerns no others.
    fn is_about_the_line(_: &Self::Task) -> bool {
        false
    }
    /// A timer is due.
    fn fire(engine: &mut Engine<Self>, now: Now, timer: Self::Timer);
    /// An answer has come; what it was the answer to is given back where it is of another kind.
    fn answer(engine: &mut Engine<Self>, now: Now, task: TaskId, purpose: Self::Task, answer: Answer) -> Option<Self::Task>;
    /// Something has happened: whatever can be begun now is.
    fn proceed(engine: &mut Engine<Self>, now: Now);
    /// Whatever was waited for, it is tried now.
    fn hurry(engine: &mut Engine<Self>, now: Now);

    /// A change of the app.
    fn push(engine: &mut Engine<Self>, now: Now, push: Push);
    /// Changes that were not sent and need not be any more because of a new one; and whether the new one need not be sent either.
    fn made_needless_by(engine: &Engine<Self>, entry: &Entry<Self::Op>) -> (Vec<Seq>, bool);
    /// It is written down that these are sent.
    fn begun(engine: &mut Engine<Self>, now: Now, seqs: Vec<Seq>);
    /// It could not be written down; after so many milliseconds it may be tried again.
    fn not_begun(engine: &mut Engine<Self>, now: Now, millis: u64);
    /// How a write ended is stored: the next may begin.
    fn writing_is_over(engine: &mut Engine<Self>);

    /// A row as it is shown.
    fn shown(engine: &Engine<Self>, id: &str) -> Shown;
    /// The rows of which something else may be shown because of an entry.
    fn affected(engine: &Engine<Self>, entry: &Entry<Self::Op>) -> Vec<String>;
    /// A row and all below it, those that are not on the server yet included.
    fn family(engine: &Engine<Self>, id: &str) -> Vec<String>;

    /// The app asks for the sets that there are.
    fn sets(engine: &mut Engine<Self>, read: ReadId) {
        engine.reply(read, Err(ErrorCode::NotAvailable));
    }
    /// The app wants news of a row (`true`), or no more of it.
    fn join(_: &mut Engine<Self>, _: Now, _: &str, _: bool) {}
    /// What other tabs have stored is known.
    fn refreshed(_: &mut Engine<Self>) {}
    /// What another tab may want to know was stored.
    fn kept(_: &mut Engine<Self>) {}
    /// Something cannot be shown before it was opened; it comes from there.
    fn open(_: &mut Engine<Self>, _: &str, _: Origin) {}
    /// The rows of which something else is going to be shown, once that is opened.
    fn unopened(_: &Engine<Self>) -> Vec<String> {
        Vec::new()
    }
    /// Whether all that is loaded can be shown.
    fn has_opened(_: &Engine<Self>) -> bool {
        true
    }
}

/// A row as it is shown.
#[derive(Debug)]
pub enum Shown {
    /// With these fields.
    Row(Fields),
    /// It is not.
    Nothing,
    /// It is not known yet: something has to be opened first.
    Unopened,
}

/// What a change does to its row.
pub trait Operation: Clone + Debug + PartialEq + Eq {
    /// Reads what the app or a record says; `None` where it says nothing that can be sent.
    fn read(verb: Verb, id: &str, data: &str) -> Option<Self>;
    /// The rows that it is about besides its own, each of which has to be on the server before it.
    fn others(&self) -> Vec<&str>;
    /// The names of the fields that it gives a value, if that is all that it does.
    fn says(&self) -> Option<Ids>;
}
