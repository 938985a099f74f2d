//! Frames and bodies that no server should send. None may panic, and none is taken for what it is not.

use super::{SEED_TODO, fields, read, updated, values};
use crate::rng::Rng;
use sealwire::rows::glint::frame::{News, Unusable};
use sealwire::rows::glint::request::{Listing, MAX_ROWS, read_created, read_listing, read_me};
use sealwire::rows::json::{Fields, Value, parse_object, text, text_of};
use sealwire::rows::wire::read_refusal;

const GOOD: [&str; 12] = [
    r#"{"type":"realtime:ready","setId":"set-1"}"#,
    r#"{"type":"todo:created","setId":"set-1","todo":{"id":"t1","userId":"u1","parentId":null,"title":"b\u00e9\ud83d\udd11","completed":0,"sortOrder":1.5,"commentCount":0,"claimedBy":null,"createdAt":"2026-11-22 01:15:46"}}"#,
    r#"{"type":"todo:created","setId":"set-1","id":"t2","userId":"u1","parentId":"t1","title":"x","completed":true,"sortOrder":2,"assignees":[{"userId":"u2","name":null}]}"#,
    r#"{"type":"todo:updated","setId":"set-1","todo":{"id":"t1","title":" y ","completed":true,"sortOrder":-1}}"#,
    r#"{"type":"todo:deleted","setId":"set-1","id":"t1"}"#,
    r#"{"type":"todo:reordered","setId":"set-1","items":[{"id":"t1","sortOrder":1},{"id":"t2","sortOrder":0.5}]}"#,
    r#"{"type":"todo:claimed","setId":"set-1","id":"t1","claimedBy":"u2","claimedByName":"Ada","claimedByAvatar":null}"#,
    r#"{"type":"todo:assigned","setId":"set-1","id":"t1","assignees":[{"userId":"u2","name":"Ada"}]}"#,
    r#"{"type":"todo:moved","setId":"set-1","id":"t1","fromSetId":"set-1","toSetId":"set-2"}"#,
    r#"{"todos":[{"id":"t1","title":"x"},{"id":"t2","title":"y","parentId":"t1"}],"role":"admin","permissions":{}}"#,
    r#"{"todo":{"id":"t1","title":"x","parentId":null,"userId":"u1"}}"#,
    r#"{"user":{"id":"u1","teams":[]}}"#,
];

/// Pieces that are put into good texts.
const PIECES: &str = r#"{ } [ ] " \ , : null true 0 - 0.1 1e999 -1e999 1e-999 9007199254740992 18446744073709551616 \u0000 \ud800 __proto__ 🔑 "id":7, "todo":{ "todo":[], "title":0, "parentId":"p", "type":"todo:created", "setId":"set-2","#;

/// One a line.
const NO_MESSAGES: &str = r#"
nonsense
null
17
"realtime:ready"
[]
{}
{"type"}
{"type":null}
{"type":7}
{"type":["realtime:ready"]}
{"type":{"type":"realtime:ready"}}
{"Type":"realtime:ready"}
{"type":"realtime:ready"} trailing
{"type":"realtime:ready"}{}
{"type":"realtime:ready",}
{'type':'realtime:ready'}
{"type":"\x"}
{"type":"realtime:ready","at":NaN}
{"type":"realtime:ready","at":01}
{"type":"realtime:ready","type":null}
"#;

#[test]
fn what_is_no_message_is_malformed() {
    for text in NO_MESSAGES.lines().chain([
        " \t",
        "\u{FEFF}{\"type\":\"realtime:ready\"}",
        "{\"type\":\"re\nady\"}",
        "\0",
        "\"\\",
        "{\"a\":\"\\ud8",
    ]) {
        assert_eq!(read(text), Err(Unusable::Malformed), "{text}");
    }
}

#[test]
fn an_id_of_the_wrong_type_spoils_the_event() {
    for (event, ids) in
        [(GOOD[1], "t1"), (GOOD[2], "t2"), (GOOD[3], "t1"), (GOOD[4], "t1"), (GOOD[6], "t1"), (GOOD[7], "t1"), (GOOD[8], "t1")]
    {
        let long = format!("\"{}\"", "é".repeat(129));
        for wrong in ["null", "7", "true", "[]", "{}", "\"\"", "[\"t1\"]", &long] {
            let spoilt = event.replacen(&format!(r#""id":"{ids}""#), &format!(r#""id":{wrong}"#), 1);
            assert_ne!(spoilt, event);
            assert_eq!(read(&spoilt), Err(Unusable::BadEvent), "{spoilt}");
            let missing = event.replacen(&format!(r#""id":"{ids}""#), r#""ID":"t1""#, 1);
            assert_eq!(read(&missing), Err(Unusable::BadEvent), "{missing}");
        }
    }
    let longest = format!(r#"{{"type":"todo:deleted","id":"{}"}}"#, "é".repeat(128));
    assert_eq!(read(&longest), Ok(News::Deleted("é".repeat(128))));
}

/// As deep as a frame can go, in fields that nobody reads and in such as are read.
#[test]
fn deep_nesting() {
    for depth in [200, 10_000, 100_000] {
        for nested in ["[".repeat(depth) + &"]".repeat(depth), "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth), "[".repeat(depth)] {
            assert_eq!(read(&nested), Err(Unusable::Malformed));
            for around in [
                r#"{"type":#}"#,
                r#"{"type":"realtime:ready","more":#}"#,
                r#"{"type":"todo:created","todo":#}"#,
                r#"{"type":"todo:created","todo":{"id":"t1","title":"x","more":#}}"#,
                r#"{"type":"todo:reordered","items":#}"#,
                r#"{"type":"todo:assigned","id":"t1","assignees":[{"userId":"u1","more":#}]}"#,
            ] {
                assert_eq!(read(&around.replace('#', &nested)), Err(Unusable::Malformed), "{depth} {around}");
            }
            for around in
                [r#"{"todos":#}"#, r#"{"todos":[{"id":"t1","title":"x","more":#}]}"#, r#"{"todo":#}"#, r#"{"user":#}"#, r#"{"error":#}"#]
            {
                let body = around.replace('#', &nested);
                assert_eq!((read_listing(&body), read_created(&body), read_me(&body)), (None, None, None), "{depth} {around}");
                assert_eq!(read_refusal(&body), "");
            }
        }
    }
    // What a server may send after all.
    let nested = "[".repeat(100) + &"]".repeat(100);
    assert!(matches!(
        read(&format!(r#"{{"type":"todo:created","todo":{{"id":"t1","title":"x","more":{nested}}}}}"#)),
        Ok(News::Created(_))
    ));
}

#[test]
fn numbers_that_no_float_holds() {
    for number in ["9007199254740992", "9007199254740993", "1e999", "-1e999", "1e-999", "18446744073709551616", &"9".repeat(1_000)] {
        let event = format!(r#"{{"type":"todo:updated","todo":{{"id":"t1","sortOrder":{number}}}}}"#);
        let Ok(News::Updated { fields, .. }) = read(&event) else { panic!("{number}") };
        // Nothing is lost on the way through.
        assert_eq!(text_of(&fields), format!(r#"{{"sortOrder":{number}}}"#));
        let event = format!(r#"{{"type":"todo:reordered","items":[{{"id":"t1","sortOrder":{number}}}]}}"#);
        assert!(matches!(read(&event), Ok(News::Reordered(items)) if items.len() == 1), "{number}");
        let event = format!(r#"{{"type":"todo:created","todo":{{"id":"t1","title":"x","sortOrder":{number},"commentCount":{number}}}}}"#);
        assert!(matches!(read(&event), Ok(News::Created(_))), "{number}");
    }
}

/// Names that mean something to JavaScript mean nothing here.
#[test]
fn names_of_javascript() {
    assert_eq!(read(r#"{"__proto__":{"type":"realtime:ready"}}"#), Err(Unusable::Malformed));
    assert_eq!(read(r#"{"constructor":{"prototype":{}},"type":"realtime:ready"}"#), Ok(News::Ready));
    assert_eq!(read(r#"{"type":"todo:deleted","id":"__proto__"}"#), Ok(News::Deleted("__proto__".into())));
    let event = r#"{"type":"todo:updated","todo":{"id":"t1","__proto__":{"completed":true},"constructor":1}}"#;
    assert_eq!(read(event), updated("t1", "{}"));
}

/// JavaScript writes half a surrogate pair as an escape. It becomes U+FFFD, and spoils nothing around it.
#[test]
fn lone_surrogates() {
    let event = |title: &str| format!(r#"{{"type":"todo:updated","setId":"set-1","todo":{{"id":"t\ud83d\udd11","title":"{title}"}}}}"#);
    let title = |title: &str| updated("t\u{1F511}", &serde_json::json!({ "title": title }).to_string());
    assert_eq!(read(&event(r"a\ud800b")), title("a\u{FFFD}b"));
    assert_eq!(read(&event(r"\uDC00\uD83D")), title("\u{FFFD}\u{FFFD}"));
    assert_eq!(read(&event(r"\ud800\ud83d\udd11\\ud800")), title("\u{FFFD}\u{1F511}\\ud800"));
    assert_eq!(read(&event(r"\ud800\u0041")), title("\u{FFFD}A"));
    assert_eq!(read(r#"{"type":"\ud800"}"#), Err(Unusable::UnknownType("\u{FFFD}".into())));
    let listing = read_listing(&format!(r#"{{"todos":[{{"id":"t1","title":"\udfff"}},{SEED_TODO}]}}"#)).unwrap();
    assert_eq!((listing.rows.len(), listing.bad), (2, 0));
    assert_eq!(text(&listing.rows[0], "title"), Some("\u{FFFD}"));
}

/// The last counts, as in JavaScript.
#[test]
fn names_that_come_twice() {
    assert_eq!(read(r#"{"type":"presence","type":"realtime:ready"}"#), Ok(News::Ready));
    assert_eq!(read(r#"{"type":"realtime:ready","setId":"set-1","setId":"set-2"}"#), Err(Unusable::OtherSet));
    assert_eq!(read(r#"{"type":"todo:deleted","id":"t1","id":"t2"}"#), Ok(News::Deleted("t2".into())));
    assert_eq!(read(r#"{"type":"todo:deleted","id":"t1","id":7}"#), Err(Unusable::BadEvent));
    let event = r#"{"type":"todo:updated","todo":{"id":"t1","completed":true},"todo":{"id":"t1","completed":false}}"#;
    assert_eq!(read(event), updated("t1", r#"{"completed":false}"#));
}

#[test]
fn ten_thousand_items() {
    let items: Vec<String> = (0..10_000).map(|index| format!(r#"{{"id":"t{index}","sortOrder":{index}}}"#)).collect();
    let event = format!(r#"{{"type":"todo:reordered","setId":"set-1","items":[{}]}}"#, items.join(","));
    let Ok(News::Reordered(places)) = read(&event) else { panic!("they are not read") };
    assert_eq!(places.len(), 10_000);
    assert_eq!(places[9_999], ("t9999".into(), Value::Number("9999".into())));
}

/// At each limit the last that is taken, and the first that is not.
#[test]
fn limits() {
    let listing = |count: usize| {
        let todos: Vec<String> = (0..count).map(|index| format!(r#"{{"id":"t{index}","title":"x"}}"#)).collect();
        read_listing(&format!(r#"{{"todos":[{}]}}"#, todos.join(",")))
    };
    assert_eq!(listing(MAX_ROWS).map(|listing| (listing.rows.len(), listing.bad)), Some((20_000, 0)));
    assert_eq!(listing(MAX_ROWS + 1), None);

    let nested = |levels: usize| read(&format!(r#"{{"type":"realtime:ready","x":{}{}}}"#, "[".repeat(levels), "]".repeat(levels)));
    assert_eq!((nested(126), nested(127)), (Ok(News::Ready), Err(Unusable::Malformed)));

    let todo = |length: usize| {
        let rest = text_of(&fields(r#"{"completed":false,"id":"t1","parentId":null,"title":""}"#)).len();
        format!(r#"{{"id":"t1","title":"{}"}}"#, "x".repeat(length - rest))
    };
    let (longest, longer) = (todo(65_536), todo(65_537));
    assert!(matches!(read(&format!(r#"{{"type":"todo:created","todo":{longest}}}"#)), Ok(News::Created(_))));
    assert_eq!(read(&format!(r#"{{"type":"todo:created","todo":{longer}}}"#)), Err(Unusable::BadEvent));
    assert!(matches!(read_listing(&format!(r#"{{"todos":[{longest},{longer}]}}"#)), Some(Listing { rows, bad: 1 }) if rows.len() == 1));
    assert_eq!(read_created(&format!(r#"{{"todo":{longer}}}"#)), None);
}

#[test]
fn a_megabyte_of_anything() {
    let filler = "x".repeat(1 << 20);
    assert_eq!(read(&filler), Err(Unusable::Malformed));
    assert_eq!(read(&format!(r#"{{"type":"{filler}"}}"#)), Err(Unusable::UnknownType(filler.clone())));
    assert_eq!(read(&format!(r#"{{"type":"realtime:ready","{filler}":"{filler}"}}"#)), Ok(News::Ready));
    assert_eq!(read(&format!(r#"{{"type":"todo:deleted","id":"{filler}"}}"#)), Err(Unusable::BadEvent));
    assert_eq!(read(&format!(r#"{{"type":"todo:created","todo":{{"id":"t1","title":"{filler}"}}}}"#)), Err(Unusable::BadEvent));
    assert_eq!(read(&format!(r#"{{"type":"realtime:ready","x":"{}"}}"#, r"\ud800".repeat(170_000))), Ok(News::Ready));
    assert_eq!(read_listing(&format!(r#"{{"todos":[{}]}}"#, vec!["{}"; 20_000].join(","))), Some(Listing { rows: vec![], bad: 20_000 }));
    assert_eq!(read_refusal(&format!(r#"{{"error":"{filler}"}}"#)), "x".repeat(200));
}

/// Ten thousand good texts, each spoilt in a few places: no panic, and what is still read keeps the limits.
#[test]
fn random_mutations() {
    let mut rng = Rng::new(1);
    let mut still_read = 0;
    for _ in 0..10_000 {
        let mut text = (*rng.pick(&GOOD)).to_owned();
        for _ in 0..=rng.below(2) {
            mutate(&mut text, &mut rng);
        }
        if let Ok(news) = read(&text) {
            still_read += 1;
            check_news(&news, &text);
        }
        for row in read_listing(&text).map(|listing| listing.rows).into_iter().flatten().chain(read_created(&text)) {
            still_read += 1;
            check_row(&row, &text);
        }
        still_read += usize::from(read_me(&text).is_some());
        assert!(read_refusal(&text).chars().count() <= 200, "{text}");
    }
    assert!((1_000..9_000).contains(&still_read), "the mutations are too strong or too weak: {still_read} are still read");
}

fn check_news(news: &News, text: &str) {
    let is_id = |id: &str| (1..=256).contains(&id.len());
    match news {
        News::Ready => {}
        News::Created(row) => check_row(row, text),
        News::Updated { id, fields } => {
            assert!(is_id(id) && !fields.contains_key("id") && !fields.contains_key("userId"), "{text}");
            check_fields(fields, text);
        }
        News::Deleted(id) => assert!(is_id(id), "{text}"),
        News::Reordered(items) => assert!(items.iter().all(|(id, order)| is_id(id) && order.is_number()), "{text}"),
        News::Moved { id, from, to } => assert!(is_id(id) && (from == "set-1" || to == "set-1"), "{text}"),
    }
}

fn check_row(row: &Fields, text: &str) {
    assert!(text_of(row).len() <= 65_536, "{text}");
    let row_values = values(row);
    assert!(row_values["id"].as_str().is_some_and(|id| (1..=256).contains(&id.len())), "{text}");
    assert!(row_values["title"].is_string() && (row_values["parentId"].is_string() || row_values["parentId"].is_null()), "{text}");
    check_fields(row, text);
}

/// Each of the right type, and written as JSON that reads as the same.
fn check_fields(row: &Fields, text: &str) {
    let row_values = values(row);
    for (name, value) in row_values.as_object().unwrap() {
        let is_right = match name.as_str() {
            "title" => value.as_str().is_some_and(|title| title.trim_matches([' ', '\n', '\t']) == title),
            "completed" => value.is_boolean(),
            "sortOrder" | "commentCount" => value.is_number(),
            "id" | "userId" | "createdAt" | "updatedAt" => value.is_string(),
            "parentId" | "claimedBy" | "claimedByName" | "claimedByAvatar" | "claimedByUsername" => value.is_string() || value.is_null(),
            "assignees" => value.as_array().is_some_and(|people| people.iter().all(|person| person["userId"].is_string())),
            _ => true,
        };
        assert!(is_right, "{name} of {text}");
    }
    assert_eq!(parse_object(&text_of(row)).unwrap(), *row, "{text}");
}

fn mutate(text: &mut String, rng: &mut Rng) {
    let places: Vec<usize> = text.char_indices().map(|(index, _)| index).chain([text.len()]).collect();
    let start = rng.below(places.len() as u64) as usize;
    let end = (start + rng.below(5) as usize).min(places.len() - 1);
    let range = places[start]..places[end];
    let pieces: Vec<&str> = PIECES.split(' ').collect();
    let piece = *rng.pick(&pieces);
    match rng.below(5) {
        0 => text.insert_str(range.start, piece),
        1 => text.replace_range(range, piece),
        2 => text.replace_range(range, ""),
        3 => {
            let again = text[range.start..].to_owned();
            text.push_str(&again);
        }
        _ => {
            let copy = text[range.clone()].to_owned();
            text.insert_str(range.start, &copy);
        }
    }
}
