//! Start: who this device is, then all heads, then the outbox, page by page.

use super::corrupt;
use super::error::ErrorCode;
use super::ids::{EntityKey, Seq};
use super::io::{Effect, Now};
use super::notice::{KeyCheck, Notice};
use super::outbox::Entry;
use super::replica::Head;
use super::storage::{
    CommitOutcome, Guard, REVISION_COUNTER, Read, Row, SEQ_COUNTER, StorageFailure, Store, Transaction, Write, counter_value, number_of,
};
use super::{Engine, Task, meta};

/// Heads read at once.
const HEADS_PAGE: u32 = 1_000;
/// Outbox entries read at once; they come with their bodies.
const OUTBOX_PAGE: u32 = 100;

/// A new database numbers its changes from the time on, so that no number of one that was lost before lies among them. No database writes
/// that fast for long.
const REVISIONS_PER_MS: u64 = 1_000;
/// The app gets revisions as numbers of JavaScript, which are exact up to 2^53.
const MAX_FIRST_MS: u64 = 8_000_000_000_000;

/// Who a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub device_id: String,
    /// The salt of its subkey.
    pub salt: [u8; 16],
}

/// How far the start has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Loading {
    /// Something is still being read.
    #[default]
    Underway,
    /// All is there.
    Done,
    /// The database could not be read.
    Failed,
}

impl Engine {
    pub(super) fn load_meta(&mut self) {
        let own = [meta::DEVICE_ID, meta::SALT, meta::EPOCH, SEQ_COUNTER, REVISION_COUNTER];
        let keys = own.into_iter().chain(meta::SHARED).map(|key| (Store::Meta, key.to_owned()));
        self.load(Task::LoadMeta, Read::Values { keys: keys.collect() });
    }

    pub(super) fn meta_loaded(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(rows) = self.or_fail(rows) else { return };
        let value = |key: &str| rows.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_slice());
        let counter = |key: &str| value(key).map_or(0, counter_value);
        self.epoch = counter(meta::EPOCH);
        // Read before the heads and the outbox: what is stored meanwhile is seen by a refresh, or twice.
        (self.revision, self.outbox.known_through) = (counter(REVISION_COUNTER), counter(SEQ_COUNTER));
        self.take_shared(value);
        for row in &rows {
            // The others count as absent where they cannot be read, and are made anew.
            if row.1.len() != 8 && ![meta::DEVICE_ID, meta::SALT, meta::CURSOR].contains(&row.0.as_str()) {
                self.is_corrupt(Store::Meta, row.clone());
            }
        }
        let stored_id = value(meta::DEVICE_ID).and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        let stored_salt: Option<[u8; 16]> = value(meta::SALT).and_then(|bytes| bytes.try_into().ok());
        let device_id = self.config.device_id.clone().or_else(|| stored_id.clone()).unwrap_or_else(|| self.identity.device_id.clone());
        let is_stored = stored_salt.is_some() && stored_id.as_ref() == Some(&device_id) && self.revision > 0;
        self.identity = Identity { device_id, salt: stored_salt.unwrap_or(self.identity.salt) };
        if is_stored {
            self.load_heads(None);
        } else {
            self.store_identity(now, value(meta::DEVICE_ID), value(meta::SALT));
        }
    }

    /// Takes over the numbers that the tabs of a device share.
    pub(super) fn take_shared<'a>(&mut self, value: impl Fn(&str) -> Option<&'a [u8]>) {
        let counter = |key: &str| value(key).map_or(0, counter_value);
        self.clock.raise(counter(meta::CLOCK));
        self.attempted = self.attempted.max(counter(meta::ATTEMPTED));
        (self.full_pull, self.contact, self.rewrites) = (counter(meta::FULL_PULL), counter(meta::CONTACT), counter(meta::REWRITES));
        (self.floor, self.floor_revision) = (counter(meta::FLOOR), counter(meta::FLOOR_REVISION));
        self.strips_deletes |= counter(meta::STRIPS) > 0;
        if counter(meta::PROVEN) > 0 {
            self.key_check = KeyCheck::Verified;
        }
        self.catch_up.cursor = value(meta::CURSOR).and_then(meta::cursor_from_bytes);
        self.catch_up.is_full_due |= self.rewrites == 1;
    }

    /// Another tab may be doing the same; the guards see to it that both end with one identity.
    fn store_identity(&mut self, now: Now, known_id: Option<&[u8]>, known_salt: Option<&[u8]>) {
        let id = (meta::DEVICE_ID, known_id, self.identity.device_id.as_bytes());
        let salt = (meta::SALT, known_salt, self.identity.salt.as_slice());
        let mut transaction = Transaction {
            guards: [id, salt]
                .map(|(key, known, _)| Guard { store: Store::Meta, key: key.to_owned(), expected: known.map(<[u8]>::to_vec) })
                .to_vec(),
            writes: [id, salt].map(|(key, _, new)| Write::Put { store: Store::Meta, key: key.to_owned(), value: new.to_vec() }).to_vec(),
        };
        if self.revision == 0 {
            let first = now.wall.min(MAX_FIRST_MS) * REVISIONS_PER_MS;
            let raise = |key: &str| Write::Raise { key: key.to_owned(), value: first };
            transaction.writes.extend([raise(REVISION_COUNTER), raise(meta::FLOOR_REVISION)]);
            (self.revision, self.floor_revision) = (self.revision.max(first), self.floor_revision.max(first));
        }
        let task = self.begin(Task::StoreIdentity);
        self.perform(Effect::Commit { task, transaction });
    }

    pub(super) fn identity_stored(&mut self, outcome: CommitOutcome) {
        match outcome {
            CommitOutcome::Done { .. } => self.load_heads(None),
            CommitOutcome::Conflict { .. } => self.load_meta(),
            CommitOutcome::Failed(failure) => {
                let _ = self.or_fail::<()>(Err(failure));
            }
        }
    }

    fn load_heads(&mut self, after: Option<String>) {
        self.load(Task::LoadHeads, Read::Page { store: Store::Heads, after, limit: HEADS_PAGE });
    }

    pub(super) fn heads_loaded(&mut self, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(rows) = self.or_fail(rows) else { return };
        let last = rows.last().map(|(key, _)| key.clone());
        for (key, value) in rows {
            match Head::from_bytes(&value) {
                Some(head) => self.replica.set(EntityKey::from_storage_key(&key), Some(head)),
                None => self.is_corrupt(Store::Heads, (key, value)),
            }
        }
        match last {
            Some(last) => self.load_heads(Some(last)),
            None => self.load_outbox(None),
        }
    }

    fn load_outbox(&mut self, after: Option<String>) {
        self.load(Task::LoadOutbox, Read::Page { store: Store::Outbox, after, limit: OUTBOX_PAGE });
    }

    pub(super) fn outbox_loaded(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(rows) = self.or_fail(rows) else { return };
        let last = rows.last().map(|(key, _)| key.clone());
        for (key, value) in rows {
            match (number_of(&key), Entry::from_bytes(&value)) {
                (Some(seq), Some(entry)) => self.outbox.insert(Seq(seq), entry),
                _ => self.is_corrupt(Store::Outbox, (key, value)),
            }
        }
        match last {
            Some(last) => self.load_outbox(Some(last)),
            None => {
                self.set_aside(now);
                self.ready(now);
            }
        }
    }

    #[inline(never)]
    fn is_corrupt(&mut self, store: Store, row: Row) {
        self.corrupt.push((store, row));
    }

    /// What could not be read would be in the way: a head of what is written next, a number of those that follow from it. No other transaction
    /// comes before this one. Everything is pulled again, and nothing in the outbox is taken for what was never sent.
    fn set_aside(&mut self, now: Now) {
        if self.corrupt.is_empty() {
            return;
        }
        self.attempted = self.attempted.max(self.outbox.last());
        self.catch_up.cursor = None;
        let mut transaction = corrupt::set_aside(&self.corrupt, now.wall, self.outbox.last(), self.revision);
        transaction.writes.push(Write::Raise { key: meta::ATTEMPTED.to_owned(), value: self.attempted });
        transaction.writes.push(Write::Delete { store: Store::Meta, key: meta::CURSOR.to_owned() });
        let task = self.begin(Task::SetAside);
        self.perform(Effect::Commit { task, transaction });
    }

    /// Be it in vain, it is told. After a conflict another tab has done it.
    pub(super) fn is_set_aside(&mut self, outcome: &CommitOutcome) {
        let records = std::mem::take(&mut self.corrupt);
        if !matches!(outcome, CommitOutcome::Conflict { .. }) {
            corrupt::report(&records, |report| self.report(report));
        }
    }

    fn ready(&mut self, now: Now) {
        self.loading = Loading::Done;
        self.emit(Notice::Ready { device_id: self.identity.device_id.clone() });
        self.begin_waiting_reads();
        self.begin_waiting_pushes(now);
        self.refresh_later(now);
        self.elect();
    }

    fn load(&mut self, purpose: Task, read: Read) {
        let task = self.begin(purpose);
        self.perform(Effect::Read { task, read });
    }

    fn or_fail<T>(&mut self, result: Result<T, StorageFailure>) -> Option<T> {
        if result.is_err() {
            self.loading = Loading::Failed;
            self.report_code(ErrorCode::StorageFailed);
            self.refuse_waiting(ErrorCode::StorageFailed);
        }
        result.ok()
    }
}
