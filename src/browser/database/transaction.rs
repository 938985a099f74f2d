//! A transaction of IndexedDB from its beginning to its end.
//!
//! IndexedDB commits by itself as soon as nothing is asked of a transaction, so all of it happens within the browser's
//! callbacks: a first set of requests, then what follows from their results, then the end.

use super::decision::{decide, inputs};
use super::store_name;
use crate::browser::done::{Done, later};
use crate::browser::guard::{Callback, Held};
use crate::engine::storage::{CommitOutcome, Read, Row, StorageFailure, Store, Transaction};
use js_sys::{Array, Uint8Array};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, IdbKeyRange, IdbRequest, IdbTransaction};

/// What a transaction is for. An exception of the browser on the way aborts it.
pub(super) trait Work {
    /// Places the first requests.
    fn ask(&self, transaction: &IdbTransaction) -> Result<Vec<IdbRequest>, JsValue>;
    /// Goes on with their results.
    fn go_on(&mut self, transaction: &IdbTransaction, results: Vec<JsValue>) -> Result<(), JsValue>;
    /// It is over: completed, or failed.
    fn end(self: Box<Self>, result: Result<(), StorageFailure>);
}

/// Carries out a transaction that was begun.
pub(super) fn run(begun: Result<IdbTransaction, JsValue>, work: Box<dyn Work>) {
    let Ok(transaction) = begun else {
        return later(move || work.end(Err(StorageFailure::Broken)));
    };
    let Ok(requests) = work.ask(&transaction) else {
        let _ = transaction.abort();
        return later(move || work.end(Err(StorageFailure::Broken)));
    };
    let running = Rc::new(Running { transaction, requests, work: Cell::new(Some(work)), owned: Cell::default() });
    let owner = Rc::clone(&running);
    let callback = Callback::new(move |event| owner.on_event(&event.unchecked_into()));
    callback.listen(&running.transaction, "complete");
    callback.listen(&running.transaction, "abort");
    // What is half written when the instance crashes must not be committed.
    let held = Held::new(&running.transaction, "abort", &JsValue::UNDEFINED);
    match running.requests.last() {
        // Requests succeed in their order, so the last one's success is that of all.
        Some(last) => callback.listen(last, "success"),
        None => running.go_on(),
    }
    running.owned.set(Some((callback, held)));
}

/// A transaction under way. It owns the callback that owns it, until it has ended.
struct Running {
    transaction: IdbTransaction,
    requests: Vec<IdbRequest>,
    work: Cell<Option<Box<dyn Work>>>,
    owned: Cell<Option<(Callback, Held)>>,
}

impl Running {
    fn on_event(&self, event: &Event) {
        match event.type_().as_str() {
            "success" => self.go_on(),
            "complete" => self.end(Ok(())),
            _ => self.end(Err(self.failure())),
        }
    }

    fn go_on(&self) {
        let Some(mut work) = self.work.take() else { return };
        let results: Result<Vec<_>, _> = self.requests.iter().map(IdbRequest::result).collect();
        if results.and_then(|results| work.go_on(&self.transaction, results)).is_err() {
            let _ = self.transaction.abort();
        }
        self.work.set(Some(work));
    }

    fn end(&self, result: Result<(), StorageFailure>) {
        self.owned.take();
        if let Some(work) = self.work.take() {
            work.end(result);
        }
    }

    fn failure(&self) -> StorageFailure {
        match self.transaction.error() {
            Some(error) if error.name() == "QuotaExceededError" => StorageFailure::Full,
            _ => StorageFailure::Broken,
        }
    }
}

/// Carries out a conditional transaction.
pub(super) struct Commit {
    transaction: Transaction,
    inputs: Vec<(Store, String)>,
    outcome: CommitOutcome,
    done: Done<CommitOutcome>,
}

impl Commit {
    pub(super) fn new(transaction: Transaction, done: Done<CommitOutcome>) -> Self {
        Self { inputs: inputs(&transaction), transaction, outcome: CommitOutcome::Failed(StorageFailure::Broken), done }
    }
}

impl Work for Commit {
    fn ask(&self, transaction: &IdbTransaction) -> Result<Vec<IdbRequest>, JsValue> {
        get_all(transaction, &self.inputs)
    }

    fn go_on(&mut self, transaction: &IdbTransaction, results: Vec<JsValue>) -> Result<(), JsValue> {
        let decision = match decide(&self.transaction, present(&self.inputs, results)) {
            Ok(decision) => decision,
            Err(conflict) => {
                self.outcome = conflict;
                return transaction.abort();
            }
        };
        for (store, key, value) in decision.changes() {
            let store = transaction.object_store(store_name(store))?;
            match value {
                Some(value) => store.put_with_key(&Uint8Array::from(value.as_slice()), &key.into())?,
                None => store.delete(&key.into())?,
            };
        }
        self.outcome = CommitOutcome::Done { appended: decision.appended };
        Ok(())
    }

    fn end(self: Box<Self>, result: Result<(), StorageFailure>) {
        (self.done)(match (result, self.outcome) {
            (Ok(()), outcome) | (Err(_), outcome @ CommitOutcome::Conflict { .. }) => outcome,
            (Err(failure), _) => CommitOutcome::Failed(failure),
        });
    }
}

/// Carries out a read.
pub(super) struct Reading {
    read: Read,
    rows: Vec<Row>,
    done: Done<Result<Vec<Row>, StorageFailure>>,
}

impl Reading {
    pub(super) fn new(read: Read, done: Done<Result<Vec<Row>, StorageFailure>>) -> Self {
        Self { read, rows: Vec::new(), done }
    }
}

impl Work for Reading {
    fn ask(&self, transaction: &IdbTransaction) -> Result<Vec<IdbRequest>, JsValue> {
        match &self.read {
            Read::Page { store, after, limit } => {
                let store = transaction.object_store(store_name(*store))?;
                let range = match after {
                    Some(after) => IdbKeyRange::lower_bound_with_open(&after.into(), true)?.into(),
                    None => JsValue::UNDEFINED,
                };
                Ok(vec![store.get_all_keys_with_key_and_limit(&range, *limit)?, store.get_all_with_key_and_limit(&range, *limit)?])
            }
            Read::Values { keys } => get_all(transaction, keys),
        }
    }

    fn go_on(&mut self, _: &IdbTransaction, results: Vec<JsValue>) -> Result<(), JsValue> {
        self.rows = match &self.read {
            Read::Page { limit, .. } => page(&results, *limit),
            Read::Values { keys } => present(keys, results).into_iter().map(|(_, key, value)| (key, value)).collect(),
        };
        Ok(())
    }

    fn end(self: Box<Self>, result: Result<(), StorageFailure>) {
        let Self { rows, done, .. } = *self;
        done(result.map(|()| rows));
    }
}

fn get_all(transaction: &IdbTransaction, places: &[(Store, String)]) -> Result<Vec<IdbRequest>, JsValue> {
    places.iter().map(|(store, key)| transaction.object_store(store_name(*store))?.get(&key.into())).collect()
}

/// The places that have a value, with it.
fn present(places: &[(Store, String)], results: Vec<JsValue>) -> Vec<(Store, String, Vec<u8>)> {
    let mut present = Vec::new();
    for ((store, key), value) in places.iter().zip(results) {
        if !value.is_undefined() {
            present.push((*store, key.clone(), bytes(&value)));
        }
    }
    present
}

/// The rows of two parallel arrays, of keys and of values.
fn page(results: &[JsValue], limit: u32) -> Vec<Row> {
    let [keys, values] = results else { return Vec::new() };
    let (keys, values): (&Array, &Array) = (keys.unchecked_ref(), values.unchecked_ref());
    let rows = keys.iter().zip(values.iter()).filter_map(|(key, value)| Some((key.as_string()?, bytes(&value))));
    // To IndexedDB a limit of 0 is none.
    rows.take(limit as usize).collect()
}

fn bytes(value: &JsValue) -> Vec<u8> {
    value.unchecked_ref::<Uint8Array>().to_vec()
}
