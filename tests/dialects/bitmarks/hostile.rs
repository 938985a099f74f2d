//! Frames and pages that no server should send. None may panic, and none is taken for what it is not.

use crate::rng::Rng;
use sealwire::engine::dialect::bitmarks::{read_account, read_frame, read_page};
use sealwire::engine::dialect::{Cursor, Frame, FrameFailure, MAX_TIMESTAMP, Page};

const GOOD: [&str; 9] = [
    r#"{"type":"connected","deviceId":"device_456","timestamp":1735430400000,"features":["ack","seq"]}"#,
    r#"{"type":"pong","timestamp":1735430400000.5}"#,
    r#"{"type":"sync","event":{"id":"sync_1","user_id":"u","entity_type":"bookmark","entity_id":"bé\ud83d\udd11","operation":"create","timestamp":1735430400000,"device_id":"d","encrypted_data":"c2VhbGVk","data_hash":"5f","conflict_resolved":false,"resolution_strategy":null}}"#,
    r#"{"type":"sync","event":{"id":"sync_2","user_id":"u","entity_type":"group","entity_id":"g","operation":"delete","timestamp":1,"device_id":"d","data_hash":"5f","conflict_resolved":true,"resolution_strategy":"lww"}}"#,
    r#"{"type":"ack","ids":["sync_1","sync_2"]}"#,
    r#"{"type":"error","error":"no","id":"sync_1","code":"rate_limited","retryAfter":1.5}"#,
    r#"{"changes":[{"id":"sync_1","user_id":"u","entity_type":"bookmark","entity_id":"b","operation":"update","timestamp":7,"device_id":"d","encrypted_data":"","data_hash":"","conflict_resolved":false}],"next_seq":9,"has_more":true}"#,
    r#"{"changes":[],"last_sync_timestamp":1735430400000,"has_more":false}"#,
    r#"{"user_id":"user_01ABC","last_sync":1735430400000,"pending_changes":0}"#,
];

/// Pieces that are put into good frames.
const PIECES: &str =
    r#"{ } [ ] " \ , : null true - -1 0.1 1e999 -1e999 1e-999 9007199254740992 18446744073709551616 \u0000 \ud800 __proto__ 🔑"#;

/// One a line.
const NO_MESSAGES: &str = r#"
nonsense
null
17
"pong"
[]
{}
{"type"}
{"type":null}
{"type":7}
{"type":["pong"]}
{"type":{"type":"pong"}}
{"Type":"pong"}
{"type":"pong"} trailing
{"type":"pong"}{}
{"type":"pong",}
{'type':'pong'}
{"type":"\ud800"}
{"type":"\x"}
{"type":"pong","timestamp":true}
{"type":"pong","timestamp":"1"}
{"type":"pong","timestamp":NaN}
{"type":"connected","deviceId":7}
{"type":"connected","timestamp":"soon"}
{"type":"connected","features":"ack"}
{"type":"sync"}
{"type":"sync","event":null}
{"type":"sync","event":[]}
{"type":"sync","event":{}}
{"type":"ack"}
{"type":"ack","ids":null}
{"type":"ack","ids":[1]}
{"type":"ack","ids":"sync_1"}
{"type":"error"}
{"type":"error","error":null}
{"type":"error","error":"x","id":7}
"#;

#[test]
fn what_is_no_message_is_malformed() {
    for text in NO_MESSAGES.lines().chain([" \t", "\u{FEFF}{\"type\":\"pong\"}", "{\"type\":\"po\nng\"}", "\0"]) {
        assert_eq!(read_frame(text), Err(FrameFailure::Malformed), "{text}");
    }
}

#[test]
fn a_field_of_the_wrong_type_spoils_the_event() {
    for (field, right) in
        [("id", "\"sync_1\""), ("entity_id", "\"bé\\ud83d\\udd11\""), ("timestamp", "1735430400000"), ("device_id", "\"d\"")]
    {
        for wrong in ["null", "[]", "{}", "true", if right.starts_with('"') { "7" } else { "\"7\"" }] {
            let frame = GOOD[2].replacen(&format!("\"{field}\":{right}"), &format!("\"{field}\":{wrong}"), 1);
            assert_ne!(frame, GOOD[2]);
            assert_eq!(read_frame(&frame), Err(FrameFailure::Malformed), "{frame}");
        }
    }
}

/// As deep as a frame can go, in a field that nobody reads and in one that is read.
#[test]
fn deep_nesting() {
    for depth in [100, 10_000, 500_000] {
        let nested = "[".repeat(depth) + &"]".repeat(depth);
        let ignored = read_frame(&format!(r#"{{"type":"pong","x":{nested}}}"#));
        assert!(matches!(ignored, Ok(Frame::Pong { .. }) | Err(FrameFailure::Malformed)));
        assert_eq!(read_frame(&nested), Err(FrameFailure::Malformed));
        assert_eq!(read_frame(&format!(r#"{{"type":{nested}}}"#)), Err(FrameFailure::Malformed));
        let page = read_page(&format!(r#"{{"changes":{nested},"next_seq":1}}"#), Cursor::Seq(0));
        assert!(matches!(page, Ok(Page { bad_events: 1, .. }) | Err(FrameFailure::Malformed)));
    }
}

#[test]
fn a_megabyte_of_anything() {
    let filler = "x".repeat(1 << 20);
    assert_eq!(read_frame(&filler), Err(FrameFailure::Malformed));
    assert_eq!(read_frame(&format!(r#"{{"type":"{filler}"}}"#)), Err(FrameFailure::UnknownType(filler.clone())));
    assert!(matches!(read_frame(&format!(r#"{{"type":"error","error":"{filler}"}}"#)), Ok(Frame::Complaint(_))));
    assert!(matches!(read_frame(&format!(r#"{{"type":"pong","{filler}":"{filler}"}}"#)), Ok(Frame::Pong { .. })));
    let ids = vec!["\"\""; 300_000].join(",");
    assert!(matches!(read_frame(&format!(r#"{{"type":"ack","ids":[{ids}]}}"#)), Ok(Frame::Ack(ids)) if ids.len() == 300_000));
}

/// Names that mean something to JavaScript mean nothing here.
#[test]
fn names_of_javascript() {
    assert_eq!(read_frame(r#"{"__proto__":{"type":"pong"}}"#), Err(FrameFailure::Malformed));
    assert_eq!(read_frame(r#"{"constructor":{"prototype":{}},"type":"pong"}"#), Ok(Frame::Pong { timestamp: None }));
}

/// Ten thousand good frames, each spoilt in a few places: no panic, and what is still an event keeps the limits.
#[test]
fn random_mutations() {
    let mut rng = Rng::new(1);
    let mut still_read = 0;
    for _ in 0..10_000 {
        let mut text = (*rng.pick(&GOOD)).to_owned();
        for _ in 0..=rng.below(2) {
            mutate(&mut text, &mut rng);
        }
        match read_frame(&text) {
            Ok(Frame::Event(event)) => {
                still_read += 1;
                assert!((1..MAX_TIMESTAMP).contains(&event.stamp.timestamp()), "{text}");
                assert!((1..=64).contains(&event.stamp.event_id().len()) && (1..=256).contains(&event.key.entity_id().len()), "{text}");
            }
            Ok(_) => still_read += 1,
            Err(_) => {}
        }
        if let Ok(page) = read_page(&text, Cursor::Seq(3)) {
            still_read += 1;
            assert!(matches!(page.next, Cursor::Seq(next) if next >= 3), "{text}");
        }
        let _ = (read_page(&text, Cursor::Since(u64::MAX)), read_account(&text));
    }
    assert!((1_000..9_000).contains(&still_read), "the mutations are too strong or too weak: {still_read} are still read");
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
