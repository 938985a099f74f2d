//! Events, operations, and the stamp that orders them.

use super::dialect::MAX_TIMESTAMP;
use super::ids::is_short_id;
use std::rc::Rc;

/// What happens to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The whole entity, new.
    Create,
    /// The whole entity, again.
    Update,
    /// The entity goes.
    Delete,
}

impl Operation {
    /// The word on the wire and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The operation of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|operation| operation.as_str() == word)
    }

    /// The byte in sealed headers and stored records.
    pub fn code(self) -> u8 {
        match self {
            Self::Create => 1,
            Self::Update => 2,
            Self::Delete => 3,
        }
    }

    /// The operation of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|operation| operation.code() == code)
    }
}

/// The total order of last-write-wins: by the number, then by the bytes of the device's and of the event's id. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(Rc<Parts>);

/// Field order is comparison order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Parts {
    timestamp: u64,
    device_id: Box<str>,
    event_id: Box<str>,
}

impl Stamp {
    /// Of an event of a device.
    pub fn new(timestamp: u64, device_id: &str, event_id: &str) -> Self {
        Self(Rc::new(Parts { timestamp, device_id: device_id.into(), event_id: event_id.into() }))
    }

    /// Of no event: below all others.
    pub fn none() -> Self {
        Self::new(0, "", "")
    }

    /// Milliseconds since 1970, by the author's corrected clock.
    pub fn timestamp(&self) -> u64 {
        self.0.timestamp
    }

    /// The author's device.
    pub fn device_id(&self) -> &str {
        &self.0.device_id
    }

    /// The event.
    pub fn event_id(&self) -> &str {
        &self.0.event_id
    }

    /// Whether it keeps to the protocol's limits.
    pub fn is_within_limits(&self) -> bool {
        (1..MAX_TIMESTAMP).contains(&self.timestamp()) && is_short_id(self.device_id()) && is_short_id(self.event_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(timestamp: u64, device_id: &str, event_id: &str) -> Stamp {
        Stamp::new(timestamp, device_id, event_id)
    }

    #[test]
    fn stamps_compare_by_time_then_device_then_event() {
        let ordered = [stamp(1, "b", "b"), stamp(2, "a", "a"), stamp(2, "a", "b"), stamp(2, "b", "a"), stamp(10, "a", "a")];
        assert!(ordered.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn words_and_codes_lead_back() {
        for operation in [Operation::Create, Operation::Update, Operation::Delete] {
            assert_eq!(Operation::from_word(operation.as_str()), Some(operation));
            assert_eq!(Operation::from_code(operation.code()), Some(operation));
        }
        assert_eq!(Operation::from_code(0), None);
    }
}
