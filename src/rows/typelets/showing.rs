//! How a note or a folder is shown: opened, with what waits on top, and not from the bin.

use super::op::give_texts;
use super::row::{Kind, MINE};
use super::{Entry, Typelets};
use crate::rows::Engine;
use crate::rows::by_id::Ids;
use crate::rows::dialect::Shown;
use crate::rows::io::{Sealed, Verb};
use crate::rows::json::{Fields, Value, text};
use crate::rows::outbox::EntryState;

/// What the key of a note begins with.
const NOTE: &str = "note/";
/// What an app has no use for.
const HIDDEN: [&str; 5] = ["encryptedContent", "encryptedTitle", "iv", "salt", MINE];

impl Engine<Typelets> {
    pub(super) fn shown_row(&self, key: &str) -> Shown {
        let mut row = self.table.get(key).cloned();
        if row.as_ref().is_some_and(|row| self.may_be_made_here(key, row)) {
            return Shown::Nothing;
        }
        if let Some(row) = &mut row
            && Sealed::of(row).is_some()
        {
            let Some(texts) = self.opened_of(key, row) else { return Shown::Unopened };
            row.remove("title");
            row.remove("content");
            if let Some(texts) = texts {
                give_texts(row, &texts);
            }
        }
        for (seq, entry) in self.outbox.of_row(key, &self.aliases) {
            // An entry is found by the folder that it names, too.
            if self.aliases.resolve(&entry.id) == key {
                if !self.is_opened(seq, entry) {
                    return Shown::Unopened;
                }
                entry.op.apply(&mut row);
            }
        }
        let (Some(mut row), Some((_, id))) = (row, Kind::of_key(key)) else { return Shown::Nothing };
        if row.get("deleted").and_then(Value::as_bool) == Some(true) {
            return Shown::Nothing;
        }
        HIDDEN.iter().for_each(|name| drop(row.remove(name)));
        if key.starts_with(NOTE) && !row.contains_key("title") && !row.contains_key("content") {
            row.insert("unreadable", Value::Bool(true));
        }
        for name in ["folderId", "parentId"] {
            if let Some(folder) = text(&row, name).map(|folder| self.id_of(&Kind::Folder.key(folder))) {
                row.insert(name, Value::String(folder));
            }
        }
        row.insert("id", Value::String(id.to_owned()));
        Shown::Row(row)
    }

    /// Whether a row of the server is what a create of this device has made, of which no answer has come yet: it would be seen twice.
    fn may_be_made_here(&self, key: &str, row: &Fields) -> bool {
        self.aliases.former(key).is_none() && self.outbox.attempted().any(|entry| self.is_made_by(entry, key, row))
    }

    /// Whether a create has made a row: a note has its IV; a folder, or a note that is not sealed, its name, and was not there before.
    pub(super) fn is_made_by(&self, entry: &Entry, key: &str, row: &Fields) -> bool {
        let is_kind = Kind::of_key(key).is_some_and(|(kind, _)| kind == entry.op.kind);
        if entry.verb != Verb::Create || !is_kind || self.aliases.former(key).is_some() {
            return false;
        }
        if let Some(sealed) = &entry.op.sealed {
            return text(row, "iv") == Some(&sealed.iv);
        }
        let known: &[String] = match &entry.state {
            EntryState::Attempted { known } => known,
            EntryState::Waiting | EntryState::Untold | EntryState::Wedged(_) => &[],
        };
        let same = |name: &str| row.get(name) == entry.op.fields.get(name);
        let is_like = match entry.op.kind {
            Kind::Note => same("title") && same("content"),
            Kind::Folder => same("name"),
        };
        is_like && !known.iter().any(|known| known == key)
    }

    /// The rows like the one that a create is about to make, if it could not be told from them.
    pub(super) fn rows_like(&self, entry: &Entry) -> Vec<String> {
        let entry = Entry { state: EntryState::Waiting, ..entry.clone() };
        self.table.iter().filter(|(key, row)| self.is_made_by(&entry, key, row)).map(|(key, _)| key.to_owned()).collect()
    }

    /// The rows of which something else may be shown because of an entry.
    pub(super) fn affected_by(&self, entry: &Entry) -> Vec<String> {
        let mut affected = Ids::of([self.aliases.resolve(&entry.id)]);
        if entry.verb == Verb::Create {
            affected.extend(self.table.iter().filter(|(key, row)| self.is_made_by(entry, key, row)).map(|(key, _)| key));
        }
        affected.to_vec()
    }
}
