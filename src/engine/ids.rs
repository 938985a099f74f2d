//! What names things: ids from outside, checked, and the engine's own counters.

use std::rc::Rc;

/// Longest device or event id, in bytes.
pub const MAX_SHORT_ID: usize = 64;
/// Longest user or entity id, in bytes of UTF-8.
pub const MAX_LONG_ID: usize = 256;

/// Whether `id` can be a device or event id: 1 to 64 printable ASCII characters, so that JavaScript, Rust and SQL order them alike.
pub fn is_short_id(id: &str) -> bool {
    (1..=MAX_SHORT_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether `id` can be a user or entity id: 1 to 256 bytes of UTF-8.
pub fn is_long_id(id: &str) -> bool {
    (1..=MAX_LONG_ID).contains(&id.len())
}

/// An entity of the replica: its type and its id. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityKey(Rc<str>);

impl EntityKey {
    /// Of the dialect's name of the type, which has no `/`, and the app's id.
    pub fn new(entity_type: &str, entity_id: &str) -> Self {
        Self([entity_type, "/", entity_id].concat().into())
    }

    /// The dialect's name of the type.
    pub fn entity_type(&self) -> &str {
        self.0.split_at_checked(self.slash()).map_or("", |(entity_type, _)| entity_type)
    }

    /// The app's id.
    pub fn entity_id(&self) -> &str {
        self.0.split_at_checked(self.slash() + 1).map_or("", |(_, entity_id)| entity_id)
    }

    /// The key under which the entity's records are stored: `type/id`.
    pub fn storage_key(&self) -> &str {
        &self.0
    }

    /// The entity that [`Self::storage_key`] was made of.
    pub fn from_storage_key(key: &str) -> Self {
        Self(key.into())
    }

    fn slash(&self) -> usize {
        self.0.bytes().position(|byte| byte == b'/').unwrap_or(self.0.len())
    }
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl $name {
            /// Counts on, and returns the number that was reached.
            pub fn advance(&mut self) -> Self {
                self.0 += 1;
                *self
            }
        }
    };
}

counter!(
    /// An effect that will be answered, and its answer.
    TaskId
);
counter!(
    /// One socket; the frames of a former one are dropped by it.
    Generation
);
counter!(
    /// One call of `pushChange`, numbered by the shell.
    PushId
);
counter!(
    /// One call of `get` or `list`, numbered by the shell.
    ReadId
);
counter!(
    /// A place in the outbox, given by the database.
    Seq
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked_at_their_limits() {
        assert!(is_short_id(&"x".repeat(64)) && !is_short_id(&"x".repeat(65)));
        assert!(!is_short_id("") && !is_short_id("a b") && !is_short_id("é") && !is_short_id("a\n"));
        assert!(is_long_id(&"é".repeat(128)) && !is_long_id(&"é".repeat(129)) && !is_long_id(""));
    }

    #[test]
    fn an_entity_id_may_hold_a_slash() {
        let key = EntityKey::new("group", "a/b");
        assert_eq!((key.entity_type(), key.entity_id(), key.storage_key()), ("group", "a/b", "group/a/b"));
        assert_eq!(EntityKey::from_storage_key(key.storage_key()), key);
    }
}
