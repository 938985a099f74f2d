//! The database of one account: IndexedDB, else localStorage, else memory.
//!
//! JavaScript carries a transaction out from its beginning to its end, because IndexedDB commits by itself as soon as nothing
//! is asked of it. From here it gets the steps, and a promise of an answer comes back.

#[cfg(test)]
mod tests;

use super::done::Done;
use super::guard::{Callback, Held, settle};
use crate::engine::error::ErrorCode;
use crate::engine::storage::{CommitOutcome, Read, Row, StorageFailure, Store, Transaction, Write, counter_value};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = openDatabase)]
    fn open_database(name: &str) -> Promise;
    /// Wipes the database of a name.
    #[wasm_bindgen(js_name = forgetDatabase)]
    pub(crate) fn forget_database(name: &str) -> Promise;
}

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    /// An open database: this file's class, or that of IndexedDB. None of the methods throws.
    type Place;

    #[cfg(test)]
    #[wasm_bindgen(js_name = openLocal)]
    fn open_local(name: &str) -> Place;
    #[cfg(test)]
    #[wasm_bindgen(constructor, js_class = LocalDatabase)]
    fn in_memory() -> Place;
    #[wasm_bindgen(method)]
    fn run(this: &Place, steps: &Steps) -> Promise;
    #[wasm_bindgen(method, js_name = readPage)]
    fn read_page(this: &Place, store: u8, after: Option<&str>, limit: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn remember(this: &Place, mark: &str);
    #[wasm_bindgen(method)]
    fn close(this: &Place);
    #[wasm_bindgen(method, setter)]
    fn set_tell(this: &Place, tell: &Function);
    #[wasm_bindgen(method, getter)]
    fn kind(this: &Place) -> u8;
    #[wasm_bindgen(method, getter)]
    fn durability(this: &Place) -> u8;
}

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = Transaction)]
    type Steps;

    #[wasm_bindgen(constructor, js_class = Transaction)]
    fn new() -> Steps;
    #[wasm_bindgen(method)]
    fn add(this: &Steps, kind: u8, store: u8, key: &str, bytes: Option<&[u8]>);
}

#[wasm_bindgen]
extern "C" {
    /// An array: how it ended, then what was found.
    type Answer;
    #[wasm_bindgen(method, getter)]
    fn length(this: &Answer) -> u32;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn number(this: &Answer, at: u32) -> u8;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn text(this: &Answer, at: u32) -> String;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn bytes(this: &Answer, at: u32) -> Option<Vec<u8>>;
}

/// The database of one account. Dropping it closes it; what was begun ends and answers all the same.
pub(crate) struct Database {
    place: Place,
    _callback: Callback,
    _held: Held,
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
    /// Opens the database of this name, or makes it. `tell` is told what has become of it, and whether that is the end: then nothing is answered
    /// any more.
    pub(crate) fn open(name: &str, tell: impl Fn(ErrorCode, bool) + 'static, done: Done<Self>) {
        // Some place there always is: the promise does not reject.
        settle(Ok(open_database(name)), move |place| done(Self::new(place.unwrap_or_default().unchecked_into(), tell)));
    }

    fn new(place: Place, tell: impl Fn(ErrorCode, bool) + 'static) -> Self {
        let callback = Callback::new(move |told| {
            let told = told.as_f64().unwrap_or_default();
            tell(if told == OUTDATED { ErrorCode::Outdated } else { ErrorCode::StorageLost }, told != MISSED);
        });
        place.set_tell(callback.function());
        let held = Held::new(&place, "close", &JsValue::UNDEFINED);
        Self { place, _callback: callback, _held: held }
    }

    /// Remembers outside of the database that it is here. If a former one is missed, that is told, once those who have waited for this one can have
    /// begun to listen.
    pub(crate) fn remember(&self, mark: &str) {
        self.place.remember(mark);
    }

    /// For who keeps something there besides.
    pub(crate) fn place(&self) -> JsValue {
        self.place.clone()
    }

    /// Carries out a transaction, as durably as the browser can; `Done` is told when it is. A crash does not stop it: all of it
    /// was handed over.
    pub(crate) fn commit(&self, transaction: Transaction, done: Done<CommitOutcome>) {
        let answer = self.place.run(&steps(&transaction));
        settle(Ok(answer), move |answer| done(outcome(answer)));
    }

    /// Carries out a read. The order of a page's keys is the same in all pages, but not always that of their bytes: a
    /// browser compares UTF-16 units.
    pub(crate) fn read(&self, read: Read, done: Done<Result<Vec<Row>, StorageFailure>>) {
        let answer = match &read {
            Read::Page { store, after, limit } => self.place.read_page(*store as u8, after.as_deref(), *limit),
            Read::Values { keys } => {
                let steps = Steps::new();
                for (store, key) in keys {
                    steps.add(READ, *store as u8, key, None);
                }
                self.place.run(&steps)
            }
        };
        settle(Ok(answer), move |answer| done(answer.map(rows).map_err(|_| StorageFailure::Broken)));
    }

    /// Where the values are kept.
    pub(crate) fn kind(&self) -> Kind {
        match self.place.kind() {
            0 => Kind::Indexeddb,
            1 => Kind::Localstorage,
            _ => Kind::Memory,
        }
    }

    /// How safe what was committed last is.
    pub(crate) fn durability(&self) -> Durability {
        match self.place.durability() {
            0 => Durability::Strict,
            1 => Durability::Relaxed,
            _ => Durability::Memory,
        }
    }
}

/// A place in memory.
#[cfg(test)]
pub(crate) fn memory() -> JsValue {
    Place::in_memory().into()
}

impl Drop for Database {
    fn drop(&mut self) {
        self.place.close();
    }
}

// What is told of a database, as in indexeddb.js.
const OUTDATED: f64 = 0.0;
const MISSED: f64 = 2.0;

// How a transaction ends, as in transaction.js, and the kinds of its steps.
const DONE: u8 = 0;
const CONFLICT: u8 = 1;

const READ: u8 = 0;
const GUARD: u8 = 1;
const WRITE: u8 = 2;
const RAISE: u8 = 3;
const APPEND: u8 = 4;
const REVISE: u8 = 5;

fn steps(transaction: &Transaction) -> Steps {
    let steps = Steps::new();
    for guard in &transaction.guards {
        steps.add(GUARD, guard.store as u8, &guard.key, guard.expected.as_deref());
    }
    for write in &transaction.writes {
        match write {
            Write::Put { store, key, value } => steps.add(WRITE, *store as u8, key, Some(value)),
            Write::Delete { store, key } => steps.add(WRITE, *store as u8, key, None),
            Write::Raise { key, value } => steps.add(RAISE, Store::Meta as u8, key, Some(&value.to_be_bytes())),
            Write::Append { value } => steps.add(APPEND, Store::Outbox as u8, "", Some(value)),
            Write::Revise { key, value } => steps.add(REVISE, Store::Heads as u8, key, Some(value)),
        }
    }
    steps
}

// Loops, because iterators make more code.

fn outcome(answer: Result<JsValue, JsValue>) -> CommitOutcome {
    let Ok(answer) = answer else { return CommitOutcome::Failed(StorageFailure::Broken) };
    let answer: Answer = answer.unchecked_into();
    let mut found = Vec::new();
    for at in 1..answer.length() {
        found.push(answer.bytes(at));
    }
    match answer.number(0) {
        DONE => {
            let mut appended = Vec::new();
            for number in found.iter().flatten() {
                appended.push(counter_value(number));
            }
            CommitOutcome::Done { appended }
        }
        CONFLICT => CommitOutcome::Conflict { actual: found },
        _ => CommitOutcome::Failed(StorageFailure::Full),
    }
}

/// The keys and values in turn that follow an answer's first item.
fn rows(answer: JsValue) -> Vec<Row> {
    let answer: Answer = answer.unchecked_into();
    let mut rows = Vec::new();
    for at in 0..answer.length() / 2 {
        if let Some(value) = answer.bytes(2 * at + 2) {
            rows.push((answer.text(2 * at + 1), value));
        }
    }
    rows
}
