//! Frames of the server that are read.

use super::event;
use sealwire::engine::dialect::bitmarks::{names_conflict, read_account, read_frame};
use sealwire::engine::dialect::{Complaint, Features, Frame, FrameFailure, Greeting, RemoteEvent, Resolution};
use sealwire::engine::event::Operation;

/// The event of the golden frames, with one field in another way.
fn frame_with(field: &str, value: &str) -> String {
    let fields = [
        ("id", r#""sync_abc123""#),
        ("user_id", r#""user_01ABC""#),
        ("entity_type", r#""bookmark""#),
        ("entity_id", r#""bm_xyz""#),
        ("operation", r#""create""#),
        ("timestamp", "1735430400000"),
        ("device_id", r#""device_456""#),
        ("encrypted_data", r#""c2VhbGVk""#),
        ("data_hash", r#""5f""#),
        ("conflict_resolved", "false"),
    ];
    let is_other = |name: &str| name != field;
    let mut pairs: Vec<String> =
        fields.iter().filter(|(name, _)| is_other(name)).map(|(name, value)| format!("\"{name}\":{value}")).collect();
    if !value.is_empty() {
        pairs.push(format!("\"{field}\":{value}"));
    }
    format!(r#"{{"type":"sync","event":{{{}}}}}"#, pairs.join(","))
}

fn read_event_with(field: &str, value: &str) -> Result<RemoteEvent, FrameFailure> {
    match read_frame(&frame_with(field, value)) {
        Ok(Frame::Event(event)) => Ok(event),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure),
    }
}

fn greeting(device_id: Option<&str>, timestamp: Option<u64>, ack: bool, seq: bool) -> Result<Frame, FrameFailure> {
    Ok(Frame::Greeting(Greeting { device_id: device_id.map(str::to_owned), timestamp, features: Features { ack, seq } }))
}

#[test]
fn connected() {
    let read = |rest: &str| read_frame(&format!(r#"{{"type":"connected"{rest}}}"#));
    let whole = r#","deviceId":"device_456","timestamp":1735430400000,"features":["ack","seq"]"#;
    assert_eq!(read(whole), greeting(Some("device_456"), Some(1_735_430_400_000), true, true));
    assert_eq!(read(r#","deviceId":"d","timestamp":1"#), greeting(Some("d"), Some(1), false, false));
    assert_eq!(read(r#","features":["seq","later"],"session":{"since":[1,2]}"#), greeting(None, None, false, true));
    assert_eq!(read(r#","deviceId":null,"timestamp":null,"features":null"#), greeting(None, None, false, false));
    assert_eq!(read(r#","timestamp":1735430400000.75"#), greeting(None, Some(1_735_430_400_000), false, false));
}

#[test]
fn pong() {
    let pong = |timestamp| Ok(Frame::Pong { timestamp });
    assert_eq!(read_frame(r#"{"type":"pong"}"#), pong(None));
    assert_eq!(read_frame(r#" { "timestamp" : 7.5e2 , "type" : "pong" } "#), pong(Some(750)));
    assert_eq!(read_frame(r#"{"type":"pong","timestamp":null,"load":0.1}"#), pong(None));
}

#[test]
fn sync() {
    assert_eq!(read_event_with("extra", r#"{"nested":[null]}"#), Ok(event()));
    assert_eq!(read_event_with("timestamp", "1735430400000.999"), Ok(event()));
    for operation in [Operation::Create, Operation::Update, Operation::Delete] {
        assert_eq!(read_event_with("operation", &format!("\"{}\"", operation.as_str())), Ok(RemoteEvent { operation, ..event() }));
    }
    for entity_type in ["bookmark", "history", "group"] {
        assert_eq!(read_event_with("entity_type", &format!("\"{entity_type}\"")).unwrap().key.entity_type(), entity_type);
    }
}

#[test]
fn null_counts_as_absent() {
    for absent in ["", "null"] {
        assert_eq!(read_event_with("encrypted_data", absent), Ok(RemoteEvent { body: None, ..event() }));
        assert_eq!(read_event_with("resolution_strategy", absent), Ok(event()));
        assert_eq!(read_event_with("conflict_resolved", absent), Ok(event()));
    }
}

/// A server may set `user_id`; the tag of the body makes `data_hash` needless.
#[test]
fn what_is_never_compared_may_be_anything() {
    for field in ["user_id", "data_hash"] {
        for value in ["", "null", "\"somebody\"", "17"] {
            assert_eq!(read_event_with(field, value), Ok(event()), "{field} {value}");
        }
    }
}

#[test]
fn what_a_server_says_of_a_conflict_is_kept() {
    let resolution = |conflict_resolved, strategy: Option<&str>| Resolution { conflict_resolved, strategy: strategy.map(str::to_owned) };
    assert_eq!(read_event_with("conflict_resolved", "true").unwrap().resolution, resolution(true, None));
    assert_eq!(read_event_with("resolution_strategy", r#""lww""#).unwrap().resolution, resolution(false, Some("lww")));
    let long = format!("\"{}\"", "é".repeat(70_000));
    let kept = read_event_with("resolution_strategy", &long).unwrap().resolution.strategy.unwrap();
    assert_eq!(kept, "é".repeat(200)); // It is stored in records whose strings have a length of 16 bits.
}

/// Limits of the event: at each the last value that is taken, and the first that is not.
#[test]
fn limits() {
    let text = |character: &str, count: usize| format!("\"{}\"", character.repeat(count));
    let taken = [
        ("id", text("x", 64)),
        ("id", r#""!~""#.into()),
        ("device_id", text("~", 64)),
        ("entity_id", text("é", 128)),
        ("entity_id", r#""a/b \u0000""#.into()),
        ("entity_id", r#""\ud83d\udd11""#.into()),
        ("timestamp", "1".into()),
        ("timestamp", "9007199254740991".into()),
        ("encrypted_data", "\"\"".into()),
    ];
    for (field, value) in taken {
        assert!(read_event_with(field, &value).is_ok(), "{field} {value}");
    }
    let refused = [
        ("id", text("x", 65)),
        ("id", "\"\"".into()),
        ("id", "\"a b\"".into()),
        ("id", "\"é\"".into()),
        ("device_id", text("x", 65)),
        ("device_id", r#""\u007f""#.into()),
        ("device_id", r#""\n""#.into()),
        ("entity_id", text("é", 129)),
        ("entity_id", "\"\"".into()),
        ("entity_type", "\"note\"".into()),
        ("entity_type", "\"Bookmark\"".into()),
        ("operation", "\"upsert\"".into()),
        ("operation", "\"\"".into()),
        ("timestamp", "0".into()),
        ("timestamp", "0.9".into()),
        ("timestamp", "-1".into()),
        ("timestamp", "-0.5".into()),
        ("timestamp", "9007199254740992".into()),
        ("timestamp", "1e300".into()),
        ("encrypted_data", "\"c2VhbGVk=\"".into()),
        ("encrypted_data", "\"c2VhbGV\"".into()),
        ("encrypted_data", "\"-_-_\"".into()),
        ("encrypted_data", "\"c2Vh bGVk\"".into()),
    ];
    for (field, value) in refused {
        assert_eq!(read_event_with(field, &value), Err(FrameFailure::BadEvent), "{field} {value}");
    }
}

#[test]
fn ack() {
    assert_eq!(read_frame(r#"{"type":"ack","ids":["sync_1","sync_2"]}"#), Ok(Frame::Ack(vec!["sync_1".into(), "sync_2".into()])));
    assert_eq!(read_frame(r#"{"type":"ack","ids":[]}"#), Ok(Frame::Ack(vec![])));
}

#[test]
fn error() {
    let complaint = |text: &str| Complaint { text: text.into(), event_id: None, is_final: false, retry_after: None, is_clock: false };
    let read = |rest: &str| match read_frame(&format!(r#"{{"type":"error","error":"why"{rest}}}"#)) {
        Ok(Frame::Complaint(complaint)) => complaint,
        other => panic!("{other:?}"),
    };
    assert_eq!(read(""), complaint("why"));
    assert_eq!(read(r#","id":null,"code":null,"retryAfter":null"#), complaint("why"));
    for code in ["invalid", "too_large", "forbidden"] {
        let expected = Complaint { event_id: Some("sync_1".into()), is_final: true, ..complaint("why") };
        assert_eq!(read(&format!(r#","id":"sync_1","code":"{code}""#)), expected);
    }
    assert_eq!(read(r#","code":"too_far_future""#), Complaint { is_clock: true, ..complaint("why") });
    assert_eq!(read(r#","code":"rate_limited","retryAfter":3"#), Complaint { retry_after: Some(3_000), ..complaint("why") });
    assert_eq!(read(r#","code":"of_a_later_version""#), complaint("why"));
}

#[test]
fn types_that_are_not_listed() {
    for kind in ["presence", "", "SYNC", "__proto__"] {
        assert_eq!(read_frame(&format!(r#"{{"type":"{kind}","event":{{}}}}"#)), Err(FrameFailure::UnknownType(kind.into())));
    }
}

#[test]
fn the_account_of_a_session() {
    let status = r#"{"user_id":"user_01ABC","last_sync":1735430400000,"pending_changes":0,"conflict_count":0,"total_bookmarks":7}"#;
    assert_eq!(read_account(status), Some("user_01ABC".into()));
    for silent in ["", "{}", r#"{"user_id":null}"#, r#"{"user_id":7}"#, "<!doctype html>", "[]"] {
        assert_eq!(read_account(silent), None, "{silent}");
    }
}

/// The answer to a push over HTTP.
#[test]
fn conflicts_of_a_push() {
    for silent in ["", "{}", "null", r#"{"ok":true}"#, r#"{"conflicts":[],"conflict_count":0}"#, r#"{"conflicts":null}"#] {
        assert!(!names_conflict(silent), "{silent}");
    }
    for conflict in
        [r#"{"conflicts":["sync_1"]}"#, r#"{"conflicts":[{}]}"#, r#"{"conflict_count":2}"#, r#"{"conflict_count":1,"conflicts":[]}"#]
    {
        assert!(names_conflict(conflict), "{conflict}");
    }
}
