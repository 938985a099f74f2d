//! What waits to be written, and what a transaction of it will have done.

use super::dialect::{Cursor, RemoteEvent};
use super::ids::{EntityKey, PushId, Seq, TaskId};
use super::notice::{Change, Outcome};
use super::outbox::Entry;
use super::payload::Payload;
use super::replica::Head;
use super::storage::Transaction;
use std::collections::VecDeque;

/// Items of work in one transaction.
pub const MAX_BATCH: usize = 256;
/// Bodies in one transaction, in bytes; one item may be larger.
pub const MAX_BATCH_BYTES: usize = 2 * 1_048_576;

/// A piece of work for the database.
#[derive(Clone, Debug)]
pub enum Work {
    /// Puts a sealed change into the outbox.
    Append(Box<Append>),
    /// Merges another device's event into the base.
    Merge(Box<Merge>),
    /// Moves an entry from the outbox into the base.
    Confirm {
        /// The entry.
        seq: Seq,
        /// Its body, where it came back with the event.
        body: Option<Vec<u8>>,
        /// How it ended.
        outcome: Outcome,
    },
    /// Marks an entry as refused.
    Wedge {
        /// The entry.
        seq: Seq,
        /// The server's words.
        reason: String,
    },
    /// Moves the cursor.
    Advance(Cursor),
}

/// A sealed change of the app.
#[derive(Clone, Debug)]
pub struct Append {
    /// The call.
    pub push: PushId,
    /// The entry, its body in memory.
    pub entry: Entry,
    /// The entity's JSON, for the listeners.
    pub data: Payload,
}

/// Another device's event, opened and checked.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The event, as the inside of its seal says.
    pub event: RemoteEvent,
    /// The entity's JSON.
    pub data: Payload,
    /// The page of a catch-up that it is of.
    pub page: Option<u64>,
}

impl Work {
    /// What it adds to a transaction, in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Append(append) => append.entry.body_length.unwrap_or(0),
            Self::Merge(merge) => merge.event.body.as_ref().map_or(0, Vec::len),
            Self::Confirm { .. } | Self::Wedge { .. } | Self::Advance(_) => 0,
        }
    }
}

/// What to do in memory once a transaction is written.
#[derive(Clone, Debug)]
pub enum AfterCommit {
    /// The next appended number is this entry's.
    Appended(Box<Append>),
    /// An event became the base.
    Merged {
        /// What the listeners are told, if it is what is shown.
        change: Box<Change>,
        /// The page of a catch-up that it is of.
        page: Option<u64>,
    },
    /// An event was older than the base.
    Stale {
        /// The page of a catch-up that it is of.
        page: Option<u64>,
    },
    /// An entry left the outbox.
    Confirmed {
        /// The entry.
        seq: Seq,
        /// How it ended.
        outcome: Outcome,
    },
    /// An entry is wedged.
    Wedged {
        /// The entry.
        seq: Seq,
        /// The server's words.
        reason: String,
    },
    /// The cursor moved.
    Advanced(Cursor),
}

/// A transaction that is under way.
#[derive(Debug)]
pub struct Running {
    /// The effect.
    pub task: TaskId,
    /// The work in it, to be done again after a conflict.
    pub work: Vec<Work>,
    /// The heads that it writes, in the order of the transaction's guards.
    pub heads: Vec<(EntityKey, Head)>,
    /// What follows.
    pub after: Vec<AfterCommit>,
}

/// Work in the order in which it came; one transaction at a time, as much in it as is ready.
#[derive(Debug, Default)]
pub struct WorkQueue {
    /// What waits.
    pub waiting: VecDeque<Work>,
    /// What is being written.
    pub running: Option<Running>,
    /// Conflicts in a row.
    pub conflicts: u32,
}

impl WorkQueue {
    /// How many pieces of work are not done.
    pub fn backlog(&self) -> usize {
        self.waiting.len() + self.running.as_ref().map_or(0, |running| running.work.len())
    }
}

/// A transaction with what follows it.
#[derive(Debug, Default)]
pub struct Batch {
    /// The transaction.
    pub transaction: Transaction,
    /// See [`Running::heads`].
    pub heads: Vec<(EntityKey, Head)>,
    /// See [`Running::after`].
    pub after: Vec<AfterCommit>,
    /// Changes that were left out: their entity got a newer stamp since they were stamped.
    pub overtaken: Vec<Append>,
}
