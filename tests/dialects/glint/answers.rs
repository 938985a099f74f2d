//! Bodies of answers.

use super::{LATEST_ROW, LATEST_TODO, SEED_ROW, SEED_TODO, fields};
use sealwire::rows::glint::request::{Listing, read_created, read_listing, read_me};
use sealwire::rows::wire::read_refusal;

#[test]
fn the_todos_of_a_set() {
    let body = format!(r#"{{"todos":[{SEED_TODO},{LATEST_TODO}],"role":"admin","permissions":{{"edit_any_todo":true}}}}"#);
    assert_eq!(read_listing(&body), Some(Listing { rows: vec![fields(SEED_ROW), fields(LATEST_ROW)], bad: 0 }));
    assert_eq!(read_listing(r#"{"todos":[]}"#), Some(Listing { rows: vec![], bad: 0 }));
}

/// One planted todo must not make a set unreadable.
#[test]
fn todos_that_cannot_be_read_are_counted() {
    let bad = r#"null,7,"t1",[],{},{"id":"t1"},{"id":7,"title":"x"},{"id":"","title":"x"},{"id":"t1","title":null},{"id":"t1","title":"x","parentId":1}"#;
    let read = read_listing(&format!(r#"{{"todos":[{bad},{SEED_TODO}]}}"#));
    assert_eq!(read, Some(Listing { rows: vec![fields(SEED_ROW)], bad: 10 }));
}

#[test]
fn what_is_no_list() {
    for body in ["", "null", "[]", "{}", r#"{"todos":null}"#, r#"{"todos":{}}"#, r#"{"todos":[]} ."#, "<html>", r#"{"error":"Not found"}"#]
    {
        assert_eq!(read_listing(body), None, "{body}");
    }
}

#[test]
fn a_todo_that_was_made() {
    for (todo, row) in [(SEED_TODO, SEED_ROW), (LATEST_TODO, LATEST_ROW)] {
        assert_eq!(read_created(&format!(r#"{{"todo":{todo}}}"#)), Some(fields(row)));
        assert_eq!(read_created(todo), None);
    }
    for body in ["", "{}", r#"{"ok":true}"#, r#"{"todo":null}"#, r#"{"todo":"t1"}"#, r#"{"todo":{"id":"t1"}}"#, r#"{"todo":{"title":"x"}}"#]
    {
        assert_eq!(read_created(body), None, "{body}");
    }
}

#[test]
fn who_is_signed_in() {
    let me = r#"{"user":{"id":"u1","username":"ada","displayName":"Ada","avatarUrl":null,"teams":[{"id":"team-1"}]}}"#;
    assert_eq!(read_me(me), Some(Some("u1".into())));
    assert_eq!(read_me(r#"{"user":null}"#), Some(None));
    for body in
        ["", "null", "{}", r#"{"user":{}}"#, r#"{"user":{"id":7}}"#, r#"{"user":"u1"}"#, r#"{"user":[]}"#, r#"{"id":"u1"}"#, "<html>"]
    {
        assert_eq!(read_me(body), None, "{body}");
    }
}

#[test]
fn the_words_of_a_refusal() {
    let words = "Todo item title already exists among sibling todos";
    assert_eq!(read_refusal(&format!(r#"{{"error":"{words}","details":[1]}}"#)), words);
    for body in ["", "null", "{}", r#"{"error":null}"#, r#"{"error":{"message":"x"}}"#, r#"["error"]"#, "<html>502</html>"] {
        assert_eq!(read_refusal(body), "", "{body}");
    }
    assert_eq!(read_refusal(&format!(r#"{{"error":"{}"}}"#, "é".repeat(1_000))), "é".repeat(200));
}
