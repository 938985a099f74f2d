//! The single values of the device in [`super::storage::Store::Meta`].

use super::bytes::{Reader, Writer};
use super::dialect::Cursor;

/// This device's id.
pub const DEVICE_ID: &str = "device_id";
/// The installation's salt.
pub const SALT: &str = "salt";
/// The largest stamp given, as a counter.
pub const CLOCK: &str = "clock";
/// Where the catch-up goes on.
pub const CURSOR: &str = "cursor";

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
