//! Everything stored goes through here, one conditional transaction at a time; of the outbox, memory follows what was written.

use super::aliases::{Alias, key_of};
use super::by_id::Ids;
use super::electing::Role;
use super::io::{Effect, Verb};
use super::outbox::{Entry, EntryState, Reason};
use super::table::{MARK, ROW};
use super::{Engine, Task, Timer, meta};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{PushId, ReadId, Seq};
use crate::engine::io::Now;
use crate::engine::notice::{Origin, Outcome};
use crate::engine::settled;
use crate::engine::storage::{CommitOutcome, Guard, REVISION_COUNTER, StorageFailure, Store, Transaction, Write, counter_value, seq_key};
use std::collections::VecDeque;

/// Most pushes or rows of one transaction.
const MAX_BATCH: usize = 256;
/// Heads that tell nothing any more are forgotten when there are more.
const KEPT_IDLE: usize = 1_000;
/// Milliseconds until the sender stores again what could not be stored.
const AGAIN_AFTER_MS: u64 = 2_000;

/// What is to be stored.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// The database is new: its numbers begin here.
    Found { first: u64 },
    /// A change of the app; in the place of some that were not sent, or, if they were all that there is of its row, of nothing.
    Append { push: PushId, entry: Entry, replaces: Vec<Seq>, is_void: bool },
    /// Changes are taken back or given up, the first of them for a call.
    Withdraw { read: ReadId, seqs: Vec<Seq>, outcome: Outcome },
    /// Refused changes are to be sent again.
    Retry { read: ReadId, seqs: Vec<Seq> },
    /// This tab is the one that sends.
    Rise,
    /// Changes are about to be sent.
    Begin { seqs: Vec<Seq>, known: Vec<String> },
    /// Changes have ended; what a create has made is known by an id of the server.
    Settle { ended: Vec<(Seq, Outcome)>, born: Option<(String, Alias)> },
    /// Changes are refused.
    Wedge { reasons: Vec<(Seq, Reason)> },
    /// A write was given up that may still be carried out until then, on the wall clock.
    Haunt { until: u64 },
    /// What the server has is to be stored.
    Rows,
    /// What nobody asks for any more is to be forgotten.
    Sweep,
    /// The team's sets, as they are now.
    KeepSets(String),
}

/// What waits to be stored, and what is being stored.
#[derive(Debug, Default)]
pub(super) struct Commits {
    waiting: VecDeque<Work>,
    running: Option<Running>,
    /// A transaction showed that another tab has stored something, which has to be known first.
    pub(super) owes_refresh: bool,
    /// Nothing of the sender's is stored before a timer fires.
    is_paused: bool,
}

#[derive(Debug)]
struct Running {
    work: Vec<Work>,
    /// Ids of rows that are being stored.
    rows: Vec<String>,
    /// The keys of the heads that are being stored.
    heads: Vec<String>,
}

impl Commits {
    pub(super) fn queue(&mut self, work: Work) {
        self.waiting.push_back(work);
    }

    pub(super) fn queue_first(&mut self, work: Work) {
        self.waiting.push_front(work);
    }

    /// Nothing can be stored: whoever pushed is told.
    pub(super) fn refuse(&mut self, effects: &mut VecDeque<Effect>, code: ErrorCode) {
        for work in std::mem::take(&mut self.waiting) {
            if let Work::Append { push, .. } = work {
                effects.push_back(Effect::Stored { push, result: Err(code) });
            }
        }
    }

    /// Changes of the app that are not in the outbox yet.
    pub(super) fn appends(&self) -> usize {
        let running = self.running.iter().flat_map(|running| &running.work);
        self.waiting.iter().chain(running).filter(|work| matches!(work, Work::Append { .. })).count()
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(super) fn resume(&mut self) {
        self.is_paused = false;
    }

    /// What only the sender may store is not this tab's any more.
    pub(super) fn drop_the_senders(&mut self) {
        self.waiting.retain(|work| !work.is_the_senders());
    }
}

impl Work {
    fn is_the_senders(&self) -> bool {
        match self {
            Self::Rise | Self::Begin { .. } | Self::Settle { .. } | Self::Wedge { .. } => true,
            Self::Haunt { .. } | Self::Rows | Self::Sweep => true,
            Self::Found { .. } | Self::Append { .. } | Self::Withdraw { .. } | Self::Retry { .. } | Self::KeepSets(_) => false,
        }
    }
}

impl Engine {
    /// Starts a transaction of what waits, unless one is under way.
    pub(super) fn commit_waiting(&mut self) {
        if self.role == Role::Leader && self.table.has_unsaved() && !self.commits.waiting.iter().any(|work| matches!(work, Work::Rows)) {
            self.commits.queue(Work::Rows);
        }
        while self.is_ready && self.commits.running.is_none() && self.refresh.is_idle() && !self.commits.owes_refresh {
            let work = self.take_batch();
            if work.is_empty() {
                return;
            }
            if let Some((running, transaction)) = self.compose(work) {
                let task = self.begin(Task::Commit);
                self.commits.running = Some(running);
                self.perform(Effect::Commit { task, transaction });
            }
        }
    }

    /// The next piece of work; pushes come together.
    fn take_batch(&mut self) -> Vec<Work> {
        let is_paused = self.commits.is_paused;
        let place = self.commits.waiting.iter().position(|work| !(is_paused && work.is_the_senders()));
        let Some(first) = place.and_then(|place| self.commits.waiting.remove(place)) else { return Vec::new() };
        let mut batch = vec![first];
        // What a delete makes needless has to be in memory.
        let is_one_of_many = |work: &Work| matches!(work, Work::Append { entry, .. } if entry.verb != Verb::Delete);
        while batch.first().is_some_and(is_one_of_many) && batch.len() < MAX_BATCH {
            match self.commits.waiting.pop_front() {
                Some(next) if is_one_of_many(&next) => batch.push(next),
                Some(other) => {
                    self.commits.waiting.push_front(other);
                    break;
                }
                None => break,
            }
        }
        batch
    }

    /// The transaction of a piece of work; `None` where nothing is left to do, which is told.
    fn compose(&mut self, mut work: Vec<Work>) -> Option<(Running, Transaction)> {
        let mut draft = Draft::default();
        if work.iter().any(Work::is_the_senders) {
            let expected = (self.epoch > 0).then(|| self.epoch.to_be_bytes().to_vec());
            draft.transaction.guards.push(Guard { store: Store::Meta, key: meta::EPOCH.to_owned(), expected });
        }
        for item in &mut work {
            if !self.draft(item, &mut draft) {
                self.is_moot(item);
                return None;
            }
        }
        let Draft { mut transaction, marked, rows } = draft;
        let mut heads = Vec::new();
        // Also what is gone and was never stored: somebody may have read it meanwhile.
        for id in &rows {
            heads.push([ROW, id].concat());
            transaction.writes.push(Write::Revise { key: [ROW, id].concat(), value: self.table.head(id) });
        }
        for id in marked.iter() {
            heads.push([MARK, id].concat());
            transaction.writes.push(Write::Revise { key: [MARK, id].concat(), value: vec![0; 8] });
        }
        Some((Running { work, rows, heads }, transaction))
    }

    /// Adds a piece of work to a transaction; whether there is still something to do. What other tabs did meanwhile counts.
    fn draft(&mut self, work: &mut Work, draft: &mut Draft) -> bool {
        match work {
            Work::Found { first } => {
                // Of two tabs that open it at once one founds it: the other's numbers would lie above rows that it has not read.
                draft.transaction.guards.push(Guard { store: Store::Meta, key: REVISION_COUNTER.to_owned(), expected: None });
                let raise = |key: &str| Write::Raise { key: key.to_owned(), value: *first };
                draft.transaction.writes.extend([raise(REVISION_COUNTER), raise(meta::FLOOR)]);
                true
            }
            Work::Append { entry, replaces, is_void, .. } => {
                (*replaces, *is_void) = self.made_needless_by(entry);
                replaces.iter().for_each(|seq| self.draft_end(*seq, Outcome::Superseded, draft));
                if !*is_void {
                    draft.transaction.writes.push(Write::Append { value: entry.to_bytes() });
                }
                draft.marked.extend(entry.touches());
                true
            }
            Work::Withdraw { seqs, outcome, .. } => {
                let was_refused = *outcome == Outcome::Discarded;
                let still = |entry: &Entry| if was_refused { entry.reason().is_some() } else { entry.state == EntryState::Waiting };
                if !seqs.iter().all(|seq| self.outbox.get(*seq).is_some_and(still)) {
                    return false;
                }
                seqs.iter().for_each(|seq| self.draft_end(*seq, *outcome, draft));
                true
            }
            Work::Retry { seqs, .. } => {
                seqs.retain(|seq| self.outbox.get(*seq).is_some_and(|entry| entry.reason().is_some()));
                seqs.iter().for_each(|seq| self.draft_state(*seq, EntryState::Waiting, draft));
                !seqs.is_empty()
            }
            Work::Rise => {
                draft.transaction.writes.push(Write::Raise { key: meta::EPOCH.to_owned(), value: self.epoch + 1 });
                true
            }
            Work::Begin { seqs, known } => {
                let is_free = |seq: &Seq| self.outbox.get(*seq).is_some_and(|entry| entry.reason().is_none());
                if !seqs.iter().all(is_free) {
                    return false;
                }
                seqs.iter().for_each(|seq| self.draft_state(*seq, EntryState::Attempted { known: known.clone() }, draft));
                true
            }
            Work::Settle { ended, born } => {
                ended.retain(|(seq, _)| self.outbox.get(*seq).is_some());
                ended.iter().for_each(|(seq, outcome)| self.draft_end(*seq, *outcome, draft));
                if let Some((temporary, alias)) = born {
                    draft.transaction.writes.push(put(Store::Meta, key_of(temporary), alias.to_bytes()));
                    draft.marked.insert(temporary);
                }
                draft.rows = self.table.take_unsaved(MAX_BATCH);
                true
            }
            Work::Wedge { reasons } => {
                reasons.retain(|(seq, _)| self.outbox.get(*seq).is_some_and(|entry| entry.reason().is_none()));
                reasons.iter().for_each(|(seq, reason)| self.draft_state(*seq, EntryState::Wedged(reason.clone()), draft));
                !reasons.is_empty()
            }
            Work::Haunt { until } => {
                draft.transaction.writes.push(Write::Raise { key: meta::HAUNTED.to_owned(), value: *until });
                true
            }
            Work::Rows => {
                draft.rows = self.table.take_unsaved(MAX_BATCH);
                !draft.rows.is_empty()
            }
            Work::Sweep => self.draft_sweep(draft),
            Work::KeepSets(text) => {
                draft.transaction.writes.push(put(Store::Meta, meta::SETS.to_owned(), text.as_bytes().to_vec()));
                true
            }
        }
    }

    fn draft_guard(&self, seq: Seq, draft: &mut Draft) {
        if let Some(entry) = self.outbox.get(seq) {
            draft.transaction.guards.push(Guard { store: Store::Outbox, key: seq_key(seq.0), expected: Some(entry.to_bytes()) });
            draft.marked.extend(entry.touches());
        }
    }

    fn draft_state(&self, seq: Seq, state: EntryState, draft: &mut Draft) {
        self.draft_guard(seq, draft);
        if let Some(entry) = self.outbox.get(seq) {
            let value = Entry { state, ..entry.clone() }.to_bytes();
            draft.transaction.writes.push(put(Store::Outbox, seq_key(seq.0), value));
        }
    }

    fn draft_end(&self, seq: Seq, outcome: Outcome, draft: &mut Draft) {
        self.draft_guard(seq, draft);
        if let Some(entry) = self.outbox.get(seq) {
            let writes = &mut draft.transaction.writes;
            writes.push(Write::Delete { store: Store::Outbox, key: seq_key(seq.0) });
            writes.push(put(Store::Settled, seq_key(seq.0), settled::to_bytes(&entry.event_id, outcome)));
            if let Some(old) = seq.0.checked_sub(settled::KEPT) {
                writes.push(Write::Delete { store: Store::Settled, key: seq_key(old) });
            }
        }
    }

    /// There is nothing left to do: another tab was faster.
    fn is_moot(&mut self, work: &Work) {
        match work {
            Work::Withdraw { read, .. } | Work::Retry { read, .. } => self.reply_done(*read, Ok(false)),
            Work::Begin { .. } | Work::Settle { .. } | Work::Wedge { .. } => self.writing_is_over(),
            Work::Found { .. } | Work::Append { .. } | Work::Rise | Work::Haunt { .. } | Work::Rows | Work::Sweep | Work::KeepSets(_) => {}
        }
    }

    /// A transaction came to its end.
    pub(super) fn committed(&mut self, now: Now, outcome: CommitOutcome) {
        let Some(Running { work, rows, heads }) = self.commits.running.take() else { return };
        match outcome {
            CommitOutcome::Done { appended } => {
                let (seqs, revisions) = appended.split_at_checked(appended.len().saturating_sub(heads.len())).unwrap_or_default();
                self.take_revisions(heads, revisions);
                let mut seqs = seqs.iter().copied().map(Seq);
                for item in work {
                    self.follow(now, item, &mut seqs);
                }
            }
            CommitOutcome::Conflict { actual } => {
                self.table.give_back(rows);
                self.commits.owes_refresh = true;
                self.is_stale = true;
                if work.iter().any(Work::is_the_senders) {
                    let epoch = actual.into_iter().next().flatten().map_or(0, |bytes| counter_value(&bytes));
                    let is_fenced = epoch != self.epoch;
                    self.epoch = epoch;
                    if is_fenced && self.role.is_set() {
                        return self.depose();
                    }
                }
                for item in work.into_iter().rev() {
                    let is_founded = matches!(item, Work::Found { .. });
                    if !is_founded && (self.role != Role::Follower || !item.is_the_senders()) {
                        self.commits.waiting.push_front(item);
                    }
                }
            }
            CommitOutcome::Failed(failure) => {
                self.table.give_back(rows);
                for item in work.into_iter().rev() {
                    self.not_stored(now, item, failure);
                }
            }
        }
    }

    fn take_revisions(&mut self, heads: Vec<String>, revisions: &[u64]) {
        if !revisions.is_empty() {
            self.perform(Effect::Hint);
        }
        for (head, revision) in heads.into_iter().zip(revisions) {
            let is_next = *revision == self.revision + 1;
            self.is_stale |= !is_next; // Another tab wrote in between.
            self.revision += u64::from(is_next);
            self.table.revise(&head, *revision);
        }
    }

    /// Memory follows what is written.
    fn follow(&mut self, now: Now, work: Work, seqs: &mut impl Iterator<Item = Seq>) {
        match work {
            Work::Found { first } => {
                self.revision = self.revision.max(first);
                self.floor = self.floor.max(first);
            }
            Work::Append { push, entry, replaces, is_void } => {
                let event_id = entry.event_id.clone();
                self.perform(Effect::Stored { push, result: Ok(event_id.clone()) });
                let affected = self.affected(&entry);
                if is_void {
                    self.perform(Effect::Settled { event_id, outcome: Outcome::Unchanged });
                } else if let Some(seq) = seqs.next() {
                    self.outbox.set(seq, entry);
                }
                let ended: Vec<(Seq, Outcome)> = replaces.into_iter().map(|seq| (seq, Outcome::Superseded)).collect();
                self.leave(&ended, Origin::Local);
                self.show(affected, Origin::Local);
            }
            Work::Withdraw { read, seqs, outcome } => {
                self.reply_done(read, Ok(true));
                let ended: Vec<(Seq, Outcome)> = seqs.into_iter().map(|seq| (seq, outcome)).collect();
                self.leave(&ended, Origin::Restored);
            }
            Work::Retry { read, seqs } => {
                self.reply_done(read, Ok(true));
                for seq in seqs {
                    self.set_state(seq, EntryState::Waiting, Origin::Restored);
                }
            }
            Work::Rise => self.risen(),
            Work::Begin { seqs, known } => {
                for seq in &seqs {
                    self.set_state(*seq, EntryState::Attempted { known: known.clone() }, Origin::Local);
                }
                self.ask(now, seqs);
            }
            Work::Settle { ended, born } => {
                self.last_sync = Some(now.wall);
                if let Some((temporary, alias)) = born {
                    self.is_born(&temporary, alias);
                }
                self.leave(&ended, Origin::Remote);
                self.writing_is_over();
            }
            Work::Wedge { reasons } => {
                for (seq, reason) in reasons {
                    self.is_refused(seq, reason);
                }
                self.writing_is_over();
            }
            Work::Haunt { .. } | Work::Rows | Work::KeepSets(_) | Work::Sweep => {}
        }
    }

    fn not_stored(&mut self, now: Now, work: Work, failure: StorageFailure) {
        let code = code_of(failure);
        match work {
            Work::Append { push, .. } => self.perform(Effect::Stored { push, result: Err(code) }),
            Work::Withdraw { read, .. } | Work::Retry { read, .. } => self.reply_done(read, Err(code)),
            Work::Begin { .. } => {
                self.report_code(code);
                self.rest(now, AGAIN_AFTER_MS);
            }
            Work::Rise | Work::Settle { .. } | Work::Wedge { .. } | Work::Haunt { .. } | Work::Rows => {
                if !self.commits.is_paused {
                    self.report_code(code);
                }
                self.commits.is_paused = true;
                self.timers.set(Timer::Commit, now.mono + AGAIN_AFTER_MS);
                if !matches!(work, Work::Rows) {
                    self.commits.waiting.push_front(work);
                }
            }
            Work::Found { .. } | Work::Sweep | Work::KeepSets(_) => {}
        }
    }

    /// Entries have left the outbox.
    pub(super) fn leave(&mut self, ended: &[(Seq, Outcome)], origin: Origin) {
        let mut affected = Ids::default();
        for (seq, outcome) in ended {
            let Some(entry) = self.outbox.get(*seq) else { continue };
            affected.extend(self.affected(entry));
            let event_id = entry.event_id.clone();
            self.outbox.remove(*seq);
            self.perform(Effect::Settled { event_id, outcome: *outcome });
        }
        self.show(affected.to_vec(), origin);
    }

    /// An entry stands elsewhere.
    pub(super) fn set_state(&mut self, seq: Seq, state: EntryState, origin: Origin) {
        let Some(entry) = self.outbox.get(seq) else { return };
        let affected = self.affected(entry);
        let entry = Entry { state, ..entry.clone() };
        self.outbox.set(seq, entry);
        self.show(affected, origin);
    }
}

/// A transaction that is being put together.
#[derive(Default)]
struct Draft {
    transaction: Transaction,
    /// Rows of whose changes something becomes.
    marked: Ids,
    rows: Vec<String>,
}

impl Engine {
    /// Forgets rows that are gone, marks of changes that have ended, and the oldest aliases; whether there is anything to forget.
    fn draft_sweep(&mut self, draft: &mut Draft) -> bool {
        let idle = self.table.idle_heads(|id| !self.outbox.seqs_of(id).is_empty());
        let writes = &mut draft.transaction.writes;
        if idle.len() > KEPT_IDLE {
            for (head, revision) in idle {
                writes.push(Write::Delete { store: Store::Changes, key: seq_key(revision) });
                writes.push(Write::Delete { store: Store::Heads, key: head.clone() });
                self.table.forget(&head);
            }
            writes.push(Write::Raise { key: meta::FLOOR.to_owned(), value: self.revision });
            self.floor = self.revision;
        }
        writes.extend(self.aliases.take_surplus().iter().map(|temporary| Write::Delete { store: Store::Meta, key: key_of(temporary) }));
        !writes.is_empty()
    }
}

fn put(store: Store, key: String, value: Vec<u8>) -> Write {
    Write::Put { store, key, value }
}

fn code_of(failure: StorageFailure) -> ErrorCode {
    match failure {
        StorageFailure::Full => ErrorCode::StorageFull,
        StorageFailure::Broken => ErrorCode::StorageFailed,
    }
}
