//! What a transaction comes to, given the values that it depends on. [`MemoryStore`] decides, so that every database means
//! the same by a transaction.

use crate::engine::storage::{CommitOutcome, MemoryStore, SEQ_COUNTER, Store, Transaction, Write, seq_key};

/// The places whose values a transaction depends on: its guards' and its counters'.
pub(super) fn inputs(transaction: &Transaction) -> Vec<(Store, String)> {
    let mut inputs: Vec<_> = transaction.guards.iter().map(|guard| (guard.store, guard.key.clone())).collect();
    if transaction.writes.iter().any(|write| matches!(write, Write::Append { .. })) {
        inputs.push((Store::Meta, SEQ_COUNTER.to_owned()));
    }
    for write in &transaction.writes {
        if let Write::Raise { key, .. } = write {
            inputs.push((Store::Meta, key.clone()));
        }
    }
    inputs
}

/// Whether a transaction reads or writes a store.
pub(super) fn touches(transaction: &Transaction, store: Store) -> bool {
    transaction.guards.iter().any(|guard| guard.store == store)
        || transaction.writes.iter().any(|write| match write {
            Write::Put { store: written, .. } | Write::Delete { store: written, .. } => *written == store,
            Write::Append { .. } => matches!(store, Store::Outbox | Store::Meta),
            Write::Raise { .. } => store == Store::Meta,
        })
}

/// A transaction whose guards hold: the numbers that it gave, and what it leaves behind.
pub(super) struct Decision {
    pub(super) appended: Vec<u64>,
    written: Vec<(Store, String)>,
    values: MemoryStore,
}

/// Decides a transaction. `inputs` has the values of the places that [`inputs`] named, without the absent ones.
///
/// # Errors
/// The conflict.
pub(super) fn decide(transaction: &Transaction, inputs: Vec<(Store, String, Vec<u8>)>) -> Result<Decision, CommitOutcome> {
    let mut values = MemoryStore::default();
    let known = inputs.into_iter().map(|(store, key, value)| Write::Put { store, key, value }).collect();
    values.commit(&Transaction { guards: Vec::new(), writes: known });
    match values.commit(transaction) {
        CommitOutcome::Done { appended } => Ok(Decision { written: written(transaction, &appended), appended, values }),
        refused @ (CommitOutcome::Conflict { .. } | CommitOutcome::Failed(_)) => Err(refused),
    }
}

impl Decision {
    /// Each place that is written, with the value that it ends with; `None` where there is none any more. A place that the
    /// transaction writes more than once comes as often.
    pub(super) fn changes(&self) -> impl Iterator<Item = (Store, &str, Option<&Vec<u8>>)> {
        self.written.iter().map(|(store, key)| (*store, key.as_str(), self.values.get(*store, key)))
    }
}

fn written(transaction: &Transaction, appended: &[u64]) -> Vec<(Store, String)> {
    let mut written: Vec<_> = appended.iter().map(|seq| (Store::Outbox, seq_key(*seq))).collect();
    if !appended.is_empty() {
        written.push((Store::Meta, SEQ_COUNTER.to_owned()));
    }
    for write in &transaction.writes {
        match write {
            Write::Put { store, key, .. } | Write::Delete { store, key } => written.push((*store, key.clone())),
            Write::Raise { key, .. } => written.push((Store::Meta, key.clone())),
            Write::Append { .. } => {}
        }
    }
    written
}
