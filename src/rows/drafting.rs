//! A transaction, put together piece by piece, of what memory says now.

use super::aliases::key_of;
use super::by_id::Ids;
use super::committing::Work;
use super::dialect::Dialect;
use super::outbox::{Entry, EntryState};
use super::planted::{self, Fault};
use super::{Engine, meta};
use crate::engine::corrupt;
use crate::engine::ids::Seq;
use crate::engine::notice::Outcome;
use crate::engine::settled;
use crate::engine::storage::{Guard, REVISION_COUNTER, Store, Transaction, Write, seq_key};

/// Most rows of one transaction.
const MAX_ROWS: usize = 256;
/// Heads that tell nothing any more are forgotten when there are more.
const KEPT_IDLE: usize = 1_000;

/// A transaction that is being put together.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) transaction: Transaction,
    /// Rows of whose changes something becomes.
    pub(super) marked: Ids,
    pub(super) rows: Vec<String>,
}

impl<D: Dialect> Engine<D> {
    /// Adds a piece of work to a transaction; whether there is still something to do. What other tabs did meanwhile counts.
    pub(super) fn draft(&mut self, work: &mut Work<D::Op>, draft: &mut Draft) -> bool {
        match work {
            Work::Found { first } => {
                // Of two tabs that open it at once one founds it: the other's numbers would lie above rows that it has not read.
                draft.transaction.guards.push(Guard { store: Store::Meta, key: REVISION_COUNTER.to_owned(), expected: None });
                let raise = |key: &str| Write::Raise { key: key.to_owned(), value: *first };
                draft.transaction.writes.extend([raise(REVISION_COUNTER), raise(meta::FLOOR)]);
                true
            }
            Work::SetAside { now } => {
                draft.transaction = corrupt::set_aside(&self.corrupt, *now, self.outbox.known_through, self.revision);
                true
            }
            Work::Append { entry, replaces, is_void, .. } => {
                (*replaces, *is_void) = D::made_needless_by(self, entry);
                replaces.iter().for_each(|seq| self.draft_end(*seq, Outcome::Superseded, draft));
                if !*is_void {
                    draft.transaction.writes.push(Write::Append { value: entry.to_bytes() });
                }
                draft.marked.extend(entry.touches());
                true
            }
            Work::Withdraw { seqs, outcome, .. } => {
                let was_refused = *outcome == Outcome::Discarded;
                let still = |entry: &Entry<D::Op>| if was_refused { entry.reason().is_some() } else { entry.can_be_taken_back() };
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
                if !planted::has(Fault::AttemptedNotStored) {
                    seqs.iter().for_each(|seq| self.draft_state(*seq, EntryState::Attempted { known: known.clone() }, draft));
                }
                true
            }
            Work::Settle { ended, untold, born } => {
                ended.retain(|(seq, _)| self.outbox.get(*seq).is_some());
                untold.retain(|seq| self.outbox.get(*seq).is_some());
                untold.iter().for_each(|seq| self.draft_state(*seq, EntryState::Untold, draft));
                ended.iter().for_each(|(seq, outcome)| self.draft_end(*seq, *outcome, draft));
                if let Some((temporary, alias)) = born.as_ref().filter(|_| !planted::has(Fault::AliasNotStored)) {
                    draft.transaction.writes.push(put(Store::Meta, key_of(temporary), alias.to_bytes()));
                    draft.marked.insert(temporary);
                }
                draft.rows = self.table.take_unsaved(MAX_ROWS);
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
                draft.rows = self.table.take_unsaved(MAX_ROWS);
                !draft.rows.is_empty()
            }
            Work::Sweep => self.draft_sweep(draft),
            Work::Keep { key, text } => {
                draft.transaction.writes.push(match text {
                    Some(text) => put(Store::Meta, key.clone(), text.as_bytes().to_vec()),
                    None => Write::Delete { store: Store::Meta, key: key.clone() },
                });
                true
            }
        }
    }

    fn draft_guard(&self, seq: Seq, draft: &mut Draft) {
        if let Some(entry) = self.outbox.get(seq) {
            if !planted::has(Fault::NoOutboxGuard) {
                draft.transaction.guards.push(Guard { store: Store::Outbox, key: seq_key(seq.0), expected: Some(entry.to_bytes()) });
            }
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
