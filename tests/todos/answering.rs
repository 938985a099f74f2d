//! What each answer means, and answers that come at a bad time: by hand.

use crate::by_hand::Bench;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::io::HttpOutcome;
use sealwire::engine::notice::AccountCheck;
use sealwire::engine::storage::{Store, Transaction, Write, counter_value};
use sealwire::rows::io::{Method, Verb};
use sealwire::rows::meta;
use sealwire::rows::notice::{ConnectionState, Notice};

const MILK: &str = r#"{"id":"t1","userId":"u1","title":"milk","parentId":null,"claimedBy":null}"#;
const BREAD: &str = r#"{"id":"t2","userId":"u1","title":"bread","parentId":null,"claimedBy":null}"#;

fn answer(status: u16, body: &str) -> HttpOutcome {
    HttpOutcome::Response { status, body: body.into(), retry_after: None }
}

/// A page that has read a set of two rows.
fn with_rows() -> Bench {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list(&format!("{MILK},{BREAD}"));
    b
}

/// What became of the first change, while one of another row waits behind it.
fn fate(b: &Bench) -> &'static str {
    let is_refused = b.notices.iter().any(|notice| matches!(notice, Notice::Rejected(_)));
    match b.engine.status().state {
        ConnectionState::Stopped => "stopped",
        _ if b.settled.iter().any(|settled| settled == "e1 confirmed") => "done",
        _ if is_refused => "refused",
        _ if !b.writes().is_empty() => "the other one first",
        _ if b.asks("/todos") => "unknown",
        _ => "later",
    }
}

#[test]
pub fn what_an_answer_means() {
    let words = r#"{"error":"No"}"#;
    for (outcome, method, expected) in [
        (answer(200, r#"{"ok":true}"#), Method::Patch, "done"),
        (answer(204, ""), Method::Patch, "done"),
        (answer(302, ""), Method::Patch, "unknown"),
        (answer(400, words), Method::Patch, "refused"),
        (answer(401, words), Method::Patch, "stopped"),
        (answer(403, words), Method::Patch, "refused"),
        (answer(404, words), Method::Patch, "refused"),
        (answer(404, words), Method::Delete, "done"),
        (answer(408, ""), Method::Patch, "unknown"),
        (answer(409, words), Method::Patch, "refused"),
        (answer(410, words), Method::Patch, "refused"),
        (answer(410, words), Method::Delete, "done"),
        (answer(422, words), Method::Patch, "refused"),
        (answer(425, words), Method::Patch, "later"),
        (answer(429, words), Method::Patch, "later"),
        (answer(500, words), Method::Patch, "unknown"),
        (answer(501, words), Method::Patch, "the other one first"),
        (answer(502, "<html>"), Method::Patch, "unknown"),
        (answer(503, ""), Method::Patch, "unknown"),
        (answer(503, words), Method::Patch, "the other one first"),
        (HttpOutcome::Unreachable, Method::Patch, "unknown"),
    ] {
        let mut b = with_rows();
        match method {
            Method::Delete => b.push(Verb::Delete, "t1", ""),
            _ => b.push(Verb::Update, "t1", r#"{"title":"oat milk"}"#),
        }
        b.push(Verb::Update, "t2", r#"{"title":"rye"}"#);
        let what = format!("{outcome:?} to a {}", method.as_str());
        assert!(b.answer("/t1", method, outcome));
        assert_eq!(fate(&b), expected, "{what}");
    }
}

#[test]
fn what_is_said_of_who_is_signed_in() {
    for (outcome, account, reason) in [
        (answer(200, r#"{"user":{"id":"u1"}}"#), AccountCheck::Verified, None),
        (answer(200, r#"{"user":{"id":"u2"}}"#), AccountCheck::Unknown, Some(ErrorCode::WrongUser)),
        (answer(200, r#"{"user":null}"#), AccountCheck::Unknown, Some(ErrorCode::NeedsAuth)),
        (answer(401, ""), AccountCheck::Unknown, Some(ErrorCode::NeedsAuth)),
        (answer(200, "<html>"), AccountCheck::Unverified, None),
        (answer(404, ""), AccountCheck::Unverified, None),
        (answer(429, ""), AccountCheck::Unknown, None),
        (answer(503, ""), AccountCheck::Unknown, None),
        (HttpOutcome::Unreachable, AccountCheck::Unknown, None),
    ] {
        let mut b = Bench::new();
        b.open();
        let what = format!("{outcome:?}");
        assert!(b.answer("/me", Method::Get, outcome));
        let status = b.engine.status();
        assert_eq!((status.account, status.reason), (account, reason), "{what}");
        assert_eq!(status.state == ConnectionState::Stopped, reason.is_some(), "{what}");
        b.pass(1_000);
        assert_eq!(b.asks("/me"), account == AccountCheck::Unknown && reason.is_none(), "{what}");
    }
}

/// A list is under way for half a minute. It tells of the time at which it was asked for.
#[test]
fn a_list_that_takes_long() {
    let mut b = with_rows();
    b.push(Verb::Create, "tmp", r#"{"title":"rye"}"#);
    assert!(b.answer("/todos", Method::Post, HttpOutcome::Unreachable));
    b.pass(31_000);
    assert!(b.list(""));
    assert_eq!(b.writes(), [] as [String; 0]);
    b.pass(1_000);
    assert!(b.list(r#"{"id":"t3","userId":"u1","title":"rye","parentId":null}"#));
    assert_eq!((&b.settled[..], b.writes().len()), (&["e1 confirmed".to_owned()][..], 0));
}

/// A list that was asked for before a write was given up does not tell what became of it.
#[test]
pub fn a_list_from_before() {
    let mut b = with_rows();
    b.hear(r#"{"type":"realtime:ready","setId":"set-1"}"#);
    b.pass(2_000);
    b.pass(100);
    b.push(Verb::Update, "t1", r#"{"title":"oat milk"}"#);
    assert!(b.asks("/todos") && b.answer("/t1", Method::Patch, HttpOutcome::Unreachable));
    b.list(MILK);
    b.pass(1_000);
    assert_eq!((b.writes().len(), b.settled.len(), b.asks("/todos")), (0, 0, true));
    b.list(MILK);
    b.pass(1_000);
    assert_eq!(b.writes().len(), 1);
}

/// A claim is a toggle: a list that was asked for before it does not tell whether to send it.
#[test]
fn a_claim_and_a_list_from_before() {
    let mut b = with_rows();
    b.hear(r#"{"type":"realtime:ready","setId":"set-1"}"#);
    b.pass(2_000);
    b.pass(100);
    b.push(Verb::Claim, "t1", r#"{"claimed":true}"#);
    assert!(b.list(MILK));
    assert_eq!(b.writes(), [] as [String; 0]);
    assert!(b.list(&MILK.replace(r#""claimedBy":null"#, r#""claimedBy":"u1""#)));
    assert_eq!((b.writes().len(), &b.settled[..]), (0, &["e1 unchanged".to_owned()][..]));
}

/// A list comes that was asked for before something was told: what was told counts.
#[test]
fn a_list_older_than_an_event() {
    let mut b = with_rows();
    b.hear(r#"{"type":"realtime:ready","setId":"set-1"}"#);
    b.pass(2_000);
    b.hear(r#"{"type":"todo:updated","setId":"set-1","todo":{"id":"t1","title":"oat milk"}}"#);
    b.hear(r#"{"type":"todo:created","setId":"set-1","todo":{"id":"t3","userId":"u2","title":"rye","parentId":null}}"#);
    b.hear(r#"{"type":"todo:deleted","setId":"set-1","id":"t2"}"#);
    b.notices.clear();
    assert!(b.list(&format!("{MILK},{BREAD}")));
    assert_eq!(["t1", "t2", "t3"].map(|id| b.told(id)), [None; 3]);
    b.pass(2_000);
    assert!(b.asks("/todos"), "and it is read once more");
}

/// Somebody renames a new row before the answer to its create comes: what was told is newer.
#[test]
fn an_answer_older_than_an_event() {
    let mut b = with_rows();
    b.push(Verb::Create, "tmp", r#"{"title":"rye"}"#);
    let row = r#"{"id":"t3","userId":"u1","title":"rye","parentId":null}"#;
    b.hear(&format!(r#"{{"type":"todo:created","setId":"set-1","todo":{row}}}"#));
    b.hear(r#"{"type":"todo:updated","setId":"set-1","todo":{"id":"t3","title":"spelt"}}"#);
    assert!(b.answer("/todos", Method::Post, answer(201, &format!(r#"{{"todo":{row}}}"#))));
    assert!(b.told("t3").unwrap().data.contains("spelt"));
}

/// Two rows may be the one that was made: it is the older one.
#[test]
fn of_several_the_oldest() {
    let mut b = with_rows();
    b.push(Verb::Create, "tmp", r#"{"title":"rye"}"#);
    assert!(b.answer("/todos", Method::Post, HttpOutcome::Unreachable));
    let row = |id: &str, date: &str| format!(r#"{{"id":"{id}","userId":"u1","title":"rye","parentId":null,"createdAt":"{date}"}}"#);
    assert!(b.list(&[MILK.into(), row("t3", "2026-11-22T01:15:46.215Z"), row("t4", "2026-11-22 01:15:45")].join(",")));
    assert_eq!(b.told("t4").unwrap().alias.as_deref(), Some("tmp"));
}

/// Who holds a row is told without the name and the picture: they are not those of the one before.
#[test]
fn claimed_by_somebody_without_a_name() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list(r#"{"id":"t1","userId":"u1","title":"milk","parentId":null,"claimedBy":"u2","claimedByName":"Two","claimedByUsername":"@two"}"#);
    b.hear(r#"{"type":"todo:claimed","setId":"set-1","id":"t1","claimedBy":"u3"}"#);
    let data = &b.told("t1").unwrap().data;
    assert!(data.contains(r#""claimedBy":"u3""#) && !data.contains("wo\""), "{}", data.as_str());
}

/// Another tab has taken the lead, and nobody said so: the database knows. Nothing is sent before it is taken back.
#[test]
fn who_is_fenced_rises_again_before_it_sends() {
    let mut b = with_rows();
    let write = Write::Raise { key: meta::EPOCH.to_owned(), value: 7 };
    b.store.commit(&Transaction { writes: vec![write], ..Transaction::default() });
    b.push(Verb::Update, "t1", r#"{"title":"oat milk"}"#);
    if b.asks("/me") {
        b.me();
    }
    let epoch = b.store.get(Store::Meta, meta::EPOCH).map(|bytes| counter_value(bytes));
    assert_eq!((b.writes().len(), epoch), (1, Some(8)));
}
