//! The database in IndexedDB: four object stores of `Uint8Array`s under strings.

use super::decision::touches;
use super::transaction::{Commit, Reading, run};
use super::{Durability, STORES, store_name};
use crate::browser::done::{Done, later};
use crate::browser::guard::{Callback, Held};
use crate::browser::object::{global, object};
use crate::engine::storage::{CommitOutcome, Read, Row, StorageFailure, Store, Transaction};
use js_sys::{Array, Object, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbTransaction};

const VERSION: u32 = 1;

#[wasm_bindgen]
extern "C" {
    // In web-sys transactions have no options.
    #[wasm_bindgen(extends = IdbDatabase)]
    type DatabaseWithOptions;
    #[wasm_bindgen(method, catch)]
    fn transaction(this: &DatabaseWithOptions, stores: &Array, mode: &str, options: &Object) -> Result<IdbTransaction, JsValue>;
}

/// An open database. Closed by the browser, or for another tab that deletes or upgrades it, it answers `Broken`.
pub(super) struct IndexedDb {
    database: IdbDatabase,
    durability: Cell<Durability>,
    _versions: Callback,
    _held: Held,
}

/// Opens a database; `None` where the browser does not.
pub(super) fn open(name: &str, done: Done<Option<IndexedDb>>) {
    let factory = global("indexedDB").map(JsCast::unchecked_into::<IdbFactory>);
    let Some(request) = factory.and_then(|factory| factory.open_with_u32(name, VERSION).ok()) else {
        return later(move || done(None));
    };
    let opening = Rc::new(Opening { request, done: Cell::new(Some(done)), callback: Cell::default() });
    let owner = Rc::clone(&opening);
    let callback = Callback::new(move |event| owner.on_event(&event.unchecked_into()));
    for event in ["upgradeneeded", "success", "blocked", "error"] {
        callback.listen(&opening.request, event);
    }
    opening.callback.set(Some(callback));
}

/// A request to open. It owns the callback that owns it, until it has ended.
struct Opening {
    request: IdbOpenDbRequest,
    done: Cell<Option<Done<Option<IndexedDb>>>>,
    callback: Cell<Option<Callback>>,
}

impl Opening {
    fn on_event(&self, event: &Event) {
        match event.type_().as_str() {
            "upgradeneeded" => {
                if let Some(database) = self.database() {
                    create_stores(&database);
                }
            }
            "success" => {
                self.callback.take();
                match (self.database(), self.done.take()) {
                    (Some(database), Some(done)) => done(Some(IndexedDb::new(database))),
                    // It was blocked, and another place was taken.
                    (Some(database), None) => database.close(),
                    (None, _) => self.fail(),
                }
            }
            "blocked" => self.fail(),
            _ => {
                self.callback.take();
                self.fail();
            }
        }
    }

    fn database(&self) -> Option<IdbDatabase> {
        self.request.result().ok().map(JsCast::unchecked_into)
    }

    fn fail(&self) {
        if let Some(done) = self.done.take() {
            done(None);
        }
    }
}

fn create_stores(database: &IdbDatabase) {
    for store in STORES {
        // A store that cannot be made fails the first transaction.
        let _ = database.create_object_store(store_name(store));
    }
}

impl IndexedDb {
    fn new(database: IdbDatabase) -> Self {
        let closing = database.clone();
        let versions = Callback::new(move |_| closing.close());
        versions.listen(&database, "versionchange");
        let held = Held::new(&database, "close", &JsValue::UNDEFINED);
        Self { database, durability: Cell::new(Durability::Relaxed), _versions: versions, _held: held }
    }

    /// Of the last transaction that was committed.
    pub(super) fn durability(&self) -> Durability {
        self.durability.get()
    }

    pub(super) fn commit(&self, transaction: Transaction, done: Done<CommitOutcome>) {
        let begun = self.begin(|store| touches(&transaction, store), "readwrite");
        if let Ok(transaction) = &begun {
            self.durability.set(durability_of(transaction));
        }
        run(begun, Box::new(Commit::new(transaction, done)));
    }

    pub(super) fn read(&self, read: Read, done: Done<Result<Vec<Row>, StorageFailure>>) {
        let begun = self.begin(
            |store| match &read {
                Read::Page { store: paged, .. } => *paged == store,
                Read::Values { keys } => keys.iter().any(|(of, _)| *of == store),
            },
            "readonly",
        );
        run(begun, Box::new(Reading::new(read, done)));
    }

    fn begin(&self, touches: impl Fn(Store) -> bool, mode: &str) -> Result<IdbTransaction, JsValue> {
        let names = Array::new();
        for store in STORES {
            if touches(store) {
                names.push(&store_name(store).into());
            }
        }
        if names.length() == 0 {
            // IndexedDB knows no transaction without a store.
            names.push(&store_name(Store::Meta).into());
        }
        self.database.unchecked_ref::<DatabaseWithOptions>().transaction(&names, mode, &object(&[("durability", "strict".into())]))
    }
}

impl Drop for IndexedDb {
    fn drop(&mut self) {
        self.database.close();
    }
}

/// A browser that does not know the option has no such property.
fn durability_of(transaction: &IdbTransaction) -> Durability {
    let durability = Reflect::get(transaction, &"durability".into());
    if durability.is_ok_and(|durability| durability == "strict") { Durability::Strict } else { Durability::Relaxed }
}
