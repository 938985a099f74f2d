//! What is shown: the table with the outbox on top. Told whenever it differs from what was told last, and only then.

use super::aliases::Alias;
use super::by_id::Ids;
use super::change::Op;
use super::glint::row::parent_of;
use super::json::{Fields, Value, text, text_of};
use super::notice::{Change, Notice, Refusal, View};
use super::outbox::{Entry, EntryState, Reason};
use super::{Engine, looking};
use crate::engine::event::Operation;
use crate::engine::ids::Seq;
use crate::engine::notice::Origin;
use crate::engine::payload::Payload;

/// Rows deeper than this are not looked for above.
const MAX_DEPTH: usize = 1_000;

impl Engine {
    /// A row as it is shown; `None`: it is not. `id` is the server's, or a temporary one that is none yet.
    fn shown(&self, id: &str) -> Option<Fields> {
        let mut row = self.table.get(id).cloned();
        if row.as_ref().is_some_and(|row| self.may_be_made_here(id, row)) {
            return None;
        }
        let is_row = |other: &str| self.aliases.resolve(other) == id;
        for (_, entry) in self.outbox.of_row(id, &self.aliases) {
            // An entry is found by every row that it is about; what it does to this one depends on which it is.
            if is_row(&entry.id) || matches!(entry.op, Op::Reorder(_)) {
                entry.op.apply(&mut row, is_row, &self.config.me);
            }
        }
        let mut row = row?;
        if let Some(parent) = parent_of(&row) {
            if self.is_below_removed(parent) {
                return None;
            }
            let parent = self.aliases.resolve(parent).to_owned();
            row.insert("parentId", Value::String(parent));
        }
        row.insert("id", Value::String(id.to_owned()));
        Some(row)
    }

    /// Whether a row, or one above it, is about to leave the set.
    fn is_below_removed(&self, id: &str) -> bool {
        let mut id = self.aliases.resolve(id).to_owned();
        for _ in 0..MAX_DEPTH {
            let entries = self.outbox.of_row(&id, &self.aliases);
            let own = |entry: &Entry| self.aliases.resolve(&entry.id) == id;
            if entries.iter().any(|(_, entry)| entry.op.removes() && own(entry)) {
                return true;
            }
            let made_below = entries.iter().filter(|(_, entry)| own(entry)).find_map(|(_, entry)| entry.op.parent().map(str::to_owned));
            match self.table.get(&id).and_then(parent_of).map(str::to_owned).or(made_below) {
                Some(parent) => id = self.aliases.resolve(&parent).to_owned(),
                None => return false,
            }
        }
        false
    }

    /// Whether a row of the server may be one that a create of this device has made, of which no answer has come yet: it would be seen twice.
    fn may_be_made_here(&self, id: &str, row: &Fields) -> bool {
        self.aliases.former(id).is_none() && self.outbox.attempted().any(|entry| looking::is_like(self, entry, id, row))
    }

    /// The rows of which something else may be shown because of an entry.
    pub(super) fn affected(&self, entry: &Entry) -> Vec<String> {
        let mut affected = Ids::default();
        match &entry.op {
            Op::Reorder(items) => affected.extend(items.iter().map(|(id, _)| self.aliases.resolve(id))),
            Op::Delete | Op::Move { .. } => affected.extend(self.family(self.aliases.resolve(&entry.id))),
            Op::Create { .. } => {
                let like = self.table.iter().filter(|(id, row)| looking::is_like(self, entry, id, row));
                affected.extend(like.map(|(id, _)| id));
                affected.insert(self.aliases.resolve(&entry.id));
            }
            Op::Update(_) | Op::Claim(_) | Op::Assign(_) => {
                affected.insert(self.aliases.resolve(&entry.id));
            }
        }
        affected.to_vec()
    }

    /// A row and all below it, those that are not on the server yet included.
    pub(super) fn family(&self, id: &str) -> Vec<String> {
        let mut family = Ids::of(self.table.family(id));
        // A create stands behind that of the row above it.
        for (_, entry) in self.outbox.iter() {
            if let Op::Create { parent: Some(parent), .. } = &entry.op
                && family.contains(self.aliases.resolve(parent))
            {
                family.extend(self.table.family(self.aliases.resolve(&entry.id)));
            }
        }
        family.to_vec()
    }

    /// Tells what is shown of rows now, where that is not what was told.
    pub(super) fn show(&mut self, ids: impl IntoIterator<Item = String>, origin: Origin) {
        for id in ids {
            let data = self.shown(&id).map(|row| Payload(text_of(&row)));
            self.tell(id, data, origin, None);
        }
    }

    fn tell(&mut self, id: String, data: Option<Payload>, origin: Origin, alias: Option<String>) {
        let before = self.told.get(&id);
        if before == data.as_ref() {
            return;
        }
        let operation = match (before, &data) {
            (_, None) => Operation::Delete,
            (None, Some(_)) => Operation::Create,
            (Some(_), Some(_)) => Operation::Update,
        };
        match &data {
            Some(data) => self.told.insert(id.clone(), data.clone()),
            None => self.told.remove(&id),
        };
        if self.is_ready {
            let change = Change { id, operation, data: data.unwrap_or_default(), origin, alias };
            self.emit(Notice::Change(Box::new(change)));
        }
    }

    /// The server has given a row its id.
    pub(super) fn is_born(&mut self, temporary: &str, alias: Alias) {
        let id = alias.id.clone();
        if self.aliases.resolve(temporary) == id {
            return;
        }
        self.aliases.set(temporary, alias);
        self.tell(temporary.to_owned(), None, Origin::Remote, Some(id.clone()));
        let mut affected = Ids::of([&id]);
        // What was made below it names it by its new id.
        for seq in self.outbox.seqs_of(temporary) {
            affected.extend(self.outbox.get(seq).map(|entry| self.aliases.resolve(&entry.id)));
        }
        let data = self.shown(&id).map(|row| Payload(text_of(&row)));
        self.tell(id, data, Origin::Remote, Some(temporary.to_owned()));
        self.show(affected.to_vec(), Origin::Remote);
    }

    /// A change is refused: it is not shown any more, and the app is told what is.
    pub(super) fn is_refused(&mut self, seq: Seq, reason: Reason) {
        self.set_state(seq, EntryState::Wedged(reason), Origin::Restored);
        if let Some(entry) = self.outbox.get(seq)
            && let Some(refusal) = self.refusal(entry)
        {
            self.emit(Notice::Rejected(Box::new(refusal)));
        }
    }

    /// What the app is told of an entry that was refused.
    pub(super) fn refusal(&self, entry: &Entry) -> Option<Refusal> {
        let reason = entry.reason()?;
        Some(Refusal {
            event_id: entry.event_id.clone(),
            id: self.aliases.resolve(&entry.id).to_owned(),
            verb: entry.verb,
            reason: reason.words.clone(),
            code: reason.code(),
            blocked_by: reason.blocked_by.clone(),
            shown: self.view(self.aliases.resolve(&entry.id)),
        })
    }

    /// A row as the app was told of it.
    pub(super) fn view(&self, id: &str) -> Option<View> {
        let data = self.told.get(id)?.clone();
        let pending = !self.outbox.of_row(id, &self.aliases).is_empty();
        Some(View { id: id.to_owned(), former_id: self.aliases.former(id).map(str::to_owned), data, pending })
    }

    /// The server's words of who made a row.
    pub(super) fn is_mine(&self, row: &Fields) -> bool {
        text(row, "userId") == Some(&self.config.me.id)
    }
}
