//! A note or a folder as the server tells of it, checked.

use crate::rows::io::Sealed;
use crate::rows::json::{Fields, Value, text, text_of};
use crate::rows::wire::{is_id, iso_date};

/// Largest row, in bytes of JSON.
pub const MAX_ROW: usize = 1_048_576;

/// What stands in `title` and `content` of a row whose content is sealed.
pub const SEALED: &str = "[ENCRYPTED]";

/// The fields of a note that are true or false.
pub const FLAGS: [&str; 4] = ["archived", "deleted", "hidden", "starred"];

/// In a stored row: this device has saved this version, so nobody else has since.
pub const MINE: &str = "_mine";

/// Characters of base64 that hold the tag of 16 bytes at the end of a ciphertext, wherever it begins.
const TAG_CHARS: usize = 24;

/// Which of the account's two kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A note.
    Note,
    /// A folder.
    Folder,
}

impl Kind {
    /// The word in the API; with `/` and the server's id it is the key of a row.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Folder => "folder",
        }
    }

    /// The key of a row.
    pub fn key(self, id: &str) -> String {
        [self.as_str(), "/", id].concat()
    }

    /// The kind and the id of a key; `None` where it is none.
    pub fn of_key(key: &str) -> Option<(Self, &str)> {
        let (kind, id) = key.split_once('/')?;
        [Self::Note, Self::Folder].into_iter().find(|known| known.as_str() == kind).map(|known| (known, id))
    }
}

/// A whole note; `None` where it cannot be one. Fields of the wrong type are left out, unknown ones stay.
pub fn note(value: Value) -> Option<Fields> {
    let Value::Object(row) = value else { return None };
    if !is_id(row.get("id")) {
        return None;
    }
    let mut row = row.filtered(checked);
    row.remove(MINE);
    FLAGS.iter().for_each(|flag| row.insert_missing(flag, Value::Bool(false)));
    row.insert_missing("folderId", Value::Null);
    (text_of(&row).len() <= MAX_ROW).then_some(row)
}

/// A whole folder; `None` where it cannot be one.
pub fn folder(value: Value) -> Option<Fields> {
    let Value::Object(row) = value else { return None };
    if !is_id(row.get("id")) || text(&row, "name").is_none() {
        return None;
    }
    let row = row.filtered(|name, value| match (name, value) {
        ("createdAt" | "updatedAt", Value::String(date)) => Some(Value::String(iso_date(date))),
        ("parentId", value @ (Value::String(_) | Value::Null)) => Some(value),
        ("createdAt" | "updatedAt" | "parentId", _) => None,
        (_, value) => Some(value),
    });
    (text_of(&row).len() <= MAX_ROW).then_some(row)
}

/// The value of a note's field, in the form in which it is kept; `None` where it is of the wrong type.
fn checked(name: &str, value: Value) -> Option<Value> {
    match (name, value) {
        ("createdAt" | "updatedAt", Value::String(date)) => Some(Value::String(iso_date(date))),
        ("folderId", value @ (Value::String(_) | Value::Null)) => Some(value),
        ("title" | "content" | "encryptedTitle" | "encryptedContent" | "iv" | "salt" | "id" | "userId", value @ Value::String(_)) => {
            Some(value)
        }
        (
            "createdAt" | "updatedAt" | "folderId" | "title" | "content" | "encryptedTitle" | "encryptedContent" | "iv" | "salt" | "id"
            | "userId",
            _,
        ) => None,
        (name, value) if FLAGS.contains(&name) => value.as_bool().map(Value::Bool),
        (_, value) => Some(value),
    }
}

impl Sealed {
    /// What a note has; `None` where nothing of it is sealed.
    pub fn of(row: &Fields) -> Option<Self> {
        let own = |name: &str| text(row, name).filter(|text| !text.is_empty()).map(str::to_owned);
        let iv = own("iv")?;
        let sealed = Self { iv, salt: own("salt").unwrap_or_default(), title: own("encryptedTitle"), content: own("encryptedContent") };
        (sealed.title.is_some() || sealed.content.is_some()).then_some(sealed)
    }

    /// What tells it from any other that can be opened: the IV, and the tags. With the wrong IV, or another's ciphertext, no tag fits.
    pub fn mark(&self) -> String {
        let tail = |sealed: &Option<String>| {
            let text = sealed.as_deref().unwrap_or_default();
            text.get(text.len().saturating_sub(TAG_CHARS)..).unwrap_or(text).to_owned()
        };
        [&self.iv, " ", &tail(&self.title), " ", &tail(&self.content)].concat()
    }
}

/// Whether a row is older than another, by what the server says; `None` where it does not say.
pub fn is_older(row: &Fields, other: &Fields) -> Option<bool> {
    let [own, other] = [row, other].map(|row| text(row, "updatedAt").and_then(|date| date.strip_suffix('Z')));
    // Of one form, and UTC: a fraction more is later.
    Some(own? < other?)
}

/// The folder that a note is in, or a folder is below.
pub fn folder_of(row: &Fields) -> Option<&str> {
    text(row, "folderId").or_else(|| text(row, "parentId"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::json::{parse, parse_object};

    #[test]
    fn a_mark_tells_what_can_be_opened_apart() {
        let sealed = |iv: &str, title: &str, content: Option<&str>| Sealed {
            iv: iv.into(),
            salt: String::new(),
            title: Some(title.into()),
            content: content.map(str::to_owned),
        };
        let row = sealed("iv", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Some("b"));
        assert_eq!(row.mark(), "iv aaaaaaaaaaaaaaaaaaaaaaaa b");
        for other in [sealed("vi", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Some("b")), sealed("iv", "ab", Some("b")), sealed("iv", "aa", None)]
        {
            assert_ne!(row.mark(), other.mark());
        }
        assert_eq!(sealed("iv", "é", None).mark(), "iv é ");
    }

    #[test]
    fn the_later_row_is_the_newer() {
        let at = |date: &str| note(parse(&format!(r#"{{"id":"n","updatedAt":"{date}"}}"#)).unwrap()).unwrap();
        let dates =
            ["2026-11-22 01:15:46", "2026-11-22T01:15:46.15Z", "2026-11-22T01:15:46.2Z", "2026-11-22T01:15:46.215Z", "2026-11-22 01:15:47"];
        for (place, date) in dates.iter().enumerate() {
            for (other_place, other) in dates.iter().enumerate() {
                assert_eq!(is_older(&at(date), &at(other)), Some(place < other_place), "{date} {other}");
            }
        }
        assert_eq!(is_older(&at("yesterday"), &at(dates[0])), None);
        assert_eq!(is_older(&parse_object("{}").unwrap(), &at(dates[0])), None);
    }

    #[test]
    fn a_key_leads_to_its_row() {
        for kind in [Kind::Note, Kind::Folder] {
            assert_eq!(Kind::of_key(&kind.key("a/b")), Some((kind, "a/b")));
        }
        assert_eq!((Kind::of_key("todo/a"), Kind::of_key("note")), (None, None));
    }
}
