//! Records of the database, byte for byte.

use super::{LATEST_ROW, fields};
use sealwire::engine::payload::Payload;
use sealwire::engine::storage::seq_key;
use sealwire::rows::aliases::{self, Alias};
use sealwire::rows::dialect::Operation;
use sealwire::rows::glint::op::Op;
use sealwire::rows::io::Verb;
use sealwire::rows::meta;
use sealwire::rows::outbox::{Entry, EntryState, Reason};
use sealwire::rows::table::{MARK, ROW, Table, row_of_head};

const DATA: &str = r#"{"title":"Milk"}"#;
/// Up to the state: version, verb, the change's id, the row's, when it was made (2025-12-29).
const HEADER: &str = "0102 0002 6531 0002 7431 0000019b67679400";

fn entry(state: EntryState) -> Entry<Op> {
    Entry {
        event_id: "e1".into(),
        id: "t1".into(),
        verb: Verb::Update,
        op: Op::Update(fields(DATA)),
        data: Payload(DATA.into()),
        made_at: 1_766_966_400_000,
        state,
    }
}

fn bytes(hex: &str, rest: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|digit| !digit.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).chain(rest.bytes()).collect()
}

#[test]
fn a_change_of_the_outbox_in_each_state() {
    let reason = |blocked_by: Option<&str>| Reason { words: "no".into(), blocked_by: blocked_by.map(str::to_owned) };
    for (state, hex) in [
        (EntryState::Waiting, "00"),
        (EntryState::Attempted { known: vec![] }, "01 0000000000000000"),
        (EntryState::Attempted { known: vec!["a".into(), "é".into()] }, "01 0000000000000002 0001 61 0002 c3a9"),
        (EntryState::Wedged(reason(None)), "02 0002 6e6f"),
        (EntryState::Wedged(reason(Some("e0"))), "03 0002 6e6f 0002 6530"),
    ] {
        let record = bytes(&format!("{HEADER} {hex}"), DATA);
        assert_eq!(entry(state.clone()).to_bytes(), record);
        assert_eq!(Entry::<Op>::from_bytes(&record), Some(entry(state)));
    }
}

#[test]
fn the_byte_of_each_verb() {
    let verbs = [Verb::Create, Verb::Update, Verb::Delete, Verb::Reorder, Verb::Claim, Verb::Assign, Verb::Move];
    let said: Vec<(u8, &str)> = verbs.into_iter().map(|verb| (verb.code(), verb.as_str())).collect();
    assert_eq!(said, [(1, "create"), (2, "update"), (3, "delete"), (4, "reorder"), (5, "claim"), (6, "assign"), (7, "move")]);
}

#[test]
fn the_data_of_each_verb_comes_back() {
    for (verb, data) in [
        (Verb::Create, r#"{"title":"Milk","parentId":"t0"}"#),
        (Verb::Update, r#"{"completed":true,"sortOrder":0.5}"#),
        (Verb::Delete, ""),
        (Verb::Reorder, r#"{"items":[{"id":"t1","sortOrder":1}]}"#),
        (Verb::Claim, r#"{"claimed":true}"#),
        (Verb::Assign, r#"{"assignees":[{"userId":"u1","name":"Ada"}]}"#),
        (Verb::Move, r#"{"targetSetId":"set-2"}"#),
    ] {
        let op = Op::read(verb, "", data).unwrap();
        let entry = Entry { verb, op, data: Payload(data.into()), ..entry(EntryState::Waiting) };
        assert_eq!(Entry::<Op>::from_bytes(&entry.to_bytes()), Some(entry));
    }
}

#[test]
fn a_damaged_record_is_none() {
    let whole = entry(EntryState::Wedged(Reason { words: "no".into(), blocked_by: Some("e0".into()) })).to_bytes();
    for length in 0..whole.len() {
        assert_eq!(Entry::<Op>::from_bytes(&whole[..length]), None, "{length}");
    }
    for (at, wrong) in [(0, 0), (0, 2), (1, 0), (1, 8), (18, 4), (whole.len() - 1, b'{')] {
        let mut damaged = whole.clone();
        damaged[at] = wrong;
        assert_eq!(Entry::<Op>::from_bytes(&damaged), None, "{at}");
    }
    // A count that no record can have.
    assert_eq!(Entry::<Op>::from_bytes(&bytes(&format!("{HEADER} 01 ffffffffffffffff"), DATA)), None);
}

#[test]
fn a_row_and_one_that_is_gone() {
    let mut table = Table::default();
    table.load("t2", Some(fields(LATEST_ROW)));
    let head = bytes("0000000000000000", LATEST_ROW);
    assert_eq!(table.head("t2"), head);
    assert_eq!(row_of_head(&head), Some(fields(LATEST_ROW)));
    assert_eq!(table.head("t1"), [0; 8]);
    assert_eq!(row_of_head(&[0; 8]), None);
}

#[test]
fn an_alias() {
    let alias = Alias { id: "t1".into(), seq: 258 };
    assert_eq!(aliases::key_of("tmp-1"), "alias/tmp-1");
    assert_eq!(alias.to_bytes(), bytes("0000000000000102", "t1"));
    assert_eq!(Alias::from_bytes(&bytes("0000000000000102", "t1")), Some(alias));
    assert_eq!(Alias::from_bytes(&[0; 7]), None);
}

#[test]
fn keys() {
    assert_eq!(seq_key(258), "0000000000000102");
    assert_eq!((ROW, MARK), ("r/", "c/"));
    assert_eq!((meta::EPOCH, meta::FLOOR, meta::SETS), ("epoch", "floor_revision", "sets"));
}
