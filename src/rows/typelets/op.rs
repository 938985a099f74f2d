//! A change of a note or a folder, as the outbox holds it: what is sealed stays so there.

use super::row::{FLAGS, Kind, folder_of};
use crate::rows::by_id::Ids;
use crate::rows::dialect::Operation;
use crate::rows::io::{Sealed, Texts, Verb};
use crate::rows::json::{Fields, Value, parse_object, take_object, take_text, text, text_of};
use crate::rows::wire::is_path_id;

/// Where a record has what is sealed.
const SEALED: &str = "sealed";
/// Where it has the IV of the version that was edited.
const BASE: &str = "base";
/// The names of a note's texts.
const TEXTS: [&str; 2] = ["content", "title"];

/// What a change does to its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// Of which kind the row is.
    pub kind: Kind,
    /// Makes, changes or deletes it.
    pub verb: Verb,
    /// What the server may read of it.
    pub fields: Fields,
    /// What it may not.
    pub sealed: Option<Sealed>,
    /// The same, opened; what comes from a record is not at first.
    pub texts: Option<Texts>,
    /// The IV of the version that the app saw when it made the change; empty where there was none.
    pub base: String,
    /// The folder that it brings the row to.
    place: Option<String>,
}

impl Op {
    /// Reads what the app gives; `None` where it says nothing that can be sent.
    pub fn of_app(verb: Verb, key: &str, data: &str, is_sealed: bool) -> Option<Self> {
        let (kind, id) = Kind::of_key(key).filter(|(_, id)| is_path_id(id))?;
        let bare = Self { kind, verb, fields: Fields::default(), sealed: None, texts: None, base: String::new(), place: None };
        let mut op = match verb {
            Verb::Delete => return Some(bare),
            Verb::Create | Verb::Update => Self { fields: parse_object(data)?, ..bare },
            Verb::Reorder | Verb::Claim | Verb::Assign | Verb::Move => return None,
        };
        let is_known = match kind {
            Kind::Note => op.fields.iter().all(|(name, value)| is_note_field(name, value)),
            Kind::Folder => op.fields.iter().all(|(name, value)| is_folder_field(name, value)),
        };
        // What the server would drop is the app's mistake.
        if !is_known || id.is_empty() || verb == Verb::Update && op.fields.count() == 0 {
            return None;
        }
        match (kind, verb) {
            (Kind::Folder, Verb::Create) if text(&op.fields, "name").is_none() => return None,
            (Kind::Note, Verb::Create) => TEXTS.iter().for_each(|name| op.fields.insert_missing(name, "".into())),
            (_, _) => {}
        }
        if is_sealed && kind == Kind::Note && TEXTS.iter().any(|name| op.fields.contains_key(name)) {
            let [content, title] = TEXTS.map(|name| take_text(&mut op.fields, name));
            op.texts = Some(Texts { title, content });
        }
        op.place = place_of(&op.fields);
        Some(op)
    }

    /// What a record holds of it.
    pub fn record(&self) -> String {
        let mut record = self.fields.clone();
        if let Some(Sealed { iv, salt, title, content }) = &self.sealed {
            let mut sealed = Fields::from([("iv", iv.as_str().into()), ("salt", salt.as_str().into())]);
            for (name, value) in [("title", title), ("content", content)] {
                if let Some(value) = value {
                    sealed.insert(name, value.as_str().into());
                }
            }
            record.insert(SEALED, Value::Object(sealed));
        }
        if !self.base.is_empty() {
            record.insert(BASE, self.base.as_str().into());
        }
        if self.verb == Verb::Delete { String::new() } else { text_of(&record) }
    }

    /// Whether it changes texts that are sealed.
    pub fn has_texts(&self) -> bool {
        self.sealed.is_some() || self.texts.is_some()
    }

    /// Adds what a later change of the same row says.
    pub fn merge(&mut self, later: &Self) {
        self.fields.extend(later.fields.clone());
        if let Some(texts) = &later.texts {
            let own = self.texts.get_or_insert_default();
            let take = |own: &mut Option<String>, later: &Option<String>| {
                if later.is_some() {
                    own.clone_from(later);
                }
            };
            take(&mut own.title, &texts.title);
            take(&mut own.content, &texts.content);
        }
        if self.sealed.is_none() {
            self.sealed.clone_from(&later.sealed);
        }
        if later.place.is_some() || later.fields.contains_key("folderId") || later.fields.contains_key("parentId") {
            self.place.clone_from(&later.place);
        }
    }

    /// Changes a row, as it is shown, as the server is going to.
    pub fn apply(&self, row: &mut Option<Fields>) {
        match self.verb {
            Verb::Create => {
                let made = row.get_or_insert_default();
                if self.kind == Kind::Note {
                    FLAGS.iter().for_each(|flag| made.insert_missing(flag, Value::Bool(false)));
                    made.insert_missing("folderId", Value::Null);
                }
                self.give(made);
            }
            Verb::Update => {
                if let Some(row) = row {
                    self.give(row);
                }
            }
            Verb::Delete => *row = None,
            Verb::Reorder | Verb::Claim | Verb::Assign | Verb::Move => {}
        }
    }

    fn give(&self, row: &mut Fields) {
        row.extend(self.fields.clone());
        if let Some(texts) = &self.texts {
            give_texts(row, texts);
        }
    }
}

/// Shows texts in a row.
pub fn give_texts(row: &mut Fields, texts: &Texts) {
    for (name, text) in [("title", &texts.title), ("content", &texts.content)] {
        if let Some(text) = text {
            row.insert(name, text.as_str().into());
        }
    }
}

impl Operation for Op {
    fn read(verb: Verb, key: &str, data: &str) -> Option<Self> {
        let (kind, _) = Kind::of_key(key)?;
        let mut fields = if verb == Verb::Delete { Fields::default() } else { parse_object(data)? };
        let base = take_text(&mut fields, BASE).unwrap_or_default();
        let sealed = match take_object(&mut fields, SEALED) {
            Some(mut sealed) => {
                let mut take = |name| take_text(&mut sealed, name);
                Some(Sealed { iv: take("iv")?, salt: take("salt")?, title: take("title"), content: take("content") })
            }
            None => None,
        };
        Some(Self { kind, verb, place: place_of(&fields), fields, sealed, texts: None, base })
    }

    fn others(&self) -> Vec<&str> {
        self.place.as_deref().into_iter().collect()
    }

    fn says(&self) -> Option<Ids> {
        if self.verb != Verb::Update {
            return None;
        }
        let mut names = Ids::of(self.fields.keys());
        if let Some(sealed) = &self.sealed {
            let own = [("title", sealed.title.is_some()), ("content", sealed.content.is_some())];
            names.extend(own.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name));
        }
        Some(names)
    }
}

fn place_of(fields: &Fields) -> Option<String> {
    folder_of(fields).map(|folder| Kind::Folder.key(folder))
}

fn is_note_field(name: &str, value: &Value) -> bool {
    match name {
        "title" | "content" => value.as_str().is_some(),
        "folderId" => is_place(value),
        name => FLAGS.contains(&name) && value.as_bool().is_some(),
    }
}

fn is_folder_field(name: &str, value: &Value) -> bool {
    match name {
        "name" => value.as_str().is_some_and(|name| !name.is_empty()),
        "parentId" => is_place(value),
        "color" | "icon" => matches!(value, Value::String(_) | Value::Null),
        "sortOrder" => value.is_number(),
        _ => false,
    }
}

fn is_place(value: &Value) -> bool {
    matches!(value, Value::Null) || value.as_str().is_some_and(is_path_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (verb, key, data) in [
            (Verb::Update, "note/n", "{}"),
            (Verb::Update, "note/n", r#"{"colour":"red"}"#),
            (Verb::Update, "note/n", r#"{"starred":"yes"}"#),
            (Verb::Update, "note/n", r#"{"title":7}"#),
            (Verb::Update, "note/n", r#"{"starred":true,"iv":"x"}"#),
            (Verb::Update, "note/n", r#"{"encryptedTitle":"x"}"#),
            (Verb::Update, "note/..", r#"{"starred":true}"#),
            (Verb::Create, "note/", "{}"),
            (Verb::Create, "todo/n", r#"{"title":"x"}"#),
            (Verb::Create, "folder/f", "{}"),
            (Verb::Create, "folder/f", r#"{"name":""}"#),
            (Verb::Create, "note/n", "[]"),
            (Verb::Move, "note/n", "{}"),
        ] {
            assert_eq!(Op::of_app(verb, key, data, true), None, "{key} {data}");
        }
    }

    #[test]
    fn nothing_that_is_sealed_stands_open_in_a_record() {
        let mut op = Op::of_app(Verb::Update, "note/n", r#"{"title":"secret","starred":true}"#, true).unwrap();
        assert_eq!(op.texts, Some(Texts { title: Some("secret".into()), content: None }));
        op.sealed = Some(Sealed { iv: "aXY=".into(), salt: "cw==".into(), title: Some("dA==".into()), content: None });
        op.base = "b".into();
        let record = op.record();
        assert_eq!(record, r#"{"base":"b","sealed":{"iv":"aXY=","salt":"cw==","title":"dA=="},"starred":true}"#);
        assert_eq!(Op::read(Verb::Update, "note/n", &record), Some(Op { texts: None, ..op.clone() }));
        assert_eq!(op.says().unwrap().to_vec(), ["starred", "title"]);
        assert!(!format!("{op:?}").contains("secret"));
    }

    #[test]
    fn in_plain_accounts_texts_are_fields() {
        let op = Op::of_app(Verb::Create, "note/n", r#"{"title":"open"}"#, false).unwrap();
        assert_eq!((op.record().as_str(), op.texts), (r#"{"content":"","title":"open"}"#, None));
    }

    #[test]
    fn of_two_changes_the_later_counts() {
        let read = |data: &str| Op::of_app(Verb::Update, "note/n", data, true).unwrap();
        let mut op = read(r#"{"title":"a","content":"b","starred":true}"#);
        op.merge(&read(r#"{"title":"c","starred":false}"#));
        assert_eq!(op.texts, Some(Texts { title: Some("c".into()), content: Some("b".into()) }));
        assert_eq!(text_of(&op.fields), r#"{"starred":false}"#);
    }
}
