//! What may have been done, and was not confirmed, is looked for before it is done again: a server without idempotency keys would do it twice.

use super::Entry;
use super::op::Op;
use super::writing::Writing;
use super::{Glint, Timer};
use crate::engine::ids::Seq;
use crate::engine::io::Now;
use crate::engine::notice::Outcome;
use crate::rows::Engine;
use crate::rows::json::{Fields, text};
use crate::rows::outbox::EntryState;
use crate::rows::planted::{self, Fault};
use crate::rows::sending::{LATEST_MS, next_look};

/// Whether a row is what a create would have made: by the same author, under the same parent, with the same title, and not there before.
pub(super) fn is_like(engine: &Engine<Glint>, entry: &Entry, id: &str, row: &Fields) -> bool {
    let Op::Create { title, parent } = &entry.op else { return false };
    let known: &[String] = match &entry.state {
        EntryState::Attempted { known } => known,
        EntryState::Waiting | EntryState::Untold | EntryState::Wedged(_) => &[],
    };
    let parent = parent.as_deref().map(|parent| engine.aliases.resolve(parent));
    engine.is_mine(row)
        && text(row, "title") == Some(title)
        && text(row, "parentId") == parent
        && engine.aliases.former(id).is_none()
        && !known.iter().any(|known| known == id)
}

/// The rows like the one that a create is about to make.
pub(super) fn rows_like(engine: &Engine<Glint>, entry: &Entry) -> Vec<String> {
    let entry = Entry { state: EntryState::Waiting, ..entry.clone() };
    engine.table.iter().filter(|(id, row)| is_like(engine, &entry, id, row)).map(|(id, _)| id.to_owned()).collect()
}

impl Engine<Glint> {
    /// The server may have carried these out, or may do so yet.
    pub(super) fn look_for(&mut self, now: Now, seqs: Vec<Seq>) {
        self.look_from(now, seqs, now.mono);
    }

    /// The same where it may have been sent until a moment to come.
    pub(super) fn look_from(&mut self, now: Now, seqs: Vec<Seq>, given_up: u64) {
        if planted::has(Fault::NoLook) {
            return self.rest_alone(now, seqs);
        }
        self.own.writing = Writing::Looking { seqs, since: now.mono, given_up, is_answered: false };
        self.want_listing();
        self.look(now, None);
    }

    /// Looks at what is known by now; `listed` is when the list was asked for, if there is a new one.
    pub(super) fn look(&mut self, now: Now, listed: Option<u64>) {
        match &self.own.writing {
            Writing::Peeking { seq, after } => {
                if listed.is_some_and(|listed| listed >= *after || planted::has(Fault::OldListShows)) {
                    self.peek(now, *seq);
                }
            }
            Writing::Looking { seqs, since, given_up, is_answered } => {
                let (seqs, is_new) = (seqs.clone(), listed.filter(|listed| listed >= since || planted::has(Fault::OldListShows)));
                let (dead_at, is_answered) = (given_up + LATEST_MS, *is_answered);
                self.look_at(now, seqs, is_new, dead_at, is_answered);
            }
            Writing::Idle | Writing::Resting { .. } | Writing::Beginning { .. } | Writing::Asked { .. } | Writing::Settling => {}
        }
    }

    fn look_at(&mut self, now: Now, seqs: Vec<Seq>, listed: Option<u64>, dead_at: u64, is_answered: bool) {
        let Some((seq, entry)) = seqs.first().and_then(|seq| Some((*seq, self.outbox.get(*seq)?))) else { return self.writing_is_over() };
        if let Op::Create { .. } = entry.op {
            let made = self.table.iter().filter(|(id, row)| is_like(self, entry, id, row));
            // Several are alike only where another device of the account made the same: then it does not matter which is ours.
            if let Some((_, row)) = made.min_by_key(|(id, row)| (text(row, "createdAt").map(str::to_owned), id.to_string())) {
                return self.born(seq, row.clone());
            }
        }
        let Some(listed) = listed else { return };
        let id = self.aliases.resolve(&entry.id).to_owned();
        let op = match self.op_of_all(entry, &seqs) {
            Ok(op) => op,
            Err(words) => return self.refuse(&seqs, words),
        };
        // Done twice it would be something else, so it has to be certain that the first copy is dead.
        let is_harmless_twice = !matches!(op, Op::Create { .. } | Op::Claim(_))
            || planted::has(Fault::CreatesTooSoon) && matches!(op, Op::Create { .. })
            || planted::has(Fault::TogglesTwice) && matches!(op, Op::Claim(_));
        if is_harmless_twice {
            // Also where it is done: by a former copy, it may be, or by somebody else.
            let ids = entry.touches().map(|id| self.aliases.resolve(id).to_owned()).collect();
            self.haunt(now, &seqs, ids, dead_at);
        }
        if self.is_done(&id, &op) {
            self.settle(seqs, Outcome::Confirmed);
        } else if is_answered && listed >= dead_at {
            self.settle(seqs, Outcome::Confirmed); // The server said so, and shows what it made in no way that can be read.
        } else if is_harmless_twice || listed >= dead_at {
            self.rest_alone(now, seqs);
        } else {
            self.arm(Timer::Look, next_look(now, dead_at));
        }
    }

    /// A claim is sent only where it brings about what is wanted.
    fn peek(&mut self, now: Now, seq: Seq) {
        // It waits, or was attempted and not carried out.
        let Some(entry) = self.outbox.get(seq).filter(|entry| entry.reason().is_none()) else { return self.writing_is_over() };
        let op = match self.op_of(entry) {
            Ok(op) => op,
            Err(words) => return self.refuse(&[seq], words),
        };
        let id = self.aliases.resolve(&entry.id);
        // Where another one has it, the server decides.
        if self.is_done(id, &op) {
            self.settle(vec![seq], Outcome::Unchanged);
        } else {
            self.begin_write(now, vec![seq]);
        }
    }
}
