//! How a todo is shown: with what waits on top, and not below one that is about to go.

use super::op::Op;
use super::row::parent_of;
use super::{Entry, Glint, looking};
use crate::rows::Engine;
use crate::rows::by_id::Ids;
use crate::rows::json::{Fields, Value, text};
use crate::rows::planted::{self, Fault};

/// Rows deeper than this are not looked for above.
const MAX_DEPTH: usize = 1_000;

impl Engine<Glint> {
    /// A row as it is shown; `None`: it is not. `id` is the server's, or a temporary one that is none yet.
    pub(super) fn shown_todo(&self, id: &str) -> Option<Fields> {
        let mut row = self.table.get(id).cloned();
        if row.as_ref().is_some_and(|row| self.may_be_made_here(id, row)) {
            return None;
        }
        let is_row = |other: &str| self.aliases.resolve(other) == id;
        for (_, entry) in self.outbox.of_row(id, &self.aliases) {
            if planted::has(Fault::OwnNotOnTop) && matches!(entry.op, Op::Update(_)) {
                continue;
            }
            // An entry is found by every row that it is about; what it does to this one depends on which it is.
            if is_row(&entry.id) || matches!(entry.op, Op::Reorder(_)) {
                entry.op.apply(&mut row, is_row, &self.own.config.me);
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
        !planted::has(Fault::GhostIsShown)
            && self.aliases.former(id).is_none()
            && self.outbox.attempted().any(|entry| looking::is_like(self, entry, id, row))
    }

    /// The rows of which something else may be shown because of an entry.
    pub(super) fn affected_by(&self, entry: &Entry) -> Vec<String> {
        let mut affected = Ids::default();
        match &entry.op {
            Op::Reorder(items) => affected.extend(items.iter().map(|(id, _)| self.aliases.resolve(id))),
            Op::Delete | Op::Move { .. } => affected.extend(self.whole_family(self.aliases.resolve(&entry.id))),
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
    pub(super) fn whole_family(&self, id: &str) -> Vec<String> {
        let mut family = Ids::of(self.table.family(id, parent_of));
        // A create stands behind that of the row above it.
        for (_, entry) in self.outbox.iter() {
            if let Op::Create { parent: Some(parent), .. } = &entry.op
                && family.contains(self.aliases.resolve(parent))
            {
                family.extend(self.table.family(self.aliases.resolve(&entry.id), parent_of));
            }
        }
        family.to_vec()
    }

    /// The server's words of who made a row.
    pub(super) fn is_mine(&self, row: &Fields) -> bool {
        text(row, "userId") == Some(&self.own.config.me.id)
    }
}
