//! The database where there is no IndexedDB: [`MemoryStore`], and what must outlive the page in localStorage.
//!
//! That is `meta` and `outbox`. They are one item, so that a transaction is one write, which the browser makes or does not.
//! `heads` and `bodies` stay in memory, because the server has them; so the cursor stays there too, or the next page would
//! never ask for them again.

use super::decision::{decide, inputs};
use super::{Durability, Kind, store_name};
use crate::browser::object::global;
use crate::engine::bytes::{Reader, Writer};
use crate::engine::meta::CURSOR;
use crate::engine::storage::{CommitOutcome, MemoryStore, Read, Row, StorageFailure, Store, Transaction, Write};
use base64ct::{Base64, Encoding};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::Storage;

/// The largest item, in characters. Browsers give a site some 5 million for all of its items.
const CAPACITY: usize = 2 << 20;

/// What the item has.
const KEPT: [Store; 2] = [Store::Meta, Store::Outbox];

/// A database in memory, with localStorage behind it if there is one.
///
/// What another tab wrote there is taken over before each use. Browsers do not lock localStorage, so of two tabs that write
/// in the same instant one may undo the other's change; IndexedDB has no such gap.
pub(super) struct LocalStore {
    item: Option<Item>,
    memory: RefCell<MemoryStore>,
}

struct Item {
    storage: Storage,
    name: String,
    /// As it was read or written last.
    text: RefCell<String>,
}

impl LocalStore {
    /// Opens the database of this name in localStorage, or in memory where a page has none, or may not write there.
    pub(super) fn open(name: String) -> Self {
        let storage = global("localStorage").map(JsCast::unchecked_into::<Storage>);
        let item = storage.map(|storage| Item { storage, name, text: RefCell::default() });
        Self { item: item.filter(Item::is_writable), ..Self::in_memory() }
    }

    /// A database in memory alone.
    pub(super) fn in_memory() -> Self {
        Self { item: None, memory: RefCell::default() }
    }

    pub(super) fn kind(&self) -> Kind {
        if self.item.is_some() { Kind::Localstorage } else { Kind::Memory }
    }

    pub(super) fn durability(&self) -> Durability {
        if self.item.is_some() { Durability::Relaxed } else { Durability::Memory }
    }

    pub(super) fn commit(&self, transaction: &Transaction) -> CommitOutcome {
        self.refresh();
        let decision = match decide(transaction, self.values(inputs(transaction))) {
            Ok(decision) => decision,
            Err(conflict) => return conflict,
        };
        let (mut writes, mut undo) = (Vec::new(), Vec::new());
        for (store, key, value) in decision.changes() {
            writes.push(write(store, key, value));
            undo.push(write(store, key, self.memory.borrow().get(store, key)));
        }
        self.write(writes);
        if self.item.as_ref().is_none_or(|item| item.keep(&self.memory.borrow())) {
            return CommitOutcome::Done { appended: decision.appended };
        }
        self.write(undo);
        CommitOutcome::Failed(StorageFailure::Full)
    }

    pub(super) fn read(&self, read: &Read) -> Vec<Row> {
        self.refresh();
        self.memory.borrow().read(read)
    }

    /// Takes over what another tab has written.
    fn refresh(&self) {
        let Some(text) = self.item.as_ref().and_then(Item::changed) else { return };
        let mut writes = Vec::new();
        for (store, key, _) in kept(&self.memory.borrow()) {
            writes.push(Write::Delete { store, key });
        }
        let bytes = Base64::decode_vec(&text).unwrap_or_default();
        let mut rest = bytes.as_slice();
        while let Some((write, after)) = read_record(rest) {
            writes.push(write);
            rest = after;
        }
        self.write(writes);
    }

    fn values(&self, places: Vec<(Store, String)>) -> Vec<(Store, String, Vec<u8>)> {
        let memory = self.memory.borrow();
        let value = |(store, key): (Store, String)| memory.get(store, &key).cloned().map(|value| (store, key, value));
        places.into_iter().filter_map(value).collect()
    }

    fn write(&self, writes: Vec<Write>) {
        self.memory.borrow_mut().commit(&Transaction { guards: Vec::new(), writes });
    }
}

impl Item {
    fn is_writable(&self) -> bool {
        let probe = [&self.name, "?"].concat();
        self.storage.set_item(&probe, "").is_ok() && self.storage.remove_item(&probe).is_ok()
    }

    /// Its text, if it is another than before.
    fn changed(&self) -> Option<String> {
        let text = self.storage.get_item(&self.name).ok()?.unwrap_or_default();
        if *self.text.borrow() == text {
            return None;
        }
        self.text.replace(text.clone());
        Some(text)
    }

    /// Writes what is to be kept; whether there was room.
    fn keep(&self, memory: &MemoryStore) -> bool {
        let mut records = Writer::default();
        for (store, key, value) in kept(memory) {
            records = records.string(store_name(store)).string(&key).u64(value.len() as u64).raw(&value);
        }
        let text = Base64::encode_string(&records.finish());
        let written = text.len() <= CAPACITY && self.storage.set_item(&self.name, &text).is_ok();
        if written {
            self.text.replace(text);
        }
        written
    }
}

fn kept(memory: &MemoryStore) -> Vec<(Store, String, Vec<u8>)> {
    let mut kept = Vec::new();
    for store in KEPT {
        for (key, value) in memory.read(&Read::Page { store, after: None, limit: u32::MAX }) {
            if (store, key.as_str()) != (Store::Meta, CURSOR) {
                kept.push((store, key, value));
            }
        }
    }
    kept
}

/// Reads the first of the item's records, and gives the bytes after it. What is damaged ends the reading.
fn read_record(bytes: &[u8]) -> Option<(Write, &[u8])> {
    let mut reader = Reader::new(bytes);
    let name = reader.string()?;
    let store = KEPT.into_iter().find(|store| store_name(*store) == name)?;
    let key = reader.string()?;
    let length = usize::try_from(reader.u64()?).ok()?;
    let (value, rest) = reader.rest().split_at_checked(length)?;
    Some((Write::Put { store, key, value: value.to_vec() }, rest))
}

fn write(store: Store, key: &str, value: Option<&Vec<u8>>) -> Write {
    let key = key.to_owned();
    match value {
        Some(value) => Write::Put { store, key, value: value.clone() },
        None => Write::Delete { store, key },
    }
}
