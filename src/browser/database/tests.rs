//! Every place is held against [`MemoryStore`], the reference of what a transaction means.

use super::*;
use crate::browser::done::answer;
use crate::browser::guard::{live_callbacks, settle};
use crate::engine::meta::CURSOR;
use crate::engine::storage::{Guard, MemoryStore, REVISION_COUNTER, SEQ_COUNTER, Write, seq_key};
use js_sys::{Math, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{IdbFactory, Storage};

fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).unwrap()
}

fn fresh_name() -> String {
    format!("sealwire/test/{}", Math::random())
}

async fn open(name: &str) -> Database {
    answer(|done| Database::open(name, |_, _| {}, done)).await
}

fn open_local(name: &str) -> Database {
    Database::new(super::open_local(name), |_, _| {})
}

fn open_memory() -> Database {
    Database::new(Place::in_memory(), |_, _| {})
}

fn commit(database: &Database, transaction: &Transaction) -> impl Future<Output = CommitOutcome> {
    answer(|done| database.commit(transaction.clone(), done))
}

fn read(database: &Database, read: &Read) -> impl Future<Output = Result<Vec<Row>, StorageFailure>> {
    answer(|done| database.read(read.clone(), done))
}

fn put(store: Store, key: &str, value: &[u8]) -> Write {
    Write::Put { store, key: key.into(), value: value.into() }
}

fn append(value: &[u8]) -> Write {
    Write::Append { value: value.into() }
}

fn revise(key: &str, value: &[u8]) -> Write {
    Write::Revise { key: key.into(), value: value.into() }
}

fn raise(key: &str, value: u64) -> Write {
    Write::Raise { key: key.into(), value }
}

fn guard(store: Store, key: &str, expected: Option<&[u8]>) -> Guard {
    Guard { store, key: key.into(), expected: expected.map(Into::into) }
}

fn transaction(guards: &[Guard], writes: &[Write]) -> Transaction {
    Transaction { guards: guards.into(), writes: writes.into() }
}

fn page(store: Store, after: Option<&str>, limit: u32) -> Read {
    Read::Page { store, after: after.map(Into::into), limit }
}

const STORES: [Store; 7] = [Store::Meta, Store::Heads, Store::Bodies, Store::Outbox, Store::Changes, Store::Settled, Store::Held];

/// Transactions of every kind, and those whose steps touch the same value.
fn story() -> Vec<Transaction> {
    use Store::{Bodies, Changes, Heads, Held, Meta, Outbox, Settled};
    vec![
        transaction(&[], &[]),
        transaction(&[], &[put(Heads, "a/1", b"one"), put(Bodies, "a/1", b""), put(Meta, "device_id", b"d")]),
        transaction(&[guard(Heads, "a/1", Some(b"one")), guard(Heads, "a/2", None)], &[put(Heads, "a/2", b"two"), append(b"first")]),
        transaction(
            &[guard(Heads, "a/3", None), guard(Heads, "a/1", None)],
            &[put(Heads, "a/3", b"three"), append(b"lost"), raise("clock", 99)],
        ),
        transaction(&[guard(Bodies, "a/1", Some(b""))], &[append(b"second"), append(b"third"), raise("clock", 5), raise("clock", 3)]),
        transaction(
            &[guard(Meta, "clock", Some(&5_u64.to_be_bytes()))],
            &[raise("clock", 4), put(Heads, "a/2", b"2"), put(Heads, "a/2", b"zwei")],
        ),
        transaction(
            &[],
            &[Write::Delete { store: Outbox, key: seq_key(2) }, Write::Delete { store: Heads, key: "none".into() }, append(b"fourth")],
        ),
        transaction(
            &[],
            &[put(Meta, SEQ_COUNTER, &9_u64.to_be_bytes()), append(b"tenth"), raise(SEQ_COUNTER, 20), append(b"twenty-first")],
        ),
        transaction(&[guard(Outbox, &seq_key(2), Some(b"second"))], &[Write::Delete { store: Heads, key: "a/1".into() }]),
        transaction(&[], &[put(Heads, "x", b"x"), Write::Delete { store: Heads, key: "x".into() }, put(Meta, CURSOR, b"c")]),
        transaction(&[], &[raise("clock", u64::MAX - 1), raise("clock", u64::MAX - 2), put(Meta, "odd", b"odd"), raise("odd", 0)]),
        transaction(
            &[guard(Meta, "clock", Some(&(u64::MAX - 1).to_be_bytes())), guard(Meta, "odd", Some(&[0; 8]))],
            &[raise(SEQ_COUNTER, (1 << 53) + 1), append(b"far"), append(b"farther")],
        ),
        transaction(&[guard(Heads, "a/2", Some(b"zwo"))], &[append(b"lost"), revise("a/2", b"lost")]),
        transaction(&[guard(Heads, "a/2", Some(b"zwei"))], &[revise("a/2", b"........two"), revise("é", b"......?!"), append(b"between")]),
        transaction(
            &[guard(Heads, "a/2", Some(b"\0\0\0\0\0\0\0\x01two"))],
            &[revise("a/2", b"........2"), revise("a/2", b"........3"), revise("short", b"short"), put(Settled, &seq_key(1), b"s")],
        ),
        transaction(&[guard(Changes, &seq_key(5), Some(b"short"))], &[put(Held, "a/2", b"h"), put(Meta, REVISION_COUNTER, b"?")]),
        transaction(&[], &[Write::Delete { store: Heads, key: "a/2".into() }, revise("a/2", b"........4")]),
    ]
}

async fn follows_the_reference(database: Database) {
    let mut reference = MemoryStore::default();
    for (number, step) in story().iter().enumerate() {
        assert_eq!(commit(&database, step).await, reference.commit(step), "transaction {number}");
        for store in STORES {
            for (after, limit) in
                [(None, 100), (None, 2), (Some("a/1"), 100), (Some(SEQ_COUNTER), 1), (Some(seq_key(1).as_str()), 2), (None, 0)]
            {
                let step = page(store, after, limit);
                assert_eq!(read(&database, &step).await, Ok(reference.read(&step)), "after transaction {number}: {step:?}");
            }
        }
    }
    let keys = [(Store::Meta, "clock"), (Store::Heads, "none"), (Store::Outbox, &*seq_key(21)), (Store::Meta, CURSOR)];
    for keys in [&keys[..], &[]] {
        let values = Read::Values { keys: keys.iter().map(|(store, key)| (*store, (*key).to_owned())).collect() };
        assert_eq!(read(&database, &values).await, Ok(reference.read(&values)));
    }
}

#[wasm_bindgen_test]
async fn indexeddb_follows_the_reference() {
    let database = open(&fresh_name()).await;
    assert_eq!(database.kind(), Kind::Indexeddb);
    follows_the_reference(database).await;
}

#[wasm_bindgen_test]
async fn localstorage_follows_the_reference() {
    let database = open_local(&fresh_name());
    assert_eq!((database.kind(), database.durability()), (Kind::Localstorage, Durability::Relaxed));
    follows_the_reference(database).await;
}

#[wasm_bindgen_test]
async fn memory_follows_the_reference() {
    let database = open_memory();
    assert_eq!((database.kind(), database.durability()), (Kind::Memory, Durability::Memory));
    follows_the_reference(database).await;
}

#[wasm_bindgen_test]
async fn a_thousand_records_are_one_strict_transaction_and_still_there_after_reopening() {
    let name = fresh_name();
    let database = open(&name).await;
    let records: Vec<_> = (0..1000).map(|number| put(Store::Bodies, &format!("{number:04}"), &[number as u8; 4096])).collect();
    assert_eq!(commit(&database, &transaction(&[], &records)).await, CommitOutcome::Done { appended: vec![] });
    assert_eq!(database.durability(), Durability::Strict);
    drop(database);

    let database = open(&name).await;
    let mut after = None;
    let mut found = Vec::new();
    for _ in 0..4 {
        let rows = read(&database, &page(Store::Bodies, after.as_deref(), 300)).await.unwrap();
        after = rows.last().map(|(key, _)| key.clone());
        found.extend(rows);
    }
    let expected: Vec<_> = (0..1000).map(|number| (format!("{number:04}"), vec![number as u8; 4096])).collect();
    assert!(found == expected);
}

#[wasm_bindgen_test]
async fn of_two_tabs_that_assume_the_same_one_gets_a_conflict() {
    let name = fresh_name();
    let (one, other) = (open(&name).await, open(&name).await);
    let taken = transaction(&[guard(Store::Heads, "a", None)], &[put(Store::Heads, "a", b"1"), append(b"1")]);
    let (first, second) = (commit(&one, &taken), commit(&other, &taken));
    assert_eq!(first.await, CommitOutcome::Done { appended: vec![1] });
    assert_eq!(second.await, CommitOutcome::Conflict { actual: vec![Some(b"1".to_vec())] });
    assert_eq!(read(&one, &page(Store::Outbox, None, 9)).await, Ok(vec![(seq_key(1), b"1".to_vec())]));
}

/// Opens a database; with the code that it ends with.
async fn open_watched(name: &str) -> (Database, Rc<Cell<Option<ErrorCode>>>) {
    let told = Rc::new(Cell::new(None));
    let telling = Rc::clone(&told);
    (answer(|done| Database::open(name, move |code, _| telling.set(Some(code)), done)).await, told)
}

/// Waits for the end, a while.
async fn end_of(told: &Cell<Option<ErrorCode>>) -> Option<ErrorCode> {
    for _ in 0..2_000 {
        if told.get().is_some() {
            break;
        }
        let task = Promise::new(&mut |resolve, _| {
            let set_timeout: js_sys::Function = global("setTimeout").unchecked_into();
            let _ = set_timeout.call1(&JsValue::UNDEFINED, &resolve);
        });
        answer(|done| settle(Ok(task), done)).await.unwrap();
    }
    told.get()
}

#[wasm_bindgen_test]
async fn where_another_tab_deletes_a_database_its_end_is_told_and_none_is_made_in_its_place() {
    let name = fresh_name();
    let (database, told) = open_watched(&name).await;
    database.remember("");
    assert_eq!(commit(&database, &transaction(&[], &[append(b"1")])).await, CommitOutcome::Done { appended: vec![1] });
    let factory: IdbFactory = global("indexedDB").unchecked_into();
    let request = factory.delete_database(&name).unwrap();
    let deleted = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    assert!(answer(|done| settle(Ok(deleted), done)).await.is_ok());
    assert_eq!(end_of(&told).await, Some(ErrorCode::StorageLost));
    // The one that is opened next is new, and misses it.
    let (database, told) = open_watched(&name).await;
    database.remember("");
    assert_eq!((database.kind(), end_of(&told).await), (Kind::Indexeddb, Some(ErrorCode::StorageLost)));
    assert_eq!(read(&database, &page(Store::Outbox, None, 1)).await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn a_database_of_a_newer_layout_is_left_to_it_and_the_end_is_told() {
    let name = fresh_name();
    let (_older, told) = open_watched(&name).await;
    let factory: IdbFactory = global("indexedDB").unchecked_into();
    let request = factory.open_with_u32(&name, 1_000).unwrap();
    let newer = Promise::new(&mut |resolve, _| request.set_onsuccess(Some(&resolve)));
    assert!(answer(|done| settle(Ok(newer), done)).await.is_ok());
    assert_eq!(end_of(&told).await, Some(ErrorCode::Outdated));
    let (late, told) = open_watched(&name).await;
    assert_eq!((late.kind(), end_of(&told).await), (Kind::Indexeddb, Some(ErrorCode::Outdated)));
}

#[wasm_bindgen_test]
async fn what_was_begun_before_it_is_dropped_ends_and_answers() {
    let name = fresh_name();
    let database = open(&name).await;
    // The closure owns the database, and is gone before the answer comes.
    let begun = answer(move |done| database.commit(transaction(&[], &[append(b"1")]), done));
    assert_eq!(begun.await, CommitOutcome::Done { appended: vec![1] });
    assert_eq!(read(&open(&name).await, &page(Store::Outbox, None, 9)).await, Ok(vec![(seq_key(1), b"1".to_vec())]));
}

#[wasm_bindgen_test]
async fn localstorage_keeps_meta_and_outbox_without_the_cursor() {
    let name = fresh_name();
    let writes = [put(Store::Meta, "salt", &[0, 255]), put(Store::Meta, CURSOR, b"c"), put(Store::Heads, "a", b"h"), append(b"o")];
    commit(&open_local(&name), &transaction(&[], &writes)).await;
    let database = open_local(&name);
    let meta = vec![("salt".to_owned(), vec![0, 255]), (SEQ_COUNTER.to_owned(), 1_u64.to_be_bytes().to_vec())];
    assert_eq!(read(&database, &page(Store::Meta, None, 9)).await, Ok(meta));
    assert_eq!(read(&database, &page(Store::Outbox, None, 9)).await, Ok(vec![(seq_key(1), b"o".to_vec())]));
    assert_eq!(read(&database, &page(Store::Heads, None, 9)).await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn two_tabs_take_over_what_each_other_wrote_to_localstorage() {
    let name = fresh_name();
    let (one, other) = (open_local(&name), open_local(&name));
    assert_eq!(commit(&one, &transaction(&[], &[append(b"1")])).await, CommitOutcome::Done { appended: vec![1] });
    assert_eq!(commit(&other, &transaction(&[], &[append(b"2")])).await, CommitOutcome::Done { appended: vec![2] });
    let gone = transaction(&[guard(Store::Outbox, &seq_key(2), Some(b"2"))], &[Write::Delete { store: Store::Outbox, key: seq_key(2) }]);
    assert_eq!(commit(&one, &gone).await, CommitOutcome::Done { appended: vec![] });
    assert_eq!(read(&other, &page(Store::Outbox, None, 9)).await, Ok(vec![(seq_key(1), b"1".to_vec())]));
}

#[wasm_bindgen_test]
async fn a_damaged_item_of_localstorage_is_none() {
    let name = fresh_name();
    let storage: Storage = global("localStorage").unchecked_into();
    for damaged in ["", "[[", r#"[["meta","salt","é"]]"#, r#"[["gone","salt","AA=="]]"#, "null"] {
        let database = open_local(&name);
        commit(&database, &transaction(&[], &[put(Store::Meta, "salt", b"s")])).await;
        storage.set_item(&name, damaged).unwrap();
        assert_eq!(read(&database, &page(Store::Meta, None, 9)).await, Ok(vec![]), "{damaged}");
        assert_eq!(commit(&open_local(&name), &transaction(&[], &[append(b"1")])).await, CommitOutcome::Done { appended: vec![1] });
        storage.remove_item(&name).unwrap();
    }
}

#[wasm_bindgen_test]
async fn what_is_too_much_for_localstorage_leaves_nothing() {
    let name = fresh_name();
    let database = open_local(&name);
    let small = transaction(&[], &[put(Store::Meta, "salt", b"old"), put(Store::Heads, "a", b"old"), append(b"first")]);
    commit(&database, &small).await;
    let large = |size: usize| transaction(&[], &[put(Store::Meta, "salt", b"new"), put(Store::Heads, "a", b"new"), append(&vec![7; size])]);

    // More than the account's share, then more than the browser has left.
    assert_eq!(commit(&database, &large(2 << 20)).await, CommitOutcome::Failed(StorageFailure::Full));
    let storage: Storage = global("localStorage").unchecked_into();
    storage.set_item("filler", &"x".repeat(4_200_000)).unwrap();
    assert_eq!(commit(&database, &large(1 << 20)).await, CommitOutcome::Failed(StorageFailure::Full));
    storage.remove_item("filler").unwrap();

    for database in [database, open_local(&name)] {
        let values = Read::Values { keys: vec![(Store::Meta, "salt".into())] };
        assert_eq!(read(&database, &values).await, Ok(vec![("salt".into(), b"old".to_vec())]));
        assert_eq!(read(&database, &page(Store::Outbox, None, 9)).await, Ok(vec![(seq_key(1), b"first".to_vec())]));
    }
    let database = open_local(&name);
    assert_eq!(commit(&database, &large(1 << 20)).await, CommitOutcome::Done { appended: vec![2] });
}

#[wasm_bindgen_test]
async fn what_has_ended_leaves_no_callback() {
    let name = fresh_name();
    let before = live_callbacks();
    for _ in 0..50 {
        let database = open(&name).await;
        commit(&database, &transaction(&[guard(Store::Heads, "a", None)], &[append(b"1")])).await;
        commit(&database, &transaction(&[guard(Store::Heads, "a", Some(b""))], &[append(b"1")])).await;
        read(&database, &page(Store::Outbox, None, 2)).await.unwrap();
    }
    assert_eq!(live_callbacks(), before);
}
