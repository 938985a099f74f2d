//! The database of one account: IndexedDB, else localStorage, else memory.

mod decision;
mod indexeddb;
mod local;
#[cfg(test)]
mod tests;
mod transaction;

use super::done::{Done, later};
use crate::engine::storage::{CommitOutcome, Read, Row, StorageFailure, Store, Transaction};
use indexeddb::IndexedDb;
use local::LocalStore;

/// The database of one account. Dropping it closes it; what was begun ends and answers all the same.
pub(crate) struct Database(Place);

enum Place {
    Indexed(IndexedDb),
    Local(LocalStore),
}

/// Where the values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Indexeddb,
    Localstorage,
    Memory,
}

impl Kind {
    /// The word in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Indexeddb => "indexeddb",
            Self::Localstorage => "localstorage",
            Self::Memory => "memory",
        }
    }
}

/// How safe what was committed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// On disk.
    Strict,
    /// The browser may lose it with the power.
    Relaxed,
    /// Gone with the page.
    Memory,
}

impl Durability {
    /// The word in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Relaxed => "relaxed",
            Self::Memory => "memory",
        }
    }
}

impl Database {
    /// Opens the database of this name, or makes it.
    pub(crate) fn open(name: &str, done: Done<Self>) {
        let local = name.to_owned();
        let opened = move |database| {
            done(Self(match database {
                Some(database) => Place::Indexed(database),
                None => Place::Local(LocalStore::open(local)),
            }));
        };
        indexeddb::open(name, Box::new(opened));
    }

    /// Carries out a transaction, as durably as the browser can; `Done` is told when it is.
    pub(crate) fn commit(&self, transaction: Transaction, done: Done<CommitOutcome>) {
        match &self.0 {
            Place::Indexed(database) => database.commit(transaction, done),
            Place::Local(store) => {
                let outcome = store.commit(&transaction);
                later(move || done(outcome));
            }
        }
    }

    /// Carries out a read. The order of a page's keys is the same in all pages, but not always that of their bytes: a
    /// browser compares UTF-16 units.
    pub(crate) fn read(&self, read: Read, done: Done<Result<Vec<Row>, StorageFailure>>) {
        match &self.0 {
            Place::Indexed(database) => database.read(read, done),
            Place::Local(store) => {
                let rows = store.read(&read);
                later(move || done(Ok(rows)));
            }
        }
    }

    /// Where the values are kept.
    pub(crate) fn kind(&self) -> Kind {
        match &self.0 {
            Place::Indexed(_) => Kind::Indexeddb,
            Place::Local(store) => store.kind(),
        }
    }

    /// How safe what was committed last is.
    pub(crate) fn durability(&self) -> Durability {
        match &self.0 {
            Place::Indexed(database) => database.durability(),
            Place::Local(store) => store.durability(),
        }
    }
}

/// The name of a store in the browser.
fn store_name(store: Store) -> &'static str {
    match store {
        Store::Meta => "meta",
        Store::Heads => "heads",
        Store::Bodies => "bodies",
        Store::Outbox => "outbox",
    }
}

const STORES: [Store; 4] = [Store::Meta, Store::Heads, Store::Bodies, Store::Outbox];
