//! What the routes answer.

use super::{NOTE, ROW, fields};
use sealwire::rows::typelets::request::{Page, read_folders, read_notes, read_refusal, read_row};
use sealwire::rows::typelets::row::Kind;

fn page(notes: &str, pagination: &str, page: usize) -> Option<Page> {
    read_notes(&format!(r#"{{"notes":{notes}{pagination}}}"#), page)
}

#[test]
fn a_page_of_notes() {
    let pagination = r#","pagination":{"page":1,"limit":50,"total":51,"pages":2}"#;
    let notes = format!(r#"[{NOTE},{{"title":"no id"}},7]"#);
    assert_eq!(page(&notes, pagination, 1), Some(Page { rows: vec![fields(ROW)], bad: 2, is_last: false }));
    assert_eq!(page(&notes, pagination, 2), Some(Page { rows: vec![fields(ROW)], bad: 2, is_last: true }));
}

#[test]
fn the_last_page_is_known_without_being_told() {
    let many = |count: usize| format!("[{}]", vec![r#"{"id":"n"}"#; count].join(","));
    for (notes, pagination, is_last) in [
        (many(50), "", false),
        (many(49), "", true),
        (many(0), r#","pagination":{"pages":9}"#, true),
        (many(50), r#","pagination":{"pages":"2"}"#, false),
        (many(50), r#","pagination":7"#, false),
    ] {
        assert_eq!(page(&notes, pagination, 1).map(|page| page.is_last), Some(is_last), "{pagination}");
    }
}

#[test]
fn a_page_of_folders() {
    let folder = r#"{"id":"f1","name":"Work","color":"red","parentId":null,"createdAt":"2026-11-22 01:15:46"}"#;
    let read = fields(r#"{"color":"red","createdAt":"2026-11-22T01:15:46Z","id":"f1","name":"Work","parentId":null}"#);
    let body = format!(r#"{{"folders":[{folder},{{"id":"f2"}},7],"pagination":{{"pages":2}}}}"#);
    assert_eq!(read_folders(&body, 1), Some(Page { rows: vec![read.clone()], bad: 2, is_last: false }));
    assert_eq!(read_folders(&body, 2).map(|page| page.is_last), Some(true));
    // The list itself is all there is, however long.
    for count in [1, 60] {
        let list = format!("[{}]", vec![folder; count].join(","));
        assert_eq!(read_folders(&list, 1), Some(Page { rows: vec![read.clone(); count], bad: 0, is_last: true }));
    }
    let odd = r#"[{"id":"f1","name":"x","parentId":7,"updatedAt":7}]"#;
    assert_eq!(read_folders(odd, 1).map(|page| page.rows), Some(vec![fields(r#"{"id":"f1","name":"x"}"#)]));
}

#[test]
fn a_row() {
    for body in [NOTE.to_owned(), format!(r#"{{"note":{NOTE}}}"#)] {
        assert_eq!(read_row(Kind::Note, &body), Some(fields(ROW)));
    }
    assert_eq!(read_row(Kind::Folder, r#"{"folder":{"id":"f1","name":"x"}}"#), Some(fields(r#"{"id":"f1","name":"x"}"#)));
    assert_eq!(read_row(Kind::Folder, r#"{"id":"f1"}"#), None);
    assert_eq!(read_row(Kind::Note, r#"{"ok":true}"#), None);
}

#[test]
fn a_refusal() {
    for (body, words) in [
        (r#"{"error":"Note not found"}"#, "Note not found"),
        (r#"{"message":"Plan limit"}"#, "Plan limit"),
        (r#"{"error":"a","message":"b"}"#, "a"),
        (r#"{"error":7}"#, ""),
        ("<html>", ""),
    ] {
        assert_eq!(read_refusal(body), words);
    }
}
