//! A machine's database: the reference store, which survives crashes, and its faults.

use crate::luck::{Fault, Luck};
use sealwire::engine::dialect::Cursor;
use sealwire::engine::io::Answer;
use sealwire::engine::meta;
use sealwire::engine::outbox::Entry;
use sealwire::engine::storage::{CommitOutcome, MemoryStore, Read, Row, StorageFailure, Store, Transaction, Write};

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

    /// Something else than what was written is read from now on.
    pub fn spoil(&mut self, store: Store, key: &str) {
        let write = Write::Put { store, key: key.to_owned(), value: GARBAGE.to_vec() };
        let _ = self.store.commit(&Transaction { guards: Vec::new(), writes: vec![write] });
    }

    pub fn get(&self, store: Store, key: &str) -> Option<&Vec<u8>> {
        self.store.get(store, key)
    }

    /// Where the catch-up goes on.
    pub fn cursor(&self) -> Option<Cursor> {
        self.get(Store::Meta, meta::CURSOR).and_then(|bytes| meta::cursor_from_bytes(bytes))
    }

    /// The entries that wait for the server, and those that were refused.
    pub fn outbox(&self) -> Vec<Entry> {
        let all = Read::Page { store: Store::Outbox, after: None, limit: u32::MAX };
        self.store.read(&all).iter().map(|(_, record): &Row| Entry::from_bytes(record).expect("a readable entry")).collect()
    }
}
