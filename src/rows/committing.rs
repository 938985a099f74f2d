//! Everything stored goes through here, one conditional transaction at a time; of the outbox, memory follows what was written.

use super::aliases::Alias;
use super::by_id::Ids;
use super::dialect::{Dialect, Operation};
use super::drafting::Draft;
use super::electing::Role;
use super::io::{Effect, Verb};
use super::outbox::{Entry, EntryState, Reason};
use super::planted::{self, Fault};
use super::table::{MARK, ROW};
use super::{Engine, Task, Timer, meta};
use crate::engine::corrupt;
use crate::engine::error::ErrorCode;
use crate::engine::ids::{PushId, ReadId, Seq};
use crate::engine::io::Now;
use crate::engine::notice::{Origin, Outcome};
use crate::engine::storage::{CommitOutcome, Guard, StorageFailure, Store, Transaction, Write, counter_value};
use std::collections::VecDeque;

/// Most pushes of one transaction.
const MAX_BATCH: usize = 256;
/// Milliseconds until the sender stores again what could not be stored.
const AGAIN_AFTER_MS: u64 = 2_000;

/// What is to be stored.
#[derive(Clone, Debug)]
pub(super) enum Work<O> {
    /// The database is new: its numbers begin here.
    Found { first: u64 },
    /// What was loaded and could not be read is moved aside.
    SetAside { now: u64 },
    /// A change of the app; in the place of some that were not sent, or, if they were all that there is of its row, of nothing.
    Append { push: PushId, entry: Entry<O>, replaces: Vec<Seq>, is_void: bool },
    /// Changes are taken back or given up, the first of them for a call.
    Withdraw { read: ReadId, seqs: Vec<Seq>, outcome: Outcome },
    /// Refused changes are to be sent again.
    Retry { read: ReadId, seqs: Vec<Seq> },
    /// This tab is the one that sends.
    Rise,
    /// Changes are about to be sent.
    Begin { seqs: Vec<Seq>, known: Vec<String> },
    /// Changes have ended; what a create has made is known by an id of the server.
    Settle { ended: Vec<(Seq, Outcome)>, untold: Vec<Seq>, born: Option<(String, Alias)> },
    /// Changes are refused.
    Wedge { reasons: Vec<(Seq, Reason)> },
    /// A write was given up that may still be carried out until then, on the wall clock.
    Haunt { until: u64 },
    /// What the server has is to be stored.
    Rows,
    /// What nobody asks for any more is to be forgotten.
    Sweep,
    /// A single value that the dialect keeps; `None`: no more.
    Keep { key: String, text: Option<String> },
}

/// What waits to be stored, and what is being stored.
#[derive(Debug)]
pub(super) struct Commits<O> {
    waiting: VecDeque<Work<O>>,
    running: Option<Running<O>>,
    /// A transaction showed that another tab has stored something, which has to be known first.
    pub(super) owes_refresh: bool,
    /// Nothing of the sender's is stored before a timer fires.
    is_paused: bool,
    /// It was told that something could not be stored, and nothing was since.
    is_short: bool,
}

#[derive(Debug)]
struct Running<O> {
    work: Vec<Work<O>>,
    /// Ids of rows that are being stored.
    rows: Vec<String>,
    /// The keys of the heads that are being stored.
    heads: Vec<String>,
}

impl<O> Default for Commits<O> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), running: None, owes_refresh: false, is_paused: false, is_short: false }
    }
}

impl<O: Operation> Commits<O> {
    pub(super) fn queue(&mut self, work: Work<O>) {
        self.waiting.push_back(work);
    }

    pub(super) fn queue_first(&mut self, work: Work<O>) {
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

impl<O> Work<O> {
    fn is_the_senders(&self) -> bool {
        match self {
            Self::Rise | Self::Begin { .. } | Self::Settle { .. } | Self::Wedge { .. } => true,
            Self::Haunt { .. } | Self::Rows | Self::Sweep => true,
            Self::Found { .. }
            | Self::SetAside { .. }
            | Self::Append { .. }
            | Self::Withdraw { .. }
            | Self::Retry { .. }
            | Self::Keep { .. } => false,
        }
    }
}

impl<D: Dialect> Engine<D> {
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
    fn take_batch(&mut self) -> Vec<Work<D::Op>> {
        let is_paused = self.commits.is_paused;
        let place = self.commits.waiting.iter().position(|work| !(is_paused && work.is_the_senders()));
        let Some(first) = place.and_then(|place| self.commits.waiting.remove(place)) else { return Vec::new() };
        let mut batch = vec![first];
        // What a delete makes needless has to be in memory.
        let is_one_of_many = |work: &Work<D::Op>| matches!(work, Work::Append { entry, .. } if entry.verb != Verb::Delete);
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
    fn compose(&mut self, mut work: Vec<Work<D::Op>>) -> Option<(Running<D::Op>, Transaction)> {
        let mut draft = Draft::default();
        if work.iter().any(Work::is_the_senders) && !planted::has(Fault::NoEpochGuard) {
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

    /// There is nothing left to do: another tab was faster.
    fn is_moot(&mut self, work: &Work<D::Op>) {
        match work {
            Work::Withdraw { read, .. } | Work::Retry { read, .. } => self.reply_done(*read, Ok(false)),
            Work::Begin { .. } | Work::Settle { .. } | Work::Wedge { .. } => D::writing_is_over(self),
            Work::Found { .. }
            | Work::SetAside { .. }
            | Work::Append { .. }
            | Work::Rise
            | Work::Haunt { .. }
            | Work::Rows
            | Work::Sweep
            | Work::Keep { .. } => {}
        }
    }

    /// A transaction came to its end.
    pub(super) fn committed(&mut self, now: Now, outcome: CommitOutcome) {
        let Some(Running { work, rows, heads }) = self.commits.running.take() else { return };
        match outcome {
            CommitOutcome::Done { appended } => {
                self.commits.is_short = false;
                let (seqs, revisions) = appended.split_at_checked(appended.len().saturating_sub(heads.len())).unwrap_or_default();
                self.take_revisions(now, heads, revisions);
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
                    // Another tab has done it.
                    let is_done = matches!(item, Work::Found { .. } | Work::SetAside { .. });
                    if matches!(item, Work::SetAside { .. }) {
                        self.corrupt.clear();
                    }
                    if !is_done && (self.role != Role::Follower || !item.is_the_senders()) {
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

    fn take_revisions(&mut self, now: Now, heads: Vec<String>, revisions: &[u64]) {
        if !revisions.is_empty() {
            self.hint(now);
        }
        for (head, revision) in heads.into_iter().zip(revisions) {
            let is_next = *revision == self.revision + 1;
            self.is_stale |= !is_next; // Another tab wrote in between.
            self.revision += u64::from(is_next);
            self.table.revise(&head, *revision);
        }
    }

    /// Memory follows what is written.
    fn follow(&mut self, now: Now, work: Work<D::Op>, seqs: &mut impl Iterator<Item = Seq>) {
        match work {
            Work::Found { first } => {
                self.revision = self.revision.max(first);
                self.floor = self.floor.max(first);
            }
            Work::SetAside { .. } => {
                let records = std::mem::take(&mut self.corrupt);
                corrupt::report(&records, |report| self.report(report));
            }
            Work::Append { push, entry, replaces, is_void } => {
                let event_id = entry.event_id.clone();
                self.perform(Effect::Stored { push, result: Ok(event_id.clone()) });
                let affected = D::affected(self, &entry);
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
                let was_attempted =
                    |seq: &&Seq| self.outbox.get(**seq).is_some_and(|entry| matches!(entry.state, EntryState::Attempted { .. }));
                self.counts.resends += seqs.iter().filter(was_attempted).count() as u64;
                for seq in seqs.iter().filter(|_| !planted::has(Fault::AttemptedNotStored)) {
                    self.set_state(*seq, EntryState::Attempted { known: known.clone() }, Origin::Local);
                }
                D::begun(self, now, seqs);
            }
            Work::Settle { ended, untold, born } => {
                self.last_sync = Some(now.wall);
                if let Some((temporary, alias)) = born {
                    self.is_born(&temporary, alias);
                }
                for seq in untold {
                    self.set_state(seq, EntryState::Untold, Origin::Remote);
                }
                self.leave(&ended, Origin::Remote);
                D::writing_is_over(self);
            }
            Work::Wedge { reasons } => {
                for (seq, reason) in reasons {
                    self.is_refused(seq, reason);
                }
                D::writing_is_over(self);
            }
            Work::Keep { .. } => D::kept(self),
            Work::Haunt { .. } | Work::Rows | Work::Sweep => {}
        }
    }

    fn not_stored(&mut self, now: Now, work: Work<D::Op>, failure: StorageFailure) {
        let code = code_of(failure);
        match work {
            Work::Append { push, .. } => self.perform(Effect::Stored { push, result: Err(code) }),
            Work::Withdraw { read, .. } | Work::Retry { read, .. } => self.reply_done(read, Err(code)),
            Work::Begin { .. } => {
                if !std::mem::replace(&mut self.commits.is_short, true) {
                    self.report_code(code);
                }
                D::not_begun(self, now, AGAIN_AFTER_MS);
            }
            Work::Rise | Work::Settle { .. } | Work::Wedge { .. } | Work::Haunt { .. } | Work::Rows => {
                if !std::mem::replace(&mut self.commits.is_short, true) {
                    self.report_code(code);
                }
                self.commits.is_paused = true;
                self.timers.set(Timer::Commit, now.mono + AGAIN_AFTER_MS);
                if !matches!(work, Work::Rows) {
                    self.commits.waiting.push_front(work);
                }
            }
            Work::SetAside { .. } => self.follow(now, work, &mut std::iter::empty()), // It is not used, be it left where it is.
            Work::Found { .. } | Work::Sweep | Work::Keep { .. } => {}
        }
    }

    /// Entries have left the outbox.
    pub(super) fn leave(&mut self, ended: &[(Seq, Outcome)], origin: Origin) {
        let mut affected = Ids::default();
        for (seq, outcome) in ended {
            let Some(entry) = self.outbox.get(*seq) else { continue };
            affected.extend(D::affected(self, entry));
            let event_id = entry.event_id.clone();
            self.outbox.remove(*seq);
            self.perform(Effect::Settled { event_id, outcome: *outcome });
        }
        self.show(affected.to_vec(), origin);
    }

    /// An entry stands elsewhere.
    pub(super) fn set_state(&mut self, seq: Seq, state: EntryState, origin: Origin) {
        let Some(entry) = self.outbox.get(seq) else { return };
        let affected = D::affected(self, entry);
        let entry = Entry { state, ..entry.clone() };
        self.outbox.set(seq, entry);
        self.show(affected, origin);
    }
}

fn code_of(failure: StorageFailure) -> ErrorCode {
    match failure {
        StorageFailure::Full => ErrorCode::StorageFull,
        StorageFailure::Broken => ErrorCode::StorageFailed,
    }
}
