//! Group commit: everything that waits goes into one conditional transaction, and memory follows when it is written.

use super::dialect::{Cursor, Resolution};
use super::error::{ErrorCode, ErrorReport};
use super::event::Operation;
use super::ids::{EntityKey, Seq};
use super::io::{Effect, Now};
use super::notice::{Change, Notice, Origin, Outcome, Rejected};
use super::outbox::{Entry, EntryState};
use super::replica::{Base, Head};
use super::storage::{CommitOutcome, Guard, StorageFailure, Store, Write, seq_key};
use super::work::{AfterCommit, Append, Batch, MAX_BATCH, MAX_BATCH_BYTES, Merge, Running, Work};
use super::{Engine, Task, meta};

/// Conflicts in a row after which the database is taken for broken; other tabs do not write that often.
const MAX_CONFLICTS: u32 = 64;

impl Engine {
    /// Starts a transaction of what waits, unless one is under way.
    pub(super) fn commit_waiting(&mut self, now: Now) {
        while self.work.running.is_none() && !self.work.waiting.is_empty() {
            let mut work = self.take_batch();
            let Batch { transaction, heads, after, overtaken } = self.compose(&work);
            if !overtaken.is_empty() {
                work.retain(|item| !matches!(item, Work::Append(append) if overtaken.iter().any(|other| other.push == append.push)));
                self.seal_again(now, overtaken);
            }
            if !after.is_empty() {
                let task = self.begin(Task::Commit);
                self.work.running = Some(Running { task, work, heads, after });
                self.effects.push_back(Effect::Commit { task, transaction });
            }
        }
    }

    fn take_batch(&mut self) -> Vec<Work> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(next) = self.work.waiting.front() {
            bytes += next.bytes();
            if batch.len() >= MAX_BATCH || (bytes > MAX_BATCH_BYTES && !batch.is_empty()) {
                break;
            }
            batch.extend(self.work.waiting.pop_front());
        }
        batch
    }

    fn compose(&self, work: &[Work]) -> Batch {
        let mut composer =
            Composer { engine: self, heads: Vec::new(), gone: Vec::new(), overtaken_keys: Vec::new(), batch: Batch::default() };
        for item in work {
            match item {
                Work::Append(append) => composer.append(append),
                Work::Merge(merge) => composer.merge(merge),
                Work::Confirm { seq, body, outcome } => composer.confirm(*seq, body.as_deref(), *outcome),
                Work::Wedge { seq, reason } => composer.wedge(*seq, reason),
                Work::Advance(cursor) => composer.advance(*cursor),
            }
        }
        composer.finish()
    }

    /// A transaction came to its end.
    pub(super) fn committed(&mut self, now: Now, outcome: CommitOutcome) {
        let Some(running) = self.work.running.take() else { return };
        match outcome {
            CommitOutcome::Done { appended } => {
                self.work.conflicts = 0;
                for (key, head) in running.heads {
                    self.replica.set(key, Some(head));
                }
                let mut appended = appended.into_iter().map(Seq);
                for after in running.after {
                    self.follow(now, after, &mut appended);
                }
            }
            CommitOutcome::Conflict { actual } => {
                self.work.conflicts += 1;
                for ((key, _), bytes) in running.heads.into_iter().zip(actual) {
                    self.replica.set(key, bytes.and_then(|bytes| Head::from_bytes(&bytes)));
                }
                if self.work.conflicts > MAX_CONFLICTS {
                    self.abandon(now, running.work, StorageFailure::Broken);
                } else {
                    running.work.into_iter().rev().for_each(|item| self.work.waiting.push_front(item));
                }
            }
            CommitOutcome::Failed(failure) => self.abandon(now, running.work, failure),
        }
    }

    /// Nothing could be written: changes are refused, and what came from the server is asked for again on the next connection.
    fn abandon(&mut self, now: Now, work: Vec<Work>, failure: StorageFailure) {
        self.work.conflicts = 0;
        let code = match failure {
            StorageFailure::Full => ErrorCode::StorageFull,
            StorageFailure::Broken => ErrorCode::StorageFailed,
        };
        let mut had_remote_work = false;
        for item in work.into_iter().chain(std::mem::take(&mut self.work.waiting)) {
            match item {
                Work::Append(append) => self.effects.push_back(Effect::Stored { push: append.push, result: Err(code) }),
                Work::Merge(_) | Work::Confirm { .. } | Work::Wedge { .. } | Work::Advance(_) => had_remote_work = true,
            }
        }
        self.report(ErrorReport::new(code));
        if had_remote_work {
            self.lose_connection(now, code);
        }
    }

    fn follow(&mut self, now: Now, after: AfterCommit, appended: &mut impl Iterator<Item = Seq>) {
        match after {
            AfterCommit::Appended(append) => {
                let Append { push, entry, data } = *append;
                let Some(seq) = appended.next() else { return };
                let change =
                    Change { key: entry.key.clone(), operation: entry.operation, data, stamp: entry.stamp.clone(), origin: Origin::Local };
                self.effects.push_back(Effect::Stored { push, result: Ok(entry.stamp.event_id().to_string()) });
                self.outbox.insert(seq, entry);
                self.emit(Notice::Change(Box::new(change)));
            }
            AfterCommit::Merged { change, page } => {
                self.last_sync = Some(now.wall);
                if self.outbox.newest_of(&change.key).is_none_or(|(_, entry)| entry.stamp < change.stamp) {
                    self.emit(Notice::Change(change));
                }
                self.page_event_is_done(page);
            }
            AfterCommit::Stale { page } => self.page_event_is_done(page),
            AfterCommit::Confirmed { seq, outcome } => {
                self.last_sync = Some(now.wall);
                self.catch_up.fruitless = 0;
                if let Some(entry) = self.outbox.remove(seq) {
                    self.effects.push_back(Effect::Settled { event_id: entry.stamp.event_id().to_string(), outcome });
                }
            }
            AfterCommit::Wedged { seq, reason } => self.wedged(seq, reason),
            AfterCommit::Advanced(cursor) => self.cursor_is_stored(now, cursor),
        }
    }

    fn wedged(&mut self, seq: Seq, reason: String) {
        self.outbox.land(seq, EntryState::Wedged(reason.clone()));
        let Some(entry) = self.outbox.get(seq) else { return };
        let (key, stamp) = (entry.key.clone(), entry.stamp.clone());
        let rejected = Rejected { event_id: stamp.event_id().to_string(), key: key.clone(), operation: entry.operation, reason };
        self.emit(Notice::Rejected(Box::new(rejected)));
        let was_shown = self.shown_stamp(&key).is_none_or(|shown| shown < stamp);
        if was_shown {
            self.restore(key);
        }
    }
}

/// Makes one transaction out of several pieces of work; each sees what the ones before it did.
struct Composer<'a> {
    engine: &'a Engine,
    /// At most a batch.
    heads: Vec<(EntityKey, Head)>,
    /// Entries that leave the outbox or are refused in this transaction.
    gone: Vec<Seq>,
    overtaken_keys: Vec<EntityKey>,
    batch: Batch,
}

impl Composer<'_> {
    fn head(&self, key: &EntityKey) -> Head {
        self.heads.iter().find(|(known, _)| known == key).map_or_else(|| self.engine.replica.head(key), |(_, head)| head.clone())
    }

    fn set_head(&mut self, key: &EntityKey, head: Head) {
        match self.heads.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = head,
            None => self.heads.push((key.clone(), head)),
        }
    }

    fn append(&mut self, append: &Append) {
        let entry = &append.entry;
        let head = self.head(&entry.key);
        if head.newest_timestamp() >= entry.stamp.timestamp() || self.overtaken_keys.contains(&entry.key) {
            self.overtaken_keys.push(entry.key.clone());
            self.batch.overtaken.push(append.clone());
            return;
        }
        let value = entry.to_bytes(entry.body.as_deref().unwrap_or_default());
        self.set_head(&entry.key, Head { pending: Some(entry.stamp.clone()), ..head });
        self.batch.transaction.writes.push(Write::Append { value });
        self.batch.transaction.writes.push(Write::Raise { key: meta::CLOCK.to_owned(), value: entry.stamp.timestamp() });
        self.batch.after.push(AfterCommit::Appended(Box::new(append.clone())));
    }

    fn merge(&mut self, merge: &Merge) {
        let Merge { event, data, page } = merge.clone();
        if self.head(&event.key).base_stamp() >= Some(&event.stamp) {
            self.batch.after.push(AfterCommit::Stale { page });
            return;
        }
        let base = Base { stamp: event.stamp.clone(), operation: event.operation, resolution: event.resolution };
        self.set_base(&event.key, base, event.body.as_deref());
        let change = Box::new(Change { key: event.key, operation: event.operation, data, stamp: event.stamp, origin: Origin::Remote });
        self.batch.after.push(AfterCommit::Merged { change, page });
    }

    fn confirm(&mut self, seq: Seq, body: Option<&[u8]>, outcome: Outcome) {
        let Some(entry) = self.engine.outbox.get(seq).filter(|_| !self.gone.contains(&seq)) else { return };
        if self.head(&entry.key).base_stamp() < Some(&entry.stamp) {
            let body = entry.body.as_deref().or(body);
            if body.is_none() && entry.body_length.is_some() {
                return; // It was not sent in this session, so it will be, and confirmed then.
            }
            let base = Base { stamp: entry.stamp.clone(), operation: entry.operation, resolution: Resolution::default() };
            self.set_base(&entry.key, base, body);
        }
        self.batch.transaction.writes.push(Write::Delete { store: Store::Outbox, key: seq_key(seq.0) });
        self.forget_pending(seq, entry);
        self.batch.after.push(AfterCommit::Confirmed { seq, outcome });
    }

    fn wedge(&mut self, seq: Seq, reason: &str) {
        let Some(entry) = self.engine.outbox.get(seq).filter(|_| !self.gone.contains(&seq)) else { return };
        if entry.body.is_none() && entry.body_length.is_some() {
            return; // As in `confirm`.
        }
        let refused = Entry { state: EntryState::Wedged(reason.to_owned()), ..entry.clone() };
        let value = refused.to_bytes(entry.body.as_deref().unwrap_or_default());
        self.batch.transaction.writes.push(Write::Put { store: Store::Outbox, key: seq_key(seq.0), value });
        self.forget_pending(seq, entry);
        self.batch.after.push(AfterCommit::Wedged { seq, reason: reason.to_owned() });
    }

    fn advance(&mut self, cursor: Cursor) {
        self.batch.transaction.writes.push(Write::Put {
            store: Store::Meta,
            key: meta::CURSOR.to_owned(),
            value: meta::cursor_to_bytes(cursor),
        });
        self.batch.after.push(AfterCommit::Advanced(cursor));
    }

    fn set_base(&mut self, key: &EntityKey, base: Base, body: Option<&[u8]>) {
        let (store, storage_key) = (Store::Bodies, key.storage_key().to_owned());
        self.batch.transaction.writes.push(match body.filter(|_| base.operation != Operation::Delete) {
            Some(body) => Write::Put { store, key: storage_key, value: body.to_vec() },
            None => Write::Delete { store, key: storage_key },
        });
        let head = Head { base: Some(base), ..self.head(key) };
        self.set_head(key, head);
    }

    /// The head's `pending` is lowered to the newest entry that is left, unless another tab's entry is newer than all of ours.
    fn forget_pending(&mut self, seq: Seq, entry: &Entry) {
        self.gone.push(seq);
        let of_entity: Vec<_> = self.engine.outbox.of_entity(&entry.key).map(|(seq, entry)| (seq, entry.stamp.clone())).collect();
        let ours = |stamp: &super::event::Stamp| of_entity.iter().any(|(_, known)| known == stamp);
        let left = of_entity.iter().filter(|(seq, _)| !self.gone.contains(seq)).map(|(_, stamp)| stamp).max().cloned();
        let head = self.head(&entry.key);
        if head.pending.as_ref().is_some_and(ours) {
            self.set_head(&entry.key, Head { pending: left, ..head });
        }
    }

    fn finish(mut self) -> Batch {
        for (key, head) in self.heads {
            let expected = self.engine.replica.stored(&key).map(Head::to_bytes);
            self.batch.transaction.guards.push(Guard { store: Store::Heads, key: key.storage_key().to_owned(), expected });
            self.batch.transaction.writes.push(Write::Put {
                store: Store::Heads,
                key: key.storage_key().to_owned(),
                value: head.to_bytes(),
            });
            self.batch.heads.push((key, head));
        }
        self.batch
    }
}
