//! The single values of the device in [`super::storage::Store::Meta`].

use super::bytes::{Reader, Writer};
use super::dialect::Cursor;

/// This device's id.
pub const DEVICE_ID: &str = "device_id";
/// The installation's salt.
pub const SALT: &str = "salt";
/// The largest stamp given, as a counter.
pub const CLOCK: &str = "clock";
/// Counts the tabs that became the one that sends; a transaction of a former one is refused by it.
pub const EPOCH: &str = "epoch";
/// The last number in the outbox that may have been sent, as a counter. What is above it was never attempted.
pub const ATTEMPTED: &str = "attempted";
/// When everything was pulled last, by the server's clock, as a counter.
pub const FULL_PULL: &str = "full_pull";
/// When a catch-up was completed last, by the server's clock, as a counter.
pub const CONTACT: &str = "contact";
/// Not 0: this server has changed envelopes, so nothing is judged by its envelope any more.
pub const REWRITES: &str = "rewrites";
/// Deletes older than this are forgotten, as a counter.
pub const FLOOR: &str = "floor";
/// The revision at which deletes were forgotten last, as a counter.
pub const FLOOR_REVISION: &str = "floor_revision";
/// The last number in the outbox that is not to be held back any more, as a counter.
pub const RELEASED: &str = "released";
/// Not 0: the key is known to be the account's.
pub const PROVEN: &str = "proven";
/// Not 0: this server drops the sealed body of deletes.
pub const STRIPS: &str = "strips";
/// Where the catch-up goes on.
pub const CURSOR: &str = "cursor";

/// What the tabs of a device have in common besides heads and outbox.
pub const SHARED: [&str; 10] = [CLOCK, CURSOR, ATTEMPTED, FULL_PULL, CONTACT, REWRITES, FLOOR, FLOOR_REVISION, PROVEN, STRIPS];

/// The stored form of a cursor.
pub fn cursor_to_bytes(cursor: Cursor) -> Vec<u8> {
    match cursor {
        Cursor::Seq(seq) => Writer::default().u8(1).u64(seq).finish(),
        Cursor::Since(millis) => Writer::default().u8(2).u64(millis).finish(),
    }
}

/// Reads a stored cursor; `None` if it is damaged.
pub fn cursor_from_bytes(bytes: &[u8]) -> Option<Cursor> {
    let mut reader = Reader::new(bytes);
    match reader.u8()? {
        1 => Some(Cursor::Seq(reader.u64()?)),
        2 => Some(Cursor::Since(reader.u64()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back() {
        for cursor in [Cursor::Seq(7), Cursor::Since(1 << 52)] {
            assert_eq!(cursor_from_bytes(&cursor_to_bytes(cursor)), Some(cursor));
        }
        assert_eq!(cursor_from_bytes(&[3, 0]), None);
        assert_eq!(cursor_from_bytes(&[1, 0]), None);
    }
}
