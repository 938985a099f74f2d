//! Servers and peers that err or lie.

use crate::canary::content;
use crate::machine::EPOCH;
use crate::moves::key;
use crate::peer::{envelope, header};
use crate::server::Kind;
use crate::tab::TabId;
use crate::verdict::Shown;
use crate::world::World;
use base64ct::{Base64, Encoding};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::event::Stamp;
use sealwire::engine::seal::write_plaintext;
use serde_json::{Value, json};

/// A device that is sent an event; what it shows then, and what it reported.
fn receive(event: impl Fn(&mut World) -> Value) -> (Shown, Vec<ErrorCode>) {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let event = event(&mut world);
    world.server_sends(phone, &event);
    world.run_until_quiet(500);
    let errors = errors(&world, phone);
    (world.shown(phone), errors)
}

fn errors(world: &World, id: TabId) -> Vec<ErrorCode> {
    world.tab(id).diary.errors.keys().copied().collect()
}

/// A server sets fields of the envelope from its session: the sealed ones count, and it is told once for each event.
#[test]
fn rewritten_fields() {
    for (field, value) in
        [("operation", json!("create")), ("device_id", json!("the_server")), ("timestamp", json!(EPOCH + 1)), ("id", json!("other"))]
    {
        let (shown, errors) = receive(|world| {
            let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
            event[field] = value.clone();
            event
        });
        let expected = (EPOCH + 60_000, "elsewhere".to_owned(), "event".to_owned());
        assert_eq!(shown.into_values().collect::<Vec<_>>(), [(expected, content("x"))], "{field}");
        assert_eq!(errors, [ErrorCode::Rewritten], "{field}");
    }
    let (shown, errors) = receive(|world| {
        let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
        event["user_id"] = json!("somebody"); // A server may set it; it is not even compared.
        event["conflict_resolved"] = json!(true);
        event
    });
    assert_eq!((shown.len(), errors.len()), (1, 0));
}

/// A server stamps events by its own clock, behind the authors': once that was noticed, the newer one inside wins, although the outside is
/// older.
#[test]
fn rewritten_to_an_older_stamp() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let mut rewritten = world.event_of(&header(key("bm_2"), "other"), "other");
    rewritten["timestamp"] = json!(EPOCH + 1);
    world.server_sends(phone, &rewritten);
    let first = world.event_of(&header(key("bm_1"), "first"), "first");
    world.server_sends(phone, &first);
    world.run_until_quiet(500);
    let mut newer = header(key("bm_1"), "second");
    newer.stamp = Stamp::new(newer.stamp.timestamp() + 1_000, newer.stamp.device_id(), newer.stamp.event_id());
    let mut second = world.event_of(&newer, "second");
    second["timestamp"] = json!(EPOCH + 30_000);
    world.server_sends(phone, &second);
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("second")));
}

#[test]
fn forged_user_or_entity() {
    let other_user = receive(|world| {
        let mut header = header(key("bm_1"), "event");
        header.user_id = "user_B".into();
        world.event_of(&header, "x")
    });
    let other_entity = receive(|world| {
        let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
        event["entity_id"] = json!("bm_2");
        event
    });
    let other_type = receive(|world| {
        let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
        event["entity_type"] = json!("group");
        event
    });
    for (shown, errors) in [other_user, other_entity, other_type] {
        assert_eq!((shown.len(), errors), (0, vec![ErrorCode::Forged]));
    }
}

/// A delete without a seal, which anybody can make, and a body that was altered at any place: nothing is applied.
#[test]
fn bad_seals() {
    let stripped = receive(|_| {
        let mut header = header(key("bm_1"), "event");
        header.operation = Operation::Delete;
        envelope(&header, None)
    });
    assert_eq!((stripped.0.len(), stripped.1), (0, vec![ErrorCode::DeleteStripped]));
    for place in [0, 20, 40, 50, 90] {
        let (shown, errors) = receive(|world| {
            let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
            let mut body = event["encrypted_data"].as_str().expect("a body").to_owned();
            let letter = if &body[place..=place] == "A" { "B" } else { "A" };
            body.replace_range(place..=place, letter);
            event["encrypted_data"] = json!(body);
            event
        });
        let of_key_id = (2..22).contains(&place);
        let expected = if of_key_id { ErrorCode::UnknownKey } else { ErrorCode::BadSeal };
        assert_eq!((shown.len(), errors), (0, vec![expected]), "at {place}");
    }
}

/// Flags of a later version, and insides that are none, under a good tag: nothing is applied.
#[test]
fn sealed_by_another_version() {
    type Change = fn(&mut Vec<u8>);
    let changes: [(Change, ErrorCode); 4] = [
        (|inside| inside[0] = 2, ErrorCode::UnknownFormat),
        (|inside| inside.truncate(20), ErrorCode::BadSeal),
        (Vec::clear, ErrorCode::BadSeal),
        (|inside| inside.push(0xff), ErrorCode::BadSeal),
    ];
    for (change, expected) in changes {
        let (shown, errors) = receive(|world| {
            let header = header(key("bm_1"), "event");
            let mut inside = write_plaintext(&header, r#"{"title":"x"}"#);
            change(&mut inside);
            world.event_around(&header, &inside)
        });
        assert_eq!((shown.len(), errors), (0, vec![expected]));
    }
}

/// A body that was cut or extended, at either end: nothing is applied.
#[test]
fn cut_and_extended_bodies() {
    let changes: [fn(&mut Vec<u8>); 5] =
        [|body| body.truncate(60), |body| body.truncate(body.len() - 1), |body| body.push(0), Vec::clear, |body| drop(body.drain(..45))];
    for change in changes {
        let (shown, errors) = receive(|world| {
            let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
            let mut body = Base64::decode_vec(event["encrypted_data"].as_str().expect("a body")).expect("base64");
            change(&mut body);
            event["encrypted_data"] = json!(Base64::encode_string(&body));
            event
        });
        assert_eq!((shown.len(), errors), (0, vec![ErrorCode::BadSeal]));
    }
}

/// A peer's clock is broken: its stamp is refused where no stamp could follow it.
#[test]
fn a_sealed_stamp_beyond_all_limits() {
    for timestamp in [0, 1 << 53, u64::MAX] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        let mut header = header(key("bm_1"), "event");
        header.stamp = Stamp::new(timestamp, header.stamp.device_id(), header.stamp.event_id());
        let mut event = world.event_of(&header, "x");
        event["timestamp"] = json!(EPOCH);
        world.server_sends(phone, &event);
        world.run_until_quiet(500);
        world.push(phone, "bm_1", "goes on");
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("goes on")), "{timestamp}");
        world.assert_converged();
    }
}

/// What a server says of a conflict is kept, whatever it is, and does not damage the record.
#[test]
fn a_resolution_of_any_length() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
    event["resolution_strategy"] = json!("é".repeat(40_000));
    world.server_sends(phone, &event);
    world.run_until_quiet(500);
    world.reload(phone);
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("x")));
    world.push(phone, "bm_1", "goes on");
    world.run_until_quiet(500);
    world.assert_converged();
}

/// Each unknown type is told once, however long its name is, and sixteen at most; the connection stays.
#[test]
fn unknown_frames() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let dials = world.machine(phone).dials;
    let long = "n".repeat(1_000);
    for _ in 0..5 {
        world.server_says(phone, &json!({ "type": long }));
        world.server_says(phone, &json!({ "type": "weather" }));
    }
    world.run_for(1_000);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::UnknownFrame), 2);
    for number in 0..100 {
        world.server_says(phone, &json!({ "type": number.to_string() }));
    }
    world.run_for(1_000);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::UnknownFrame), 16);
    assert_eq!(world.machine(phone).dials, dials);
}

/// What is no message is told and changes nothing.
#[test]
fn bad_frames() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let dials = world.machine(phone).dials;
    let frames = [
        json!(null),
        json!(1),
        json!([]),
        json!({}),
        json!({ "type": 1 }),
        json!({ "type": "sync" }),
        json!({ "type": "ack", "ids": "x" }),
    ];
    frames.iter().for_each(|frame| world.server_says(phone, frame));
    let mut event = world.event_of(&header(key("bm_1"), "event"), "x");
    event["id"] = json!("not a short id");
    world.server_sends(phone, &event);
    world.server_says(phone, &json!({ "type": "pong", "padding": "x".repeat(2 << 20) }));
    world.run_until_quiet(500);
    let diary = &world.tab(phone).diary;
    assert_eq!(diary.errors_of(ErrorCode::BadFrame), frames.len() as u32);
    assert_eq!((diary.errors_of(ErrorCode::BadEvent), diary.errors_of(ErrorCode::FrameTooLarge)), (1, 1));
    assert_eq!((world.machine(phone).dials, world.shown(phone).len()), (dials, 0));
}
