//! `POST /sync/pull`.

use super::event;
use sealwire::engine::dialect::bitmarks::{pull_body, read_page};
use sealwire::engine::dialect::{Cursor, FrameFailure, Page};

const EVENT: &str = r#"{"id":"sync_abc123","user_id":"u","entity_type":"bookmark","entity_id":"bm_xyz","operation":"create","timestamp":1735430400000,"device_id":"device_456","encrypted_data":"c2VhbGVk","data_hash":"5f","conflict_resolved":false}"#;

fn page(events: usize, next: Cursor, has_more: bool) -> Result<Page, FrameFailure> {
    Ok(Page { events: vec![event(); events], bad_events: 0, next, has_more })
}

#[test]
fn what_is_asked_for() {
    assert_eq!(pull_body(Cursor::Seq(0)), r#"{"after_seq":0,"limit":500}"#);
    assert_eq!(pull_body(Cursor::Seq(41)), r#"{"after_seq":41,"limit":500}"#);
    assert_eq!(pull_body(Cursor::Since(0)), r#"{"since":0,"limit":500}"#);
    // One millisecond back: a page may have ended in the middle of it.
    assert_eq!(pull_body(Cursor::Since(1_735_430_400_000)), r#"{"since":1735430399999,"limit":500}"#);
}

#[test]
fn pages_by_sequence() {
    let read = |text: &str| read_page(text, Cursor::Seq(7));
    assert_eq!(read(&format!(r#"{{"changes":[{EVENT},{EVENT}],"next_seq":9,"has_more":true}}"#)), page(2, Cursor::Seq(9), true));
    assert_eq!(read(r#"{"changes":[],"next_seq":7,"has_more":false}"#), page(0, Cursor::Seq(7), false));
    assert_eq!(read(r#"{"changes":[],"next_seq":7.9,"server":"x"}"#), page(0, Cursor::Seq(7), false));
}

#[test]
fn pages_by_time() {
    let read = |text: &str| read_page(text, Cursor::Since(700));
    assert_eq!(read(&format!(r#"{{"changes":[{EVENT}],"last_sync_timestamp":900,"has_more":true}}"#)), page(1, Cursor::Since(900), true));
    assert_eq!(read(r#"{"changes":[],"last_sync_timestamp":900.5,"has_more":null}"#), page(0, Cursor::Since(900), false));
    // A wall clock may go back; the cursor does not.
    assert_eq!(read(r#"{"changes":[],"last_sync_timestamp":600,"has_more":false}"#), page(0, Cursor::Since(700), false));
}

/// A server that says "more" and stays where it is would be asked for ever.
#[test]
fn more_without_progress_is_the_end() {
    assert_eq!(read_page(r#"{"changes":[],"next_seq":7,"has_more":true}"#, Cursor::Seq(7)), page(0, Cursor::Seq(7), false));
    let text = format!(r#"{{"changes":[{EVENT}],"last_sync_timestamp":700,"has_more":true}}"#);
    assert_eq!(read_page(&text, Cursor::Since(700)), page(1, Cursor::Since(700), false));
}

#[test]
fn a_sequence_that_goes_back_is_malformed() {
    assert_eq!(read_page(r#"{"changes":[],"next_seq":6,"has_more":false}"#, Cursor::Seq(7)), Err(FrameFailure::Malformed));
}

#[test]
fn the_other_kind_of_page_is_malformed() {
    assert_eq!(read_page(r#"{"changes":[],"last_sync_timestamp":9,"has_more":false}"#, Cursor::Seq(7)), Err(FrameFailure::Malformed));
    assert_eq!(read_page(r#"{"changes":[],"next_seq":9,"has_more":false}"#, Cursor::Since(7)), Err(FrameFailure::Malformed));
    for text in ["", "null", "[]", "{}", r#"{"changes":null,"next_seq":9}"#, r#"{"changes":{},"next_seq":9}"#] {
        assert_eq!(read_page(text, Cursor::Seq(7)), Err(FrameFailure::Malformed), "{text}");
    }
}

/// Events that break the limits are counted, and do not spoil their page.
#[test]
fn bad_events_are_counted() {
    let bad = [("bookmark", "note"), ("1735430400000", "-1"), ("1735430400000", "9007199254740992"), ("c2VhbGVk", "?"), ("create", "")];
    let bad = bad.map(|(good, bad)| EVENT.replacen(good, bad, 1)).join(",");
    let read = read_page(&format!(r#"{{"changes":[{bad},{EVENT}],"next_seq":9,"has_more":false}}"#), Cursor::Seq(7));
    assert_eq!(read, Ok(Page { events: vec![event()], bad_events: 5, next: Cursor::Seq(9), has_more: false }));
}

/// So are those of another shape, and what is no event at all: one planted event must not end every catch-up.
#[test]
fn malformed_events_are_counted() {
    let fields = [("\"sync_abc123\"", "7"), ("1735430400000", "\"soon\""), ("\"c2VhbGVk\"", "[]"), ("\"bm_xyz\"", "null"), ("false", "{}")];
    let bad = fields.map(|(good, bad)| EVENT.replacen(good, bad, 1)).join(",");
    let text = format!(r#"{{"changes":[{bad},null,7,[],{{}},"x",{EVENT}],"next_seq":9,"has_more":false}}"#);
    assert_eq!(read_page(&text, Cursor::Seq(7)), Ok(Page { events: vec![event()], bad_events: 10, next: Cursor::Seq(9), has_more: false }));
}
