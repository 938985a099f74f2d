//! From the app's call to the work queue: check, compare, store.

use super::Entry;
use super::Glint;
use super::op::Op;
use crate::engine::error::ErrorCode;
use crate::engine::ids::{Seq, is_short_id};
use crate::engine::io::Now;
use crate::engine::notice::Outcome;
use crate::rows::Engine;
use crate::rows::committing::Work;
use crate::rows::dialect::Operation;
use crate::rows::io::{Effect, Push, Verb};
use crate::rows::outbox::EntryState;
use crate::rows::planted::{self, Fault};
use crate::rows::wire::is_path_id;

/// Largest content of a change, in bytes of JSON.
const MAX_DATA: usize = 1_048_576;

impl Engine<Glint> {
    pub(super) fn push(&mut self, now: Now, push: Push) {
        let Push { push, verb, mut id, data, event_id } = push;
        let op = match self.check(verb, &id, &data, &event_id) {
            Ok(op) => op,
            Err(code) => return self.perform(Effect::Stored { push, result: Err(code) }),
        };
        if let Op::Reorder(items) = &op {
            id = items.first().map(|(first, _)| first.clone()).unwrap_or_default();
        }
        if self.says_nothing_new(&id, &op) {
            self.perform(Effect::Stored { push, result: Ok(event_id.clone()) });
            return self.perform(Effect::Settled { event_id, outcome: Outcome::Unchanged });
        }
        let entry = Entry { event_id, id, verb, op, data, made_at: now.wall, state: EntryState::Waiting };
        self.commits.queue(Work::Append { push, entry, replaces: Vec::new(), is_void: false });
    }

    fn check(&self, verb: Verb, id: &str, data: &str, event_id: &str) -> Result<Op, ErrorCode> {
        if self.has_failed {
            return Err(ErrorCode::StorageFailed);
        }
        if data.len() > MAX_DATA {
            return Err(ErrorCode::TooLarge);
        }
        let has_id = is_path_id(id) || verb == Verb::Reorder;
        let is_taken = verb == Verb::Create && (self.aliases.resolve(id) != id || self.told.get(id).is_some());
        let op = Op::read(verb, id, data).filter(|_| has_id && !is_taken && is_short_id(event_id)).ok_or(ErrorCode::BadChange)?;
        if matches!(&op, Op::Move { target, .. } if *target == self.own.config.set_id) {
            return Err(ErrorCode::BadChange);
        }
        if self.outbox.count() + self.commits.appends() >= self.max_queue {
            return Err(ErrorCode::QueueFull);
        }
        Ok(op)
    }

    /// Whether the server has it all already, and nothing waits that would change it.
    fn says_nothing_new(&self, id: &str, op: &Op) -> bool {
        let id = self.aliases.resolve(id);
        let (Op::Update(fields), Some(row)) = (op, self.table.get(id)) else { return false };
        let is_alone = self.outbox.of_row(id, &self.aliases).is_empty() && self.commits.appends() == 0;
        (is_alone || planted::has(Fault::WaitingNotSeen)) && row.holds(fields)
    }

    /// Changes that were not sent and need not be any more because of a new one; and whether the new one need not be sent either.
    pub(super) fn made_needless_by(&self, entry: &Entry) -> (Vec<Seq>, bool) {
        let of_row = self.outbox.of_row(self.aliases.resolve(&entry.id), &self.aliases);
        let may_go = |entry: &Entry| entry.state == EntryState::Waiting || planted::has(Fault::SentIsReplaced);
        let is_waiting = |seq: Seq| self.outbox.get(seq).is_some_and(may_go);
        match (&entry.op, of_row.first(), of_row.last()) {
            // The row is not on the server, and need not go there.
            (Op::Delete, Some((seq, first)), _) if first.verb == Verb::Create && first.id == entry.id => {
                let all = self.outbox.with_dependants(*seq);
                // A reorder is about other rows as well.
                let is_own = |seq: &Seq| self.outbox.get(*seq).is_some_and(|entry| entry.verb != Verb::Reorder) && is_waiting(*seq);
                if all.iter().all(is_own) { (all, true) } else { (Vec::new(), false) }
            }
            // What it said is said again.
            (Op::Update(fields), _, Some((seq, last))) if is_waiting(*seq) => match &last.op {
                Op::Update(said) if said.keys().all(|name| fields.contains_key(name)) || planted::has(Fault::OtherFieldsReplaced) => {
                    (vec![*seq], false)
                }
                Op::Update(_) | Op::Create { .. } | Op::Delete | Op::Reorder(_) | Op::Claim(_) | Op::Assign(_) | Op::Move { .. } => {
                    (Vec::new(), false)
                }
            },
            (_, _, _) => (Vec::new(), false),
        }
    }
}
