//! The records of changes that have ended, kept for who asks after a reload.

use super::bytes::{Reader, Writer};
use super::notice::Outcome;

/// So many are kept.
pub const KEPT: u64 = 10_000;

/// Distinguishes it from a record of the outbox.
const RECORD_VERSION: u8 = 0;

/// The stored record.
pub fn to_bytes(event_id: &str, outcome: Outcome) -> Vec<u8> {
    Writer::default().u8(RECORD_VERSION).u8(outcome.code()).string(event_id).finish()
}

/// How the change of a record ended; `None` if it is of something else, or damaged.
pub fn outcome_of(record: &[u8]) -> Option<Outcome> {
    match record {
        [RECORD_VERSION, code, ..] => Outcome::from_code(*code),
        _ => None,
    }
}

/// How a record's change ended, if it is of this event.
pub fn outcome_of_event(record: &[u8], event_id: &str) -> Option<Outcome> {
    let outcome = outcome_of(record)?;
    let mut reader = Reader::new(record.get(2..)?);
    (reader.string()? == event_id).then_some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_its_event_and_how_it_ended() {
        let record = to_bytes("sync_1", Outcome::Cancelled);
        assert_eq!(outcome_of(&record), Some(Outcome::Cancelled));
        assert_eq!(outcome_of_event(&record, "sync_1"), Some(Outcome::Cancelled));
        assert_eq!(outcome_of_event(&record, "sync_2"), None);
        assert_eq!((outcome_of(&[]), outcome_of(&[1, 1]), outcome_of(&[0, 9])), (None, None, None));
    }
}
