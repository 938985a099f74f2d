//! From the app's call to the work queue: check, seal, store. Nothing passes what was pushed before it.

use super::op::Op;
use super::planted::{self, Fault};
use super::row::Kind;
use super::{Entry, Task, Typelets};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{PushId, Seq, TaskId, is_short_id};
use crate::engine::io::{CryptoFailure, Now};
use crate::engine::notice::Outcome;
use crate::engine::payload::Payload;
use crate::rows::Engine;
use crate::rows::committing::Work;
use crate::rows::dialect::Operation;
use crate::rows::io::{Effect, Push, Sealed, Verb};
use crate::rows::outbox::EntryState;

/// Largest content of a change, in bytes of JSON: sealed, base64 and in a frame it stays below the server's limit.
const MAX_DATA: usize = 700_000;

/// A change that is not in the work queue yet.
#[derive(Debug)]
pub(super) struct Pushing {
    push: PushId,
    entry: Entry,
    /// It is being sealed.
    task: Option<TaskId>,
}

impl Engine<Typelets> {
    pub(super) fn push(&mut self, now: Now, push: Push) {
        let Push { push, verb, id, data, event_id } = push;
        let mut op = match self.check(verb, &id, &data, &event_id) {
            Ok(op) => op,
            Err(code) => return self.perform(Effect::Stored { push, result: Err(code) }),
        };
        if self.says_nothing_new(&id, &op) {
            self.perform(Effect::Stored { push, result: Ok(event_id.clone()) });
            return self.perform(Effect::Settled { event_id, outcome: Outcome::Unchanged });
        }
        op.base = self.base_of(&id);
        let task = op.texts.clone().map(|texts| {
            let task = self.begin(crate::rows::Task::Own(Task::SealPush));
            self.perform(Effect::Seal { task, texts });
            task
        });
        let record = if planted::has(Fault::StoredOpen) { data.0 } else { op.record() };
        let entry = Entry { event_id, id, verb, data: Payload(record), op, made_at: now.wall, state: EntryState::Waiting };
        self.own.pushes.push_back(Pushing { push, entry, task });
        self.queue_pushes();
    }

    fn check(&self, verb: Verb, id: &str, data: &str, event_id: &str) -> Result<Op, ErrorCode> {
        if self.has_failed {
            return Err(ErrorCode::StorageFailed);
        }
        if data.len() > MAX_DATA {
            return Err(ErrorCode::TooLarge);
        }
        let is_waiting = self.own.pushes.iter().any(|pushing| pushing.entry.id == id);
        let is_taken = verb == Verb::Create && (self.aliases.resolve(id) != id || self.told.get(id).is_some() || is_waiting);
        let op = Op::of_app(verb, id, data, self.own.config.is_sealed);
        let op = op.filter(|_| !is_taken && is_short_id(event_id)).ok_or(ErrorCode::BadChange)?;
        if self.outbox.count() + self.commits.appends() + self.own.pushes.len() >= self.max_queue {
            return Err(ErrorCode::QueueFull);
        }
        Ok(op)
    }

    /// Whether the server has it all already, and nothing waits that would change it.
    fn says_nothing_new(&self, id: &str, op: &Op) -> bool {
        let id = self.aliases.resolve(id);
        let (Verb::Update, Some(row)) = (op.verb, self.table.get(id)) else { return false };
        let is_alone = self.outbox.of_row(id, &self.aliases).is_empty() && self.commits.appends() == 0 && self.own.pushes.is_empty();
        let has_texts = op.texts.as_ref().is_none_or(|texts| {
            self.texts_of(id).is_some_and(|known| {
                texts.title.as_ref().is_none_or(|title| known.title.as_ref() == Some(title))
                    && texts.content.as_ref().is_none_or(|content| known.content.as_ref() == Some(content))
            })
        });
        is_alone && has_texts && row.holds(&op.fields)
    }

    /// The IV of the version that the app sees; nothing where what waits was made upon another one, perhaps in another tab, so that any that is
    /// found is one that somebody has not seen.
    fn base_of(&self, id: &str) -> String {
        let id = self.aliases.resolve(id);
        // What is in the bin the app does not see, and of a row without texts none.
        let has_texts = self.told.get(id).is_some() && self.table.get(id).and_then(Sealed::of).is_some();
        let shown = self.shown_iv(id).filter(|_| has_texts).unwrap_or_default();
        let waiting = self.outbox.of_row(id, &self.aliases);
        let is_one = waiting.iter().filter(|(_, entry)| entry.op.has_texts()).all(|(_, entry)| entry.op.base == shown);
        if planted::has(Fault::BaseIsKnown) {
            return self.table.get(id).and_then(Sealed::of).map(|sealed| sealed.iv).unwrap_or_default();
        }
        if is_one { shown.to_owned() } else { String::new() }
    }

    pub(super) fn push_sealed(&mut self, task: TaskId, result: Result<Sealed, CryptoFailure>) {
        let Some(place) = self.own.pushes.iter().position(|pushing| pushing.task == Some(task)) else { return };
        match result {
            Ok(sealed) => {
                if let Some(Pushing { entry, task, .. }) = self.own.pushes.get_mut(place) {
                    *task = None;
                    entry.op.sealed = Some(sealed);
                    if !planted::has(Fault::StoredOpen) {
                        entry.data = Payload(entry.op.record());
                    }
                }
            }
            Err(_) => {
                if let Some(Pushing { push, .. }) = self.own.pushes.remove(place) {
                    self.perform(Effect::Stored { push, result: Err(ErrorCode::NotSupported) });
                }
            }
        }
        self.queue_pushes();
    }

    fn queue_pushes(&mut self) {
        while let Some(Pushing { push, entry, .. }) = self.own.pushes.pop_front_if(|pushing| pushing.task.is_none()) {
            self.commits.queue(Work::Append { push, entry, replaces: Vec::new(), is_void: false });
        }
    }

    /// Changes that were not sent and need not be any more because of a new one; and whether the new one need not be sent either.
    pub(super) fn made_needless_by(&self, entry: &Entry) -> (Vec<Seq>, bool) {
        let of_row = self.outbox.of_row(self.aliases.resolve(&entry.id), &self.aliases);
        let is_waiting = |seq: Seq| self.outbox.get(seq).is_some_and(|entry| entry.state == EntryState::Waiting);
        match (entry.verb, of_row.first(), of_row.last()) {
            // The row is not on the server, and need not go there.
            (Verb::Delete, Some((seq, first)), _) if first.verb == Verb::Create && first.id == entry.id => {
                let all = self.outbox.with_dependants(*seq);
                // A note in a folder that never was is in none; it is not lost with it.
                let is_own = |seq: &Seq| is_waiting(*seq) && self.outbox.get(*seq).is_some_and(|other| other.id == entry.id);
                if all.iter().all(is_own) { (all, true) } else { (Vec::new(), false) }
            }
            // What it said is said again.
            (Verb::Update, _, Some((seq, last))) if is_waiting(*seq) => match (last.op.says(), entry.op.says()) {
                (Some(said), Some(says)) if said.iter().all(|name| says.contains(name)) => (vec![*seq], false),
                (_, _) => (Vec::new(), false),
            },
            (_, _, _) => (Vec::new(), false),
        }
    }

    /// The server's id of a row that may have a temporary one.
    pub(super) fn id_of(&self, key: &str) -> String {
        Kind::of_key(self.aliases.resolve(key)).map(|(_, id)| id.to_owned()).unwrap_or_default()
    }
}
