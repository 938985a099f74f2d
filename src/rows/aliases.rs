//! Which id the server gave to a row that this device made: by the temporary id, and back.

use super::by_id::ById;
use crate::engine::bytes::{Reader, Writer};

/// So many are kept; who asks for an older one by its temporary id is not answered any more.
pub const KEPT: usize = 10_000;

/// What the keys of aliases begin with, in [`crate::engine::storage::Store::Meta`].
pub const PREFIX: &str = "alias/";

/// All aliases.
#[derive(Debug, Default)]
pub struct Aliases {
    real: ById<Alias>,
    former: ById<String>,
}

/// What a temporary id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The server's id.
    pub id: String,
    /// The number that its create had in the outbox: the older, the lower.
    pub seq: u64,
}

impl Aliases {
    /// Takes over an alias.
    pub fn set(&mut self, temporary: &str, alias: Alias) {
        self.former.insert(alias.id.clone(), temporary.to_owned());
        self.real.insert(temporary.to_owned(), alias);
    }

    /// The id of a row, whichever it is called by.
    pub fn resolve<'a>(&'a self, id: &'a str) -> &'a str {
        self.real.get(id).map_or(id, |alias| &alias.id)
    }

    /// The temporary id that a row had.
    pub fn former(&self, id: &str) -> Option<&str> {
        self.former.get(id).map(|former| former.as_str())
    }

    /// Takes the oldest out, so that no more than [`KEPT`] are left.
    pub fn take_surplus(&mut self) -> Vec<String> {
        let mut oldest = Vec::new();
        while self.real.len() > KEPT {
            let Some((temporary, id)) =
                self.real.iter().min_by_key(|(_, alias)| alias.seq).map(|(temporary, alias)| (temporary.clone(), alias.id.clone()))
            else {
                break;
            };
            self.real.remove(&temporary);
            self.former.remove(&id);
            oldest.push(temporary);
        }
        oldest
    }
}

impl Alias {
    /// The stored record.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::default().u64(self.seq).raw(self.id.as_bytes()).finish()
    }

    /// Reads a stored record; `None` if it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let seq = reader.u64()?;
        Some(Self { seq, id: std::str::from_utf8(reader.rest()).ok()?.to_owned() })
    }
}

/// The key of an alias.
pub fn key_of(temporary: &str) -> String {
    [PREFIX, temporary].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_by_both_ids_until_the_alias_is_too_old() {
        let mut aliases = Aliases::default();
        for seq in 0..=KEPT as u64 {
            let alias = Alias { id: format!("real_{seq}"), seq };
            assert_eq!(Alias::from_bytes(&alias.to_bytes()), Some(alias.clone()));
            aliases.set(&format!("tmp_{seq}"), alias);
        }
        assert_eq!((aliases.resolve("tmp_0"), aliases.former("real_0"), aliases.resolve("x")), ("real_0", Some("tmp_0"), "x"));
        assert_eq!(aliases.take_surplus(), ["tmp_0"]);
        assert_eq!((aliases.resolve("tmp_0"), aliases.former("real_0"), aliases.resolve("tmp_1")), ("tmp_0", None, "real_1"));
    }
}
