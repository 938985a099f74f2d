//! Frames that the client writes, byte for byte.

use super::event;
use crate::rng::Rng;
use base64ct::{Base64, Encoding};
use sealwire::engine::dialect::bitmarks::{PING, push_body, sync_length, write_sync};
use sealwire::engine::dialect::{RemoteEvent, Resolution};
use sealwire::engine::event::{Operation, Stamp};
use sealwire::engine::ids::EntityKey;
use serde_json::{Value, json};

const DIGEST: [u8; 32] = [0xa5; 32];

#[test]
fn ping() {
    assert_eq!(PING, r#"{"type":"ping"}"#);
}

#[test]
fn the_operations_of_both_formats() {
    let hash = "a5".repeat(32);
    for operation in [Operation::Create, Operation::Update, Operation::Delete] {
        let word = operation.as_str();
        let sealed = RemoteEvent { operation, ..event() };
        assert_eq!(
            write_sync("user_01ABC", &sealed, &DIGEST),
            format!(
                r#"{{"type":"sync","event":{{"id":"sync_abc123","user_id":"user_01ABC","entity_type":"bookmark","entity_id":"bm_xyz","operation":"{word}","device_id":"device_456","data_hash":"{hash}","encrypted_data":"c2VhbGVk","timestamp":1735430400000,"conflict_resolved":false}}}}"#
            )
        );
    }
    let plain_delete = RemoteEvent { operation: Operation::Delete, body: None, ..event() };
    assert_eq!(
        write_sync("user_01ABC", &plain_delete, &DIGEST),
        format!(
            r#"{{"type":"sync","event":{{"id":"sync_abc123","user_id":"user_01ABC","entity_type":"bookmark","entity_id":"bm_xyz","operation":"delete","device_id":"device_456","data_hash":"{hash}","timestamp":1735430400000,"conflict_resolved":false}}}}"#
        )
    );
}

/// Own events carry `conflict_resolved: false` and no `resolution_strategy`, whatever was read.
#[test]
fn what_a_server_said_of_a_conflict_is_not_sent() {
    let resolution = Resolution { conflict_resolved: true, strategy: Some("lww".into()) };
    assert_eq!(write_sync("u", &RemoteEvent { resolution, ..event() }, &DIGEST), write_sync("u", &event(), &DIGEST));
}

#[test]
fn ids_are_escaped_where_json_asks_for_it() {
    let written = |id: &str| {
        let key = EntityKey::new("group", id);
        write_sync("u", &RemoteEvent { key, ..event() }, &DIGEST)
    };
    for (id, escaped) in [("\"\\/", r#""\"\\/""#), ("é\u{1F511}\u{2028}", "\"é\u{1F511}\u{2028}\""), ("\u{7f}", "\"\u{7f}\"")] {
        assert!(written(id).contains(&format!("\"entity_id\":{escaped},")), "{}", written(id));
    }
    for control in '\0'..' ' {
        let read: Value = serde_json::from_str(&written(&control.to_string())).unwrap();
        assert_eq!(read["event"]["entity_id"], json!(control.to_string()));
    }
}

/// Whatever the event: another library reads what was meant, and the length was known before.
#[test]
fn random_events() {
    let mut rng = Rng::new(1);
    for _ in 0..2_000 {
        let (user_id, event, digest) = random_event(&mut rng);
        let frame = write_sync(&user_id, &event, &digest);
        assert_eq!(frame.len(), sync_length(&user_id, &event, event.body.as_ref().map(Vec::len)));
        let mut expected = json!({
            "id": event.stamp.event_id(),
            "user_id": user_id,
            "entity_type": event.key.entity_type(),
            "entity_id": event.key.entity_id(),
            "operation": event.operation.as_str(),
            "timestamp": event.stamp.timestamp(),
            "device_id": event.stamp.device_id(),
            "data_hash": digest.map(|byte| format!("{byte:02x}")).concat(),
            "conflict_resolved": false,
        });
        if let Some(body) = &event.body {
            expected["encrypted_data"] = json!(Base64::encode_string(body));
        }
        assert_eq!(serde_json::from_str::<Value>(&frame).unwrap(), json!({ "type": "sync", "event": expected }));
    }
}

fn random_event(rng: &mut Rng) -> (String, RemoteEvent, [u8; 32]) {
    let alphabet: Vec<char> = ('\0'..'\u{80}').chain("éﬀ…\u{1F511}\u{2028}\u{FFFF}".chars()).collect();
    let text = |rng: &mut Rng| (0..=rng.below(40)).map(|_| *rng.pick(&alphabet)).collect::<String>();
    let (user_id, entity_id) = (text(rng), text(rng));
    let printable: Vec<char> = ('!'..='~').collect();
    let id = |rng: &mut Rng| (0..=rng.below(63)).map(|_| *rng.pick(&printable)).collect::<String>();
    let stamp = Stamp::new(rng.next() >> (11 + rng.below(40)), &id(rng), &id(rng));
    let body = (rng.below(4) > 0).then(|| (0..rng.below(300)).map(|_| rng.below(256) as u8).collect());
    let event = RemoteEvent {
        key: EntityKey::new(rng.pick::<&str>(&["bookmark", "history", "group"]), &entity_id),
        operation: *rng.pick(&[Operation::Create, Operation::Update, Operation::Delete]),
        stamp,
        body,
        resolution: Resolution::default(),
    };
    (user_id, event, std::array::from_fn(|_| rng.below(256) as u8))
}

/// A push over HTTP carries the same events as the frames.
#[test]
fn a_push_over_http() {
    let frame: Value = serde_json::from_str(&write_sync("user_01ABC", &event(), &DIGEST)).unwrap();
    let body: Value = serde_json::from_str(&push_body("user_01ABC", &[(event(), DIGEST), (event(), DIGEST)])).unwrap();
    assert_eq!(body, json!({ "changes": [frame["event"], frame["event"]] }));
    assert_eq!(push_body("u", &[]), r#"{"changes":[]}"#);
}
