//! The database as the engine sees it: ordered stores of bytes, read in pages, written by conditional transactions. All tabs of a device share it.
//!
//! [`MemoryStore`] is the reference for what a transaction means.

use std::collections::BTreeMap;

/// The stores of one account's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// Single values of the device: id, salt, clock, cursor.
    Meta,
    /// One record an entity: its stamps and its place in the base, without the body. Begins with the number of its last change.
    Heads,
    /// One sealed body an entity: the base's.
    Bodies,
    /// Changes that the server has not confirmed, keyed by [`seq_key`].
    Outbox,
    /// The entities' keys by [`seq_key`] of the number of their last change: what is new since a number.
    Changes,
    /// How the last changes ended, keyed by the [`seq_key`] that they had in the outbox.
    Settled,
    /// Events that are not valid yet, one an entity.
    Held,
    /// Records that could not be read, with where they stood; see [`super::corrupt`].
    Corrupt,
}

/// The database's counter behind [`Write::Append`], in [`Store::Meta`].
pub const SEQ_COUNTER: &str = "seq";

/// The database's counter behind [`Write::Revise`], in [`Store::Meta`].
pub const REVISION_COUNTER: &str = "revision";

/// Bytes at the beginning of a head that [`Write::Revise`] fills in.
pub const REVISION_LENGTH: usize = 8;

/// The outbox key of a number: sixteen hex digits, so that the order of keys is that of numbers.
pub fn seq_key(seq: u64) -> String {
    let digits = (0..16).rev().map(|place| (seq >> (place * 4)) as u32 & 15);
    digits.filter_map(|digit| char::from_digit(digit, 16)).collect()
}

/// The number of an outbox key; `None` if it is none.
pub fn number_of(key: &str) -> Option<u64> {
    key.chars().try_fold(0_u64, |number, digit| Some(number.checked_mul(16)? | u64::from(digit.to_digit(16)?)))
}

/// A condition of a transaction: the stored value is what the writer assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Where.
    pub store: Store,
    /// Which value.
    pub key: String,
    /// What it has to be; `None`: absent.
    pub expected: Option<Vec<u8>>,
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Sets a value.
    Put {
        /// Where.
        store: Store,
        /// Which value.
        key: String,
        /// The value.
        value: Vec<u8>,
    },
    /// Removes a value; harmless if it is not there.
    Delete {
        /// Where.
        store: Store,
        /// Which value.
        key: String,
    },
    /// Puts a value into the outbox under the next number of [`SEQ_COUNTER`].
    Append {
        /// The value.
        value: Vec<u8>,
    },
    /// Puts a head, its first [`REVISION_LENGTH`] bytes being the next number of [`REVISION_COUNTER`], and the entity's key into
    /// [`Store::Changes`] under that number instead of under the one that the head had.
    Revise {
        /// The entity's key.
        key: String,
        /// The head; what it begins with is replaced.
        value: Vec<u8>,
    },
    /// Sets a big-endian `u64` of [`Store::Meta`] to the larger of itself and `value`. Never conflicts.
    Raise {
        /// Which value.
        key: String,
        /// The least that it will be.
        value: u64,
    },
}

/// All or nothing: if every guard holds, every write is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// The conditions.
    pub guards: Vec<Guard>,
    /// The steps, in order.
    pub writes: Vec<Write>,
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// Written; the numbers that were given, in the order of the writes.
    Done {
        /// One for each [`Write::Append`] and [`Write::Revise`].
        appended: Vec<u64>,
    },
    /// Nothing was written: a guard did not hold.
    Conflict {
        /// What the guarded values are, in the order of the guards.
        actual: Vec<Option<Vec<u8>>>,
    },
    /// Nothing was written.
    Failed(StorageFailure),
}

/// Why the database did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageFailure {
    /// No space is left.
    Full,
    /// Anything else.
    Broken,
}

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Up to `limit` values of a store in the order of their keys, those after `after`.
    Page {
        /// Where.
        store: Store,
        /// The last key of the page before.
        after: Option<String>,
        /// At most so many.
        limit: u32,
    },
    /// Single values; what is absent is left out.
    Values {
        /// Where each is, and its key.
        keys: Vec<(Store, String)>,
    },
}

/// A key and its value.
pub type Row = (String, Vec<u8>);

/// The stores in memory.
#[derive(Default)]
pub struct MemoryStore {
    stores: [Values; 8],
}

type Values = BTreeMap<String, Box<Vec<u8>>>;

impl MemoryStore {
    /// Carries out a transaction.
    pub fn commit(&mut self, transaction: &Transaction) -> CommitOutcome {
        let holds = |guard: &Guard| self.get(guard.store, &guard.key) == guard.expected.as_ref();
        if !transaction.guards.iter().all(holds) {
            let actual = transaction.guards.iter().map(|guard| self.get(guard.store, &guard.key).cloned());
            return CommitOutcome::Conflict { actual: actual.collect() };
        }
        let mut appended = Vec::new();
        for write in &transaction.writes {
            match write {
                Write::Put { store, key, value } => self.put(*store, key, value),
                Write::Delete { store, key } => {
                    self.store_mut(*store).remove(key);
                }
                Write::Append { value } => {
                    let seq = self.counter(SEQ_COUNTER) + 1;
                    self.put(Store::Meta, SEQ_COUNTER, &seq.to_be_bytes());
                    self.put(Store::Outbox, &seq_key(seq), value);
                    appended.push(seq);
                }
                Write::Revise { key, value } => {
                    if let Some(before) = self.get(Store::Heads, key).and_then(|head| head.first_chunk::<REVISION_LENGTH>()) {
                        let before = u64::from_be_bytes(*before);
                        self.store_mut(Store::Changes).remove(&seq_key(before));
                    }
                    let revision = self.counter(REVISION_COUNTER) + 1;
                    self.put(Store::Meta, REVISION_COUNTER, &revision.to_be_bytes());
                    let head = [&revision.to_be_bytes(), value.get(REVISION_LENGTH..).unwrap_or_default()].concat();
                    self.put(Store::Heads, key, &head);
                    self.put(Store::Changes, &seq_key(revision), key.as_bytes());
                    appended.push(revision);
                }
                Write::Raise { key, value } => {
                    let raised = self.counter(key).max(*value);
                    self.put(Store::Meta, key, &raised.to_be_bytes());
                }
            }
        }
        CommitOutcome::Done { appended }
    }

    /// Carries out a read.
    pub fn read(&self, read: &Read) -> Vec<Row> {
        match read {
            Read::Page { store, after, limit } => self
                .store(*store)
                .range(after.clone().unwrap_or_default()..)
                .filter(|(key, _)| after.as_ref() != Some(key))
                .take(*limit as usize)
                .map(|(key, value)| (key.clone(), value.to_vec()))
                .collect(),
            Read::Values { keys } => keys.iter().filter_map(|(store, key)| Some((key.clone(), self.get(*store, key)?.clone()))).collect(),
        }
    }

    /// One value.
    pub fn get(&self, store: Store, key: &str) -> Option<&Vec<u8>> {
        self.store(store).get(key).map(|value| &**value)
    }

    fn put(&mut self, store: Store, key: &str, value: &[u8]) {
        self.store_mut(store).insert(key.to_owned(), Box::new(value.to_vec()));
    }

    fn counter(&self, key: &str) -> u64 {
        self.get(Store::Meta, key).map_or(0, |bytes| counter_value(bytes))
    }

    fn store(&self, store: Store) -> &Values {
        let [meta, heads, bodies, outbox, changes, settled, held, corrupt] = &self.stores;
        match store {
            Store::Meta => meta,
            Store::Heads => heads,
            Store::Bodies => bodies,
            Store::Outbox => outbox,
            Store::Changes => changes,
            Store::Settled => settled,
            Store::Held => held,
            Store::Corrupt => corrupt,
        }
    }

    fn store_mut(&mut self, store: Store) -> &mut Values {
        let [meta, heads, bodies, outbox, changes, settled, held, corrupt] = &mut self.stores;
        match store {
            Store::Meta => meta,
            Store::Heads => heads,
            Store::Bodies => bodies,
            Store::Outbox => outbox,
            Store::Changes => changes,
            Store::Settled => settled,
            Store::Held => held,
            Store::Corrupt => corrupt,
        }
    }
}

/// A stored `u64`; 0 where the bytes are none.
pub fn counter_value(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, value: &[u8]) -> Write {
        Write::Put { store: Store::Heads, key: key.into(), value: value.to_vec() }
    }

    fn guard(key: &str, expected: Option<&[u8]>) -> Guard {
        Guard { store: Store::Heads, key: key.into(), expected: expected.map(<[u8]>::to_vec) }
    }

    #[test]
    fn a_guard_that_does_not_hold_writes_nothing() {
        let mut store = MemoryStore::default();
        store.commit(&Transaction { guards: vec![guard("a", None)], writes: vec![put("a", b"1")] });
        let refused = store.commit(&Transaction { guards: vec![guard("b", None), guard("a", None)], writes: vec![put("b", b"2")] });
        assert_eq!(refused, CommitOutcome::Conflict { actual: vec![None, Some(b"1".to_vec())] });
        assert_eq!(store.get(Store::Heads, "b"), None);
    }

    #[test]
    fn appended_values_are_numbered_across_transactions() {
        let mut store = MemoryStore::default();
        let append = Transaction { guards: vec![], writes: vec![Write::Append { value: vec![1] }, Write::Append { value: vec![2] }] };
        assert_eq!(store.commit(&append), CommitOutcome::Done { appended: vec![1, 2] });
        assert_eq!(store.commit(&append), CommitOutcome::Done { appended: vec![3, 4] });
        assert_eq!(store.get(Store::Outbox, &seq_key(3)), Some(&vec![1]));
    }

    #[test]
    fn a_revised_head_stands_once_in_the_changes_under_its_last_number() {
        let mut store = MemoryStore::default();
        let revise = |key: &str| Write::Revise { key: key.into(), value: b"........head".to_vec() };
        let done = store.commit(&Transaction { guards: vec![], writes: vec![revise("a"), revise("b"), revise("a")] });
        assert_eq!(done, CommitOutcome::Done { appended: vec![1, 2, 3] });
        assert_eq!(store.get(Store::Heads, "a"), Some(&[&3u64.to_be_bytes(), b"head".as_slice()].concat()));
        let changes = store.read(&Read::Page { store: Store::Changes, after: None, limit: 9 });
        assert_eq!(changes, [(seq_key(2), b"b".to_vec()), (seq_key(3), b"a".to_vec())]);
    }

    #[test]
    fn keys_of_numbers_lead_back() {
        for number in [0, 1, 255, u64::MAX] {
            assert_eq!(number_of(&seq_key(number)), Some(number));
        }
        assert_eq!((number_of("x"), number_of(&"f".repeat(17))), (None, None));
    }

    #[test]
    fn raising_never_lowers() {
        let mut store = MemoryStore::default();
        for value in [5, 3] {
            store.commit(&Transaction { guards: vec![], writes: vec![Write::Raise { key: "clock".into(), value }] });
        }
        assert_eq!(store.get(Store::Meta, "clock"), Some(&5u64.to_be_bytes().to_vec()));
    }

    #[test]
    fn pages_go_through_one_store_in_order() {
        let mut store = MemoryStore::default();
        let writes = ["a", "c", "b"].map(|key| put(key, key.as_bytes()));
        store.commit(&Transaction { guards: vec![], writes: writes.to_vec() });
        store.commit(&Transaction { guards: vec![], writes: vec![Write::Append { value: vec![9] }] });
        let page = |after: Option<&str>| {
            let read = Read::Page { store: Store::Heads, after: after.map(str::to_owned), limit: 2 };
            store.read(&read).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(page(None), ["a", "b"]);
        assert_eq!(page(Some("b")), ["c"]);
        assert!(page(Some("c")).is_empty());
    }
}
