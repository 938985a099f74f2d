//! A machine's database: the reference store, which survives crashes, and its faults. What the records mean is the engine's affair.

use crate::luck::{Fault, Luck};
use sealwire::engine::storage::{CommitOutcome, MemoryStore, Read, Row, StorageFailure, Store, Transaction, Write};
use sealwire::rows::io::Answer;

/// What no record looks like.
pub const GARBAGE: [u8; 11] = *b"\xff garbage \0";

/// What was asked of a database.
pub enum Job {
    Read(Read),
    Commit(Transaction),
}

#[derive(Default)]
pub struct Disk {
    store: MemoryStore,
    /// Jobs are carried out one after the other.
    free_at: u64,
    /// Why nothing works, until it is mended; a full one can be read.
    pub broken: Option<StorageFailure>,
    /// Transactions that were carried out.
    pub commits: u32,
}

impl Disk {
    /// What is stored, as it is now.
    #[allow(dead_code, reason = "one of two simulators looks")]
    pub fn rows(&self, read: &Read) -> Vec<Row> {
        self.store.read(read)
    }

    /// When a job that is asked for now will be carried out.
    pub fn schedule(&mut self, now: u64, luck: &mut Luck) -> u64 {
        let takes = if luck.strikes(Fault::DiskSlow) { 500..=3_000 } else { 1..=8 };
        self.free_at = self.free_at.max(now) + luck.within(takes);
        self.free_at
    }

    pub fn carry_out(&mut self, job: &Job, luck: &mut Luck) -> Answer {
        match job {
            Job::Read(_) if self.broken == Some(StorageFailure::Broken) || luck.strikes(Fault::DiskFails) => {
                Answer::Rows(Err(StorageFailure::Broken))
            }
            Job::Read(read) => Answer::Rows(Ok(self.store.read(read))),
            Job::Commit(transaction) => Answer::Committed(self.commit(transaction, luck)),
        }
    }

    /// Something else than what was written is read from now on.
    #[allow(dead_code, reason = "not all simulators spoil")]
    pub fn spoil(&mut self, store: Store, key: &str) {
        let write = Write::Put { store, key: key.to_owned(), value: GARBAGE.to_vec() };
        let _ = self.store.commit(&Transaction { guards: Vec::new(), writes: vec![write] });
    }

    fn commit(&mut self, transaction: &Transaction, luck: &mut Luck) -> CommitOutcome {
        if let Some(failure) = self.broken {
            return CommitOutcome::Failed(failure);
        }
        if luck.strikes(Fault::DiskFails) {
            return CommitOutcome::Failed(StorageFailure::Broken);
        }
        if luck.strikes(Fault::DiskFull) {
            return CommitOutcome::Failed(StorageFailure::Full);
        }
        if !transaction.guards.is_empty() && luck.strikes(Fault::DiskConflict) {
            let actual = transaction.guards.iter().map(|guard| self.store.get(guard.store, &guard.key).cloned());
            return CommitOutcome::Conflict { actual: actual.collect() };
        }
        self.commits += 1;
        self.store.commit(transaction)
    }
}

/// Whether a transaction has to do with changes that wait.
pub fn touches_outbox(transaction: &Transaction) -> bool {
    transaction.writes.iter().any(|write| match write {
        Write::Append { .. } => true,
        Write::Put { store, .. } | Write::Delete { store, .. } => *store == Store::Outbox,
        Write::Revise { .. } | Write::Raise { .. } => false,
    })
}

/// Writes without their content.
pub struct Named<'a>(pub &'a [Write]);

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|write| match write {
            Write::Put { store: Store::Meta, key, .. } | Write::Raise { key, .. } => write!(f, "{key} "),
            Write::Put { store, key, .. } => write!(f, "{store:?}:{key} "),
            Write::Delete { store, key } => write!(f, "-{store:?}:{key} "),
            Write::Append { .. } => write!(f, "+Outbox "),
            Write::Revise { key, .. } => write!(f, "Heads:{key} "),
        })
    }
}
