//! Group commit: everything that waits goes into one conditional transaction, and memory follows when it is written.

use super::electing::Role;
use super::error::ErrorCode;
use super::ids::{EntityKey, Seq};
use super::io::{Effect, Now};
use super::notice::{Change, Notice, Origin, Outcome};
use super::outbox::EntryState;
use super::replica::Head;
use super::storage::{CommitOutcome, StorageFailure, counter_value};
use super::timers::Timer;
use super::work::{AfterCommit, Append, Asker, Batch, Condition, MAX_BATCH, MAX_BATCH_BYTES, Running, Work};
use super::{Engine, Task, meta};

/// Conflicts in a row after which the database is taken for broken; other tabs do not write that often.
const MAX_CONFLICTS: u32 = 64;
/// Pieces of work that are put off; where there are more, what came from the server is asked for again on the next connection.
const MAX_PUT_OFF: usize = 1_000;
/// Milliseconds until it is tried again to store what there was no space for.
const AGAIN_AFTER_MS: u64 = 2_000;

impl Engine {
    /// Starts a transaction of what waits, unless one is under way.
    pub(super) fn commit_waiting(&mut self, now: Now) {
        while self.can_use_storage() && !self.work.owes_refresh && !self.work.waiting.is_empty() {
            let mut work = self.take_batch();
            let Batch { transaction, heads, watched, conditions, after, overtaken } = self.compose(&work);
            if !overtaken.is_empty() {
                work.retain(
                    |item| !matches!(item, Work::Append(append) if overtaken.iter().any(|other| other.entry.stamp == append.entry.stamp)),
                );
                self.seal_again(now, overtaken);
            }
            if !after.is_empty() {
                let task = self.begin(Task::Commit);
                self.work.running = Some(Running { task, work, heads, watched, conditions, after });
                self.perform(Effect::Commit { task, transaction });
            }
        }
    }

    /// Tries again to store what there was no space for.
    pub(super) fn commit_put_off(&mut self) {
        for item in std::mem::take(&mut self.work.put_off).into_iter().rev() {
            self.work.waiting.push_front(item);
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

    /// A transaction came to its end.
    pub(super) fn committed(&mut self, now: Now, outcome: CommitOutcome) {
        let Some(running) = self.work.running.take() else { return };
        self.commits_next = false;
        match outcome {
            CommitOutcome::Done { appended } => {
                self.work.conflicts = 0;
                self.work.is_short = false;
                self.written(now, running, &appended);
            }
            CommitOutcome::Conflict { actual } => {
                self.work.conflicts += 1;
                self.work.owes_refresh = true;
                self.is_stale = true;
                let is_fenced = self.learn(&running, actual);
                if is_fenced && matches!(self.role, Role::Risen | Role::Leader) {
                    self.depose();
                }
                let mut again = running.work;
                again.retain(|work| self.may_do(work));
                if self.work.conflicts > MAX_CONFLICTS {
                    self.abandon(now, again, StorageFailure::Broken);
                } else {
                    again.into_iter().rev().for_each(|work| self.work.waiting.push_front(work));
                }
            }
            CommitOutcome::Failed(failure) => self.abandon(now, running.work, failure),
        }
    }

    /// Memory follows what is written. `numbers`: those of the appended entries, then those of the heads.
    fn written(&mut self, now: Now, running: Running, numbers: &[u64]) {
        let revised = running.heads.iter().filter(|(_, head)| head.is_some()).count();
        let (appended, revisions) = numbers.split_at_checked(numbers.len().saturating_sub(revised)).unwrap_or_default();
        if !revisions.is_empty() {
            self.hint(now);
        }
        let mut revisions = revisions.iter().copied();
        for (key, head) in running.heads {
            let head = head.and_then(|head| Some(Head { revision: revisions.next()?, ..head }));
            if let Some(Head { revision, .. }) = head {
                let is_next = revision == self.revision + 1;
                self.is_stale |= !is_next; // Another tab wrote in between.
                self.revision += u64::from(is_next);
            }
            self.replica.set(key, head);
        }
        let mut appended = appended.iter().copied().map(Seq);
        for after in running.after {
            self.follow(now, after, &mut appended);
        }
    }

    /// Takes over what a conflict showed, as far as no refresh will. Whether another tab has become the one that sends.
    ///
    /// Heads are left to the refresh, which reads them together with their entries: a head that is known while an entry of it is not would
    /// let a transaction pass that is made for another outbox.
    fn learn(&mut self, running: &Running, actual: Vec<Option<Vec<u8>>>) -> bool {
        let mut is_fenced = false;
        let mut actual = actual.into_iter();
        let guarded = running.heads.iter().map(|(key, _)| key).chain(&running.watched);
        for (key, bytes) in guarded.zip(actual.by_ref()) {
            if bytes.is_none() {
                self.forget_entity(key); // A head that was swept away is in no list of changes.
            }
        }
        for (condition, bytes) in running.conditions.iter().zip(actual) {
            let value = bytes.map_or(0, |bytes| counter_value(&bytes));
            match condition {
                Condition::Attempted => self.attempted = value,
                Condition::Epoch => {
                    let is_rising = running.work.iter().any(|work| matches!(work, Work::Rise));
                    is_fenced = value != self.epoch && !is_rising;
                    self.epoch = value;
                }
            }
        }
        is_fenced
    }

    /// Nothing is stored of an entity any more.
    fn forget_entity(&mut self, key: &EntityKey) {
        let shown = self.shown_stamp(key);
        self.replica.set(key.clone(), None);
        for seq in self.outbox.seqs_of(key) {
            self.outbox.remove(seq);
        }
        self.show_if_moved(key.clone(), shown.as_ref());
    }

    /// Nothing could be written: changes are refused. Where only space is missing, what this tab stores because it sends is put off; else what came
    /// from the server is asked for again on the next connection.
    pub(super) fn abandon(&mut self, now: Now, work: Vec<Work>, failure: StorageFailure) {
        self.work.conflicts = 0;
        let code = match failure {
            StorageFailure::Full => ErrorCode::StorageFull,
            StorageFailure::Broken => ErrorCode::StorageFailed,
        };
        let mut had_remote_work = false;
        for item in work.into_iter().chain(std::mem::take(&mut self.work.waiting)) {
            if failure == StorageFailure::Full && item.is_the_leaders() && self.may_do(&item) && self.work.put_off.len() < MAX_PUT_OFF {
                self.work.put_off.push(item);
                self.timers.set(Timer::Commit, now.mono + AGAIN_AFTER_MS);
                continue;
            }
            match item {
                Work::Append(append) => self.refuse(append.asker, code),
                Work::Withdraw(withdrawal) => self.reply_done(withdrawal.read, Err(code)),
                Work::Rise if self.role == Role::Rising => self.resign(),
                Work::Rise => {}
                Work::Merge(_) | Work::Keep(..) | Work::Confirm { .. } | Work::Wedge { .. } | Work::Advance(_) | Work::Begin { .. } => {
                    had_remote_work = true;
                }
                // It is found out again, when what told it is asked for again.
                Work::Raise { key: meta::REWRITES, value } => {
                    self.rewrites = value - 1;
                    had_remote_work = true;
                }
                Work::Raise { .. } | Work::Sweep { .. } => {} // It will be found needless again.
            }
        }
        if !std::mem::replace(&mut self.work.is_short, failure == StorageFailure::Full) {
            self.report_code(code);
        }
        if had_remote_work {
            self.lose_connection(now, code);
        }
    }

    fn follow(&mut self, now: Now, after: AfterCommit, appended: &mut impl Iterator<Item = Seq>) {
        match after {
            AfterCommit::Appended(append) => {
                if let Some(seq) = appended.next() {
                    self.appended(now, *append, seq);
                }
            }
            AfterCommit::Overtaken(Asker::Decision(read)) => self.reply_done(read, Ok(false)),
            AfterCommit::Overtaken(Asker::Push(_) | Asker::Clock | Asker::Ring | Asker::Server) => {}
            AfterCommit::Merged { change, page } => {
                self.is_seen(&change.key);
                self.last_sync = Some(now.wall);
                let own = self.outbox.newest_of(&change.key);
                self.counts.conflicts += u64::from(own.is_some());
                if own.is_none_or(|(_, entry)| entry.stamp < change.stamp) {
                    self.emit(Notice::Change(change));
                }
                self.page_event_is_done(page);
            }
            AfterCommit::Stale { page } => self.page_event_is_done(page),
            AfterCommit::Kept { until, key, stamp, page } => self.event_is_kept(now, until, key, stamp, page),
            AfterCommit::Released(until, key) => self.kept_mut(until).remove(&key),
            AfterCommit::Raised if self.role == Role::Leader => {}
            AfterCommit::Raised => self.hint(now), // Another tab is to send.
            AfterCommit::Confirmed { seq, outcome } => {
                self.is_beyond_suspicion(seq);
                self.last_sync = Some(now.wall);
                self.catch_up.fruitless = 0;
                self.confirmed(seq, outcome);
            }
            AfterCommit::Coalesced(seq) => self.leave(seq, Outcome::Superseded),
            AfterCommit::Wedged { seq, reason } => {
                if self.outbox.land(seq, EntryState::Wedged(reason.clone())) {
                    self.tell_rejected_and_restored(seq, reason);
                }
            }
            AfterCommit::Advanced(cursor) => self.cursor_is_stored(now, cursor),
            AfterCommit::Withdrawn { read, entry } => self.withdrawn(read, entry),
            AfterCommit::Begun { generation, seqs } => self.window_has_begun(now, generation, &seqs),
            AfterCommit::Risen(epoch) => self.risen(epoch),
        }
    }

    fn confirmed(&mut self, seq: Seq, outcome: Outcome) {
        let Some(entry) = self.outbox.get(seq) else { return };
        let key = entry.key.clone();
        let hidden = entry.is_wedged().then(|| entry.stamp.clone());
        let shown = self.shown_stamp(&key);
        self.is_seen(&key);
        self.leave(seq, outcome);
        // What was taken for refused and was not shown any more has arrived after all; or what arrived has a former stamp.
        let after = self.shown_stamp(&key);
        if after == hidden && hidden.is_some() || after != shown {
            self.show(key, Some(Origin::Restored), None);
        }
    }

    fn appended(&mut self, now: Now, append: Append, seq: Seq) {
        let Append { asker, mut entry, data, replaces } = append;
        let (key, stamp) = (entry.key.clone(), entry.stamp.clone());
        match asker {
            Asker::Clock => self.clock.lower(stamp.timestamp()),
            Asker::Push(_) | Asker::Decision(_) | Asker::Server => self.clock.raise(stamp.timestamp()),
            Asker::Ring => {}
        }
        let shown = self.shown_stamp(&key);
        if let Some(replaced) = replaces {
            self.outbox.remove(replaced);
        }
        match asker {
            Asker::Push(push) => self.perform(Effect::Stored { push, result: Ok(entry.stamp.event_id().to_owned()) }),
            Asker::Decision(read) => self.reply_done(read, Ok(true)),
            Asker::Clock | Asker::Ring | Asker::Server => {}
        }
        let change = Box::new(Change { key: key.clone(), operation: entry.operation, data, stamp: stamp.clone(), origin: Origin::Local });
        entry.state = self.debounced(now);
        self.outbox.insert(seq, entry);
        if self.is_hidden || self.is_leaving() {
            self.hold_nothing_back();
        }
        match self.shown_stamp(&key) {
            // What is stamped anew may stand below what was pushed meanwhile, and is no news then.
            after if asker.is_the_engine() && after == shown => {}
            after if after.as_ref() == Some(&stamp) => self.emit(Notice::Change(change)),
            _ => self.show_if_moved(key, shown.as_ref()),
        }
    }

    /// An entry has left the outbox.
    pub(super) fn leave(&mut self, seq: Seq, outcome: Outcome) {
        if let Some(entry) = self.outbox.remove(seq) {
            self.perform(Effect::Settled { event_id: entry.stamp.event_id().to_owned(), outcome });
        }
    }
}
