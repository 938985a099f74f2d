//! Each frame of the client, byte for byte, and signed.

use super::{ROW, fields};
use sealwire::rows::io::Secret;
use sealwire::rows::json::{parse_object, text_of};
use sealwire::rows::typelets::send;
use sealwire::rows::typelets::signing::{SIGNATURE_LENGTH, Signer, signature, signed_frame, signed_string};
use serde_json::Value;

#[test]
fn frames() {
    assert_eq!(send::auth("aaa.bbb.ccc"), r#"{"token":"aaa.bbb.ccc","type":"auth"}"#);
    assert_eq!(text_of(&send::ping()), r#"{"type":"ping"}"#);
    assert_eq!(text_of(&send::join("n1")), r#"{"noteId":"n1","type":"join_note"}"#);
    assert_eq!(text_of(&send::leave("n1")), r#"{"noteId":"n1","type":"leave_note"}"#);
    let changes = r#"{"folderId":null,"starred":true}"#;
    assert_eq!(text_of(&send::update("n1", fields(changes))), format!(r#"{{"changes":{changes},"noteId":"n1","type":"note_update"}}"#));
    assert_eq!(text_of(&send::note_created("n1", &fields(ROW))), format!(r#"{{"noteData":{ROW},"noteId":"n1","type":"note_created"}}"#));
    assert_eq!(text_of(&send::note_deleted("n1")), r#"{"noteId":"n1","type":"note_deleted"}"#);
    let folder = r#"{"id":"f1","name":"x"}"#;
    let created = format!(r#"{{"folderData":{folder},"folderId":"f1","type":"folder_created"}}"#);
    assert_eq!(text_of(&send::folder_created("f1", &fields(folder))), created);
    let updated = format!(r#"{{"changes":{{"name":"x"}},"folderId":"f1","type":"folder_updated","updatedFolder":{folder}}}"#);
    assert_eq!(text_of(&send::folder_updated("f1", &fields(r#"{"name":"x"}"#), &fields(folder))), updated);
    assert_eq!(text_of(&send::folder_deleted("f1")), r#"{"folderId":"f1","type":"folder_deleted"}"#);
}

/// What makes the server tell everybody the row carries no ciphertext, which could meet another's IV.
#[test]
fn a_poke_carries_nothing() {
    assert_eq!(text_of(&send::update("n1", send::poke())), r#"{"changes":{"title":"[ENCRYPTED]"},"noteId":"n1","type":"note_update"}"#);
}

#[test]
fn signatures_are_the_known_answers() {
    let file: Value = serde_json::from_str(include_str!("../../vectors/interop.json")).unwrap();
    let signing = &file["typelets_signing"];
    let secret = Secret(signing["sessionSecret"].as_str().unwrap().into());
    let timestamp = signing["timestamp"].as_u64().unwrap();
    let cases = signing["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let known = case["signed_string"].as_str().unwrap();
        // The payload as it stands in the known string: the order of its names is the sender's.
        let payload = known.strip_prefix(r#"{"payload":"#).unwrap().split(r#","timestamp":"#).next().unwrap();
        let text = signed_string(payload, timestamp, case["nonce"].as_str().unwrap());
        let answer = case["signature"].as_str().unwrap();
        assert_eq!((text.as_str(), signature(&secret, &text).as_str()), (known, answer));
        let frame = signed_frame(&secret, &text);
        let nonce = &case["nonce"];
        assert_eq!(frame, format!(r#"{{"payload":{payload},"signature":"{answer}","timestamp":{timestamp},"nonce":{nonce}}}"#));
        assert_eq!(frame.len(), text.len() + SIGNATURE_LENGTH);
    }
}

/// The server signs what JavaScript prints of the payload that it has read.
#[test]
fn a_signed_payload_is_printed_as_javascript_does() {
    let file: Value = serde_json::from_str(include_str!("../../vectors/interop.json")).unwrap();
    for case in file["typelets_signing"]["cases"].as_array().unwrap() {
        let payload = case["payload"].to_string();
        let ours = text_of(&parse_object(&payload).unwrap());
        assert_eq!(serde_json::from_str::<Value>(&ours).unwrap(), case["payload"]);
    }
    let all: String = (0..0x80).filter_map(char::from_u32).chain("\u{2028}\u{1f600}é".chars()).collect();
    let printed = r#"{"a":"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f !\"#;
    let ours = text_of(&sealwire::rows::json::Fields::from([("a", all.as_str().into())]));
    assert!(ours.starts_with(printed) && ours.ends_with("~\u{7f}\u{2028}\u{1f600}é\"}"), "{ours}");
}

#[test]
fn no_nonce_comes_twice() {
    let mut signer = Signer::new(7);
    let nonces = ["AAAAAAAAAAcAAAAAAAAAAQ==", "AAAAAAAAAAcAAAAAAAAAAg==", "AAAAAAAAAAcAAAAAAAAAAw=="];
    for nonce in nonces {
        assert_eq!(signer.prepare(&send::ping(), 5), signed_string(r#"{"type":"ping"}"#, 5, nonce));
    }
}
