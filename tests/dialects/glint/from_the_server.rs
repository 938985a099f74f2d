//! Frames of the server that are read.

use super::{LATEST_ROW, LATEST_TODO, SEED_ROW, SEED_TODO, fields, read, updated, values};
use sealwire::rows::glint::frame::{News, Unusable};
use sealwire::rows::json::{parse, text, text_of};
use serde_json::{Value, json};

/// One event of each type, all of `set-1`.
const EVENTS: [&str; 9] = [
    r#"{"type":"realtime:ready","setId":"set-1"}"#,
    r#"{"type":"todo:created","setId":"set-1","todo":{"id":"t1","title":"Buy milk"}}"#,
    r#"{"type":"todo:updated","setId":"set-1","todo":{"id":"t1","completed":true}}"#,
    r#"{"type":"todo:deleted","setId":"set-1","id":"t1"}"#,
    r#"{"type":"todo:reordered","setId":"set-1","items":[{"id":"t1","sortOrder":2}]}"#,
    r#"{"type":"todo:claimed","setId":"set-1","id":"t1","claimedBy":"u2","claimedByName":"Ada","claimedByAvatar":null}"#,
    r#"{"type":"todo:assigned","setId":"set-1","id":"t1","assignees":[]}"#,
    r#"{"type":"todo:moved","setId":"set-1","id":"t1","fromSetId":"set-1","toSetId":"set-2"}"#,
    r#"{"type":"todo:moved","setId":"set-2","id":"t1","fromSetId":"set-1","toSetId":"set-2"}"#,
];

fn frame(kind: &str, rest: &str) -> String {
    format!(r#"{{"type":"{kind}","setId":"set-1",{rest}}}"#)
}

/// The row of a `todo:created` whose todo has these fields besides an id and a title.
fn created_with(rest: &str) -> Value {
    match read(&frame("todo:created", &format!(r#""todo":{{"id":"t1","title":"x",{rest}}}"#))) {
        Ok(News::Created(row)) => values(&row),
        other => panic!("{other:?}"),
    }
}

fn moved(from: &str, to: &str) -> Result<News, Unusable> {
    Ok(News::Moved { id: "t1".into(), from: from.into(), to: to.into() })
}

fn reordered(places: &[(&str, Value)]) -> Result<News, Unusable> {
    let place = |(id, order): &(&str, Value)| ((*id).to_owned(), parse(&order.to_string()).unwrap());
    Ok(News::Reordered(places.iter().map(place).collect()))
}

#[test]
fn ready() {
    assert_eq!(read(r#"{"type":"realtime:ready","setId":"set-1"}"#), Ok(News::Ready));
    assert_eq!(read(r#" { "version" : 3 , "type" : "realtime:ready" } "#), Ok(News::Ready));
}

#[test]
fn created() {
    for (todo, row) in [(SEED_TODO, SEED_ROW), (LATEST_TODO, LATEST_ROW)] {
        assert_eq!(read(&frame("todo:created", &format!(r#""todo":{todo}"#))), Ok(News::Created(fields(row))));
    }
}

/// As the seed's table reads.
#[test]
fn created_without_a_todo_around_it() {
    for (todo, row) in [(SEED_TODO, SEED_ROW), (LATEST_TODO, LATEST_ROW)] {
        let flat = todo.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
        assert_eq!(read(&frame("todo:created", flat)), Ok(News::Created(fields(row))));
    }
}

#[test]
fn what_a_new_todo_may_lack() {
    let row = r#"{"completed":false,"id":"t1","parentId":null,"title":"Buy milk"}"#;
    for todo in [r#"{"id":"t1","title":"Buy milk"}"#, r#"{"id":"t1","title":"Buy milk","parentId":null,"completed":false}"#] {
        assert_eq!(read(&frame("todo:created", &format!(r#""todo":{todo}"#))), Ok(News::Created(fields(row))));
    }
    for todo in [r#"{"title":"x"}"#, r#"{"id":"t1"}"#, r#"{"id":"","title":"x"}"#, "{}", "null", "7"] {
        assert_eq!(read(&frame("todo:created", &format!(r#""todo":{todo}"#))), Err(Unusable::BadEvent), "{todo}");
    }
}

#[test]
fn updated_in_part() {
    let whole = r#""id":"t1","title":"Oat milk","completed":true,"sortOrder":-2.5"#;
    let expected = updated("t1", r#"{"title":"Oat milk","completed":true,"sortOrder":-2.5}"#);
    assert_eq!(read(&frame("todo:updated", &format!(r#""todo":{{{whole}}}"#))), expected);
    assert_eq!(read(&frame("todo:updated", whole)), expected);
    assert_eq!(read(&frame("todo:updated", r#""todo":{"id":"t1","completed":false}"#)), updated("t1", r#"{"completed":false}"#));
    assert_eq!(read(&frame("todo:updated", r#""todo":{"id":"t1"}"#)), updated("t1", "{}"));
    assert_eq!(read(&frame("todo:updated", r#""todo":{"completed":true}"#)), Err(Unusable::BadEvent));
}

/// The server repeats the body of the `PATCH`: the title untrimmed, and keys that it did not store.
#[test]
fn the_echo_of_a_patch() {
    let echo = r#""todo":{"id":"t1","title":"  Oat milk\n","completed":true,"colour":"red","deep":{"list":[1,null]},"updatedAt":"2030-01-01T00:00:00Z","userId":"u9","setId":"set-9","__proto__":{"completed":false}}"#;
    assert_eq!(read(&frame("todo:updated", echo)), updated("t1", r#"{"title":"Oat milk","completed":true}"#));
}

#[test]
fn a_field_of_the_wrong_type_is_left_out() {
    let wrong = r#""todo":{"id":"t1","title":7,"completed":"yes","sortOrder":"2"}"#;
    assert_eq!(read(&frame("todo:updated", wrong)), updated("t1", "{}"));
    let row = created_with(
        r#""sortOrder":"2","commentCount":null,"userId":7,"createdAt":1,"updatedAt":{},"assignees":{"userId":"u1"},"claimedBy":7,"claimedByName":[]"#,
    );
    assert_eq!(row, json!({ "id": "t1", "title": "x", "completed": false, "parentId": null }));
    for rest in [r#""parentId":7"#, r#""parentId":{}"#, r#""title":7"#, r#""id":7"#] {
        // Of a name that comes twice the last counts.
        let todo = format!(r#""todo":{{"id":"t1","title":"x",{rest}}}"#);
        assert_eq!(read(&frame("todo:created", &todo)), Err(Unusable::BadEvent), "{rest}");
    }
}

#[test]
fn deleted() {
    for rest in [r#""id":"t1""#, r#""todo":{"id":"t1"}"#, r#""id":"t1","by":"u2""#] {
        assert_eq!(read(&frame("todo:deleted", rest)), Ok(News::Deleted("t1".into())), "{rest}");
    }
    for rest in [r#""id":null"#, r#""id":7"#, r#""id":"""#, r#""ids":["t1"]"#] {
        assert_eq!(read(&frame("todo:deleted", rest)), Err(Unusable::BadEvent), "{rest}");
    }
}

#[test]
fn reordered_by_any_number() {
    let items = r#""items":[{"id":"t1","sortOrder":1},{"id":"t2","sortOrder":1.5,"was":9},{"id":"t3","sortOrder":-0.25},{"id":"t4","sortOrder":9007199254740993}]"#;
    let expected = [("t1", json!(1)), ("t2", json!(1.5)), ("t3", json!(-0.25)), ("t4", serde_json::from_str("9007199254740993").unwrap())];
    assert_eq!(read(&frame("todo:reordered", items)), reordered(&expected));
    assert_eq!(read(&frame("todo:reordered", r#""items":[]"#)), reordered(&[]));
    assert_eq!(read(&frame("todo:reordered", r#""items":{}"#)), Err(Unusable::BadEvent));
    assert_eq!(read(&frame("todo:reordered", r#""id":"t1""#)), Err(Unusable::BadEvent));
}

/// The others hold.
#[test]
fn an_item_without_an_id_or_a_number_is_passed_over() {
    let items = r#""items":[null,7,{},{"id":"t1"},{"id":"t1","sortOrder":"1"},{"id":7,"sortOrder":1},{"id":"","sortOrder":1},{"id":"t2","sortOrder":3}]"#;
    assert_eq!(read(&frame("todo:reordered", items)), reordered(&[("t2", json!(3))]));
}

#[test]
fn claimed_and_released() {
    let seed = r#""id":"t1","claimedBy":"u2","claimedByName":"Ada","claimedByAvatar":"https://a.example/1.png""#;
    let fields = r#"{"claimedBy":"u2","claimedByName":"Ada","claimedByAvatar":"https://a.example/1.png"}"#;
    assert_eq!(read(&frame("todo:claimed", seed)), updated("t1", fields));
    let second = r#""id":"t1","claimedBy":"u2","claimedByName":"Ada","claimedByAvatar":null,"claimedByUsername":"ada","title":"x""#;
    let fields = r#"{"claimedBy":"u2","claimedByName":"Ada","claimedByAvatar":null,"claimedByUsername":"ada"}"#;
    assert_eq!(read(&frame("todo:claimed", second)), updated("t1", fields));
    let released = r#"{"claimedBy":null,"claimedByName":null,"claimedByAvatar":null}"#;
    assert_eq!(read(&frame("todo:claimed", &format!(r#""id":"t1",{}"#, released.trim_matches(['{', '}'])))), updated("t1", released));
    assert_eq!(read(&frame("todo:claimed", r#""claimedBy":"u2""#)), Err(Unusable::BadEvent));
}

#[test]
fn assigned() {
    let people = r#"[{"userId":"u2","name":"Ada","username":"ada","avatarUrl":null},{"userId":"u3","name":null,"username":null,"avatarUrl":null,"role":"admin"}]"#;
    let frame_of = |people: &str| frame("todo:assigned", &format!(r#""id":"t1","assignees":{people},"completed":true"#));
    assert_eq!(read(&frame_of(people)), updated("t1", &format!(r#"{{"assignees":{people}}}"#)));
    assert_eq!(read(&frame_of("[]")), updated("t1", r#"{"assignees":[]}"#));
    assert_eq!(read(&frame_of(r#"[null,"u1",{},{"userId":7},{"userId":"u2"}]"#)), updated("t1", r#"{"assignees":[{"userId":"u2"}]}"#));
    assert_eq!(read(&frame_of("null")), updated("t1", "{}"));
}

#[test]
fn moved_out_in_and_within() {
    let moves = |set: &str, from: &str, to: &str| {
        read(&format!(r#"{{"type":"todo:moved","setId":"{set}","id":"t1","fromSetId":"{from}","toSetId":"{to}"}}"#))
    };
    assert_eq!(moves("set-1", "set-1", "set-2"), moved("set-1", "set-2"));
    assert_eq!(moves("set-1", "set-2", "set-1"), moved("set-2", "set-1"));
    assert_eq!(moves("set-1", "set-1", "set-1"), moved("set-1", "set-1"));
    // Which of the two sets the event was sent for does not matter.
    assert_eq!(moves("set-2", "set-1", "set-2"), moved("set-1", "set-2"));
    assert_eq!(moves("set-1", "set-2", "set-3"), Err(Unusable::OtherSet));
    for rest in [r#""id":"t1","fromSetId":"set-1""#, r#""id":"t1","toSetId":"set-1""#, r#""fromSetId":"set-1","toSetId":"set-2""#] {
        assert_eq!(read(&frame("todo:moved", rest)), Err(Unusable::BadEvent), "{rest}");
    }
}

#[test]
fn events_of_other_sets() {
    for event in EVENTS.iter().take(7) {
        assert!(read(event).is_ok(), "{event}");
        for other in [r#""set-2""#, r#""SET-1""#, r#""set-1 ""#, r#""""#] {
            assert_eq!(read(&event.replacen(r#""set-1""#, other, 1)), Err(Unusable::OtherSet), "{event} {other}");
        }
    }
}

/// A server that does not say is believed to keep to the socket's set.
#[test]
fn events_without_a_set() {
    for event in EVENTS {
        let said = read(event);
        assert!(said.is_ok(), "{event}");
        for set in ["set-1", "set-2"] {
            let of_set = format!(r#","setId":"{set}""#);
            if event.contains(&of_set) {
                assert_eq!(read(&event.replacen(&of_set, "", 1)), said, "{event}");
                assert_eq!(read(&event.replacen(&of_set, r#","setId":null"#, 1)), said, "{event}");
            }
        }
    }
}

#[test]
fn types_that_are_not_listed() {
    for kind in ["presence", "", "Todo:Created", "todo:created ", "todo:commented", "__proto__", "toString"] {
        let event = format!(r#"{{"type":"{kind}","setId":"set-1","todo":{{"id":"t1","title":"x"}}}}"#);
        assert_eq!(read(&event), Err(Unusable::UnknownType(kind.into())));
    }
    assert_eq!(read(r#"{"type":"presence","setId":"set-2"}"#), Err(Unusable::OtherSet));
}

#[test]
fn fields_that_are_not_listed() {
    for event in EVENTS {
        let more = event.replacen("{", r#"{"v":2,"at":{"deep":[null,0.5]},"#, 1);
        assert_eq!(read(&more), read(event), "{event}");
    }
    // Those of a whole todo stay with it.
    assert_eq!(created_with(r#""priority":[1,"high"],"dueAt":null"#)["priority"], json!([1, "high"]));
}

#[test]
fn numbers_stay_as_they_were_written() {
    for number in
        ["0", "1.5", "-0.25", "9007199254740993", "18446744073709551616", "0.1", "1.7976931348623157e+308", "100000000000000000000"]
    {
        let event = frame("todo:created", &format!(r#""todo":{{"id":"t1","title":"x","sortOrder":{number}}}"#));
        let Ok(News::Created(row)) = read(&event) else { panic!("{number}") };
        assert!(text_of(&row).contains(&format!(r#""sortOrder":{number},"#)), "{number}");
    }
}

#[test]
fn both_forms_of_dates() {
    for (printed, kept) in [
        ("2026-11-22T01:15:46.215Z", "2026-11-22T01:15:46.215Z"),
        ("2026-11-22 01:15:46", "2026-11-22T01:15:46Z"),
        ("2026-11-22 01:15:46.215", "2026-11-22T01:15:46.215Z"),
        ("2026-11-22T01:15:46+02:00", "2026-11-22T01:15:46+02:00"),
        ("2026-11-22 01:15:46 CET", "2026-11-22 01:15:46 CET"),
        ("yesterday at noon", "yesterday at noon"),
        ("", ""),
    ] {
        let row = created_with(&format!(r#""createdAt":"{printed}","updatedAt":"{printed}""#));
        assert_eq!((&row["createdAt"], &row["updatedAt"]), (&json!(kept), &json!(kept)), "{printed}");
    }
}

#[test]
fn completed_as_a_number() {
    for (printed, is_completed) in [("true", true), ("false", false), ("1", true), ("0", false)] {
        assert_eq!(created_with(&format!(r#""completed":{printed}"#))["completed"], json!(is_completed));
        let event = frame("todo:updated", &format!(r#""todo":{{"id":"t1","completed":{printed}}}"#));
        assert_eq!(read(&event), updated("t1", &format!(r#"{{"completed":{is_completed}}}"#)));
    }
}

/// As `String.prototype.trim` does.
#[test]
fn titles_are_trimmed() {
    let spaces = "\t\n\u{b}\u{c}\r \u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
    let title_of = |title: &str| match read(&json!({ "type": "todo:updated", "todo": { "id": "t1", "title": title } }).to_string()) {
        Ok(News::Updated { fields, .. }) => text(&fields, "title").unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(title_of(&format!("{spaces}a b{spaces}")), "a b");
    for kept in ["\u{85}a\u{85}", "\u{200b}a\u{180e}", "\0a"] {
        assert_eq!(title_of(kept), kept);
    }
    assert_eq!(title_of(spaces), "");
}

/// No server puts a todo elsewhere by an update, and whoever writes one could.
#[test]
fn an_update_leaves_a_todo_where_it_is() {
    let event = r#"{"type":"todo:updated","setId":"set-1","todo":{"id":"t1","title":"x","parentId":"p","commentCount":9}}"#;
    assert_eq!(read(event), Ok(News::Updated { id: "t1".into(), fields: fields(r#"{"title":"x"}"#) }));
}

#[test]
fn nought_in_any_spelling_is_not_completed() {
    for nought in ["0", "0.0", "-0", "0e7"] {
        let event = format!(r#"{{"type":"todo:updated","setId":"set-1","todo":{{"id":"t1","completed":{nought}}}}}"#);
        assert_eq!(read(&event), Ok(News::Updated { id: "t1".into(), fields: fields(r#"{"completed":false}"#) }));
    }
}

/// A browser resolves them, escaped or not: a request would go to another route.
#[test]
fn dots_are_no_ids() {
    for id in [".", ".."] {
        let event = format!(r#"{{"type":"todo:deleted","setId":"set-1","id":"{id}"}}"#);
        assert_eq!(read(&event), Err(Unusable::BadEvent));
    }
}
