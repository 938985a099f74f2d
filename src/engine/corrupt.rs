//! Records that cannot be read are set aside: moved, with their bytes, to a store of their own, where nothing stumbles over them.

use super::bytes::Writer;
use super::error::{ErrorCode, ErrorReport};
use super::meta::{DEVICE_ID, SALT};
use super::storage::{Guard, REVISION_COUNTER, Row, Store, Transaction, Write, seq_key};

/// So many are kept; later ones take the places of earlier ones.
pub const PLACES: u64 = 64;

/// A record, and where it stands.
pub type Corrupt = (Store, Row);

/// Moves records aside, the last first; what is above the bound stays where it is. `now`: the wall clock, from which their places come.
pub fn set_aside(records: &[Corrupt], now: u64) -> Transaction {
    let mut transaction = Transaction::default();
    for (place, (store, (key, bytes))) in (now / 1_000..).zip(records.iter().rev().take(PLACES as usize)) {
        let value = Writer::default().u8(*store as u8).string(key).raw(bytes).finish();
        transaction.writes.push(Write::Put { store: Store::Corrupt, key: seq_key(place % PLACES), value });
        // In the place of these there is something good already.
        if *store != Store::Meta || ![DEVICE_ID, SALT, REVISION_COUNTER].contains(&key.as_str()) {
            transaction.guards.push(Guard { store: *store, key: key.clone(), expected: Some(bytes.clone()) });
            transaction.writes.push(Write::Delete { store: *store, key: key.clone() });
        }
    }
    transaction
}

/// Tells of each store once.
pub fn reports(records: &[Corrupt]) -> impl Iterator<Item = ErrorReport> {
    let of = |store: Store, name: &str| {
        let is_there = records.iter().any(|(of, _)| *of == store);
        is_there.then(|| ErrorReport::new(ErrorCode::CorruptRecord).detail(name))
    };
    [of(Store::Meta, "meta"), of(Store::Heads, "heads"), of(Store::Outbox, "outbox")].into_iter().flatten()
}
