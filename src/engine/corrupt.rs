//! Records that cannot be read are set aside: moved, with their bytes, to a store of their own, where nothing stumbles over them.

use super::bytes::Writer;
use super::error::{ErrorCode, ErrorReport};
use super::storage::{Guard, REVISION_COUNTER, Row, SEQ_COUNTER, Store, Transaction, Write, seq_key};

/// So many are kept; later ones take the places of earlier ones.
const PLACES: u64 = 64;

/// A record, and where it stands.
pub type Corrupt = (Store, Row);

/// Moves records aside, the last first; what is above the bound stays where it is. `now`: the wall clock, from which their places come.
/// The database's counters go on above `last` and `revision`, also where they were lost.
pub fn set_aside(records: &[Corrupt], now: u64, last: u64, revision: u64) -> Transaction {
    let mut transaction = Transaction::default();
    let first = now / 1_000;
    for (place, (store, (key, bytes))) in (first..first + PLACES).zip(records.iter().rev()) {
        let value = Writer::default().u8(*store as u8).string(key).raw(bytes).finish();
        transaction.writes.push(Write::Put { store: Store::Corrupt, key: seq_key(place % PLACES), value });
        // A number that another tab has made anew meanwhile can be spared.
        if *store != Store::Meta {
            transaction.guards.push(Guard { store: *store, key: key.clone(), expected: Some(bytes.clone()) });
        }
        transaction.writes.push(Write::Delete { store: *store, key: key.clone() });
    }
    for (key, value) in [(SEQ_COUNTER, last), (REVISION_COUNTER, revision)] {
        transaction.writes.push(Write::Raise { key: key.to_owned(), value });
    }
    transaction
}

/// Tells of each store once; the records of a store stand together.
pub fn report(records: &[Corrupt], mut tell: impl FnMut(ErrorReport)) {
    let mut told = None;
    for (store, _) in records {
        if told.replace(*store) != Some(*store) {
            let name = ["meta", "heads", "bodies", "outbox"].get(*store as usize).copied().unwrap_or_default();
            tell(ErrorReport::new(ErrorCode::CorruptRecord).detail(name));
        }
    }
}
