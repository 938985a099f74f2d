//! What waits to be written, and what a transaction of it will have done.

use super::dialect::{Cursor, RemoteEvent};
use super::event::Stamp;
use super::holding::Until;
use super::ids::{EntityKey, Generation, PushId, ReadId, Seq, TaskId};
use super::meta;
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
        /// What is known of it.
        known: Known,
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
    /// Keeps an event that cannot be merged yet.
    Keep(Until, Box<Merge>),
    /// Raises a number of the device.
    Raise {
        /// Which, of [`super::meta`].
        key: &'static str,
        /// The least that it will be.
        value: u64,
    },
    /// Forgets what a full pull has shown to be needless.
    Sweep {
        /// Entities whose delete is old.
        old: Vec<EntityKey>,
        /// Entities that the server has no more.
        vanished: Vec<EntityKey>,
    },
    /// Takes an entry out of the outbox because the app wants it.
    Withdraw(Withdrawal),
    /// Marks entries as attempted, before they are sent.
    Begin {
        /// The connection on which they will be sent.
        generation: Generation,
        /// The entries.
        seqs: Vec<Seq>,
    },
    /// Raises the epoch: this tab is the one that sends from now on.
    Rise,
}

/// What is known of an entry that leaves the outbox for the base.
#[derive(Clone, Debug)]
pub enum Known {
    /// It is on the server as it is in the outbox; its body, where that came back.
    AsSent(Option<Vec<u8>>),
    /// It is on the server under a former stamp, and is merged under that.
    Former,
}

/// An entry that the app takes back or gives up.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// The call.
    pub read: ReadId,
    /// The event.
    pub event_id: String,
    /// [`Outcome::Cancelled`]: only if it was never attempted. [`Outcome::Discarded`]: only if it was refused.
    pub outcome: Outcome,
}

/// A sealed change of the app.
#[derive(Clone, Debug)]
pub struct Append {
    /// Who is told.
    pub asker: Asker,
    /// The entry, its body in memory.
    pub entry: Entry,
    /// The entity's JSON, for the listeners.
    pub data: Payload,
    /// The entry whose place it takes.
    pub replaces: Option<Seq>,
}

/// Who waits for a change to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A call of `pushChange`.
    Push(PushId),
    /// A call that sends a refused change again.
    Decision(ReadId),
    /// The clock: it was stamped too far ahead, and is stamped anew.
    Clock,
    /// The key ring: it was sealed under a key that has been replaced, and keeps its stamp.
    Ring,
    /// The server: it dropped the body of a delete, which is sent once more in another form.
    Server,
}

impl Asker {
    /// Whether no call of the app waits for it. Only the tab that sends does such things.
    pub fn is_the_engine(self) -> bool {
        matches!(self, Self::Clock | Self::Ring | Self::Server)
    }
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
            Self::Merge(merge) | Self::Keep(_, merge) => merge.event.body.as_ref().map_or(0, Vec::len),
            Self::Confirm { .. }
            | Self::Wedge { .. }
            | Self::Advance(_)
            | Self::Raise { .. }
            | Self::Sweep { .. }
            | Self::Withdraw(_)
            | Self::Begin { .. }
            | Self::Rise => 0,
        }
    }

    /// Whether only the tab that sends may do it.
    pub fn is_the_leaders(&self) -> bool {
        match self {
            Self::Append(append) => append.asker.is_the_engine(),
            Self::Withdraw(_) | Self::Raise { key: meta::RELEASED | meta::PROVEN, .. } => false,
            Self::Merge(_)
            | Self::Confirm { .. }
            | Self::Wedge { .. }
            | Self::Advance(_)
            | Self::Keep(..)
            | Self::Raise { .. }
            | Self::Sweep { .. }
            | Self::Begin { .. }
            | Self::Rise => true,
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
    /// An event is kept.
    Kept {
        /// What it waits for.
        until: Until,
        /// Its entity.
        key: EntityKey,
        /// Its stamp; `None`: there was no room for it.
        stamp: Option<Stamp>,
        /// The page of a catch-up that it is of.
        page: Option<u64>,
    },
    /// An event that was kept is so no more.
    Released(Until, EntityKey),
    /// Numbers of the device are stored, or what was needless is gone.
    Raised,
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
    /// A change was to take the place of an entry that has ended.
    Overtaken(Asker),
    /// An entry left the outbox, or did not, because the app wanted it.
    Withdrawn {
        /// The call.
        read: ReadId,
        /// The entry, if it could be done, and how it ended.
        entry: Option<(Seq, Outcome)>,
    },
    /// A never-attempted entry left the outbox, because a newer one of its entity was about to be sent.
    Coalesced(Seq),
    /// Entries may be sent.
    Begun {
        /// The connection.
        generation: Generation,
        /// The entries.
        seqs: Vec<Seq>,
    },
    /// The epoch is this.
    Risen(u64),
}

/// What a transaction is conditional on besides the heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// [`super::meta::EPOCH`]: no other tab has become the one that sends.
    Epoch,
    /// [`super::meta::ATTEMPTED`]: no entry was attempted meanwhile.
    Attempted,
}

/// A transaction that is under way.
#[derive(Debug)]
pub struct Running {
    /// The effect.
    pub task: TaskId,
    /// The work in it, to be done again after a conflict.
    pub work: Vec<Work>,
    /// The heads that it writes or, without one, deletes, in the order of the transaction's guards.
    pub heads: Vec<(EntityKey, Option<Head>)>,
    /// Entities that have to be as they were, in the order of the guards that follow those.
    pub watched: Vec<EntityKey>,
    /// Its other conditions, in the order of the guards that follow those.
    pub conditions: Vec<Condition>,
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
    /// What there was no space for; it is tried again when a timer fires.
    pub put_off: Vec<Work>,
    /// That there is no space was told.
    pub is_short: bool,
    /// There was a conflict: before anything is written, it has to be known what other tabs have stored.
    pub owes_refresh: bool,
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
    pub heads: Vec<(EntityKey, Option<Head>)>,
    /// See [`Running::watched`].
    pub watched: Vec<EntityKey>,
    /// See [`Running::conditions`].
    pub conditions: Vec<Condition>,
    /// See [`Running::after`].
    pub after: Vec<AfterCommit>,
    /// Changes that were left out: their entity got a newer stamp since they were stamped.
    pub overtaken: Vec<Append>,
}
