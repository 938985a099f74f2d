//! Keys: the wrong one, several, one that is missing; and a server that makes something else of what is sealed.

use crate::canary::content;
use crate::keys::Keys;
use crate::moves::key;
use crate::peer::header;
use crate::server::{Kind, Paging, text};
use crate::tab::TabId;
use crate::verdict::of_key;
use crate::world::World;
use base64ct::{Base64, Encoding};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::notice::{ConnectionState, KeyCheck, Outcome};
use sealwire::engine::seal::{Format, Prefix};
use serde_json::{Value, json};

fn is_stopped(world: &World, id: TabId, reason: ErrorCode) -> bool {
    world.tab(id).has_status(|status| (status.state, status.reason) == (ConnectionState::Stopped, Some(reason)))
}

fn has_key(world: &World, id: TabId, check: KeyCheck) -> bool {
    world.tab(id).has_status(|status| status.key == check)
}

/// The key ids of the bodies that the server has, by their entity's id.
fn key_ids(world: &World) -> Vec<(String, [u8; 16])> {
    let key_id = |event: &Value| {
        let bytes = Base64::decode_vec(event["encrypted_data"].as_str().expect("a body")).expect("base64");
        Prefix::split(&bytes).expect("a prefix").0.key_id
    };
    world.server.rows.values().map(|row| (text(&row.event, "entity_id"), key_id(&row.event))).collect()
}

/// A fresh device was given a wrong password. It sends nothing and says why before its first push; what its user made meanwhile is sealed
/// anew when the right key comes, and arrives.
#[test]
fn wrong_password_device() {
    for kind in Kind::ALL.into_iter().filter(|kind| kind.paging() != Paging::None) {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.push(phone, "bm_1", "sealed under the right key");
        world.run_until_quiet(500);
        let tablet = world.add_with("tablet", |machine| machine.keys = Keys::new(8));
        let pushed = world.push(tablet, "bm_2", "sealed under a wrong one");
        world.connect(tablet);
        world.run_for(60_000);
        assert!(is_stopped(&world, tablet, ErrorCode::KeyMismatch) && has_key(&world, tablet, KeyCheck::Unknown), "{kind:?}");
        assert!(!world.server.received.contains(&pushed), "{kind:?}");
        world.machine_mut(tablet).keys = Keys::new(7).replacing(Keys::new(8));
        world.reload(tablet);
        world.run_until_quiet(500);
        assert!(has_key(&world, tablet, KeyCheck::Verified), "{kind:?}");
        assert_eq!(world.tab(tablet).diary.settled.get(&pushed), Some(&Outcome::Confirmed), "{kind:?}");
        assert_eq!(world.shown_bookmark(laptop, "bm_2"), Some(content("sealed under a wrong one")), "{kind:?}");
        world.assert_converged();
    }
}

/// A forged copy of the only event hides it from a new device, as the newer of two: everything is asked for again before the key is judged.
#[test]
fn forgery_that_hides_what_proves_the_key() {
    for kind in Kind::ALL.into_iter().filter(|kind| kind.paging() != Paging::None) {
        let (mut world, phone, _) = World::with_two(kind);
        world.push(phone, "bm_1", "x");
        world.run_until_quiet(500);
        let mut forged = world.server.rows.values().next().expect("it has arrived").event.clone();
        let mut body = Base64::decode_vec(&text(&forged, "encrypted_data")).expect("base64");
        *body.last_mut().expect("a body") ^= 1;
        forged["encrypted_data"] = json!(Base64::encode_string(&body));
        forged["timestamp"] = json!(forged["timestamp"].as_u64().expect("a time") + 1);
        world.server.forgeries.push(forged);
        let new = world.add("tablet");
        world.connect(new);
        world.run_for(60_000);
        assert!(has_key(&world, new, KeyCheck::Verified), "{kind:?}");
        assert_eq!(world.shown_bookmark(new, "bm_1"), Some(content("x")), "{kind:?}");
    }
}

/// One event that does not open locks nobody out; an empty account proves every key; a server that cannot be asked leaves it unchecked; and
/// who is sure may say so.
#[test]
fn what_proves_a_key() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    assert!(has_key(&world, phone, KeyCheck::Verified), "the account is empty");
    let planted = {
        let own = std::mem::replace(&mut world.machines[0].keys, Keys::new(9));
        let event = world.event_of(&header(key("bm_planted"), "planted"), "x");
        world.machines[0].keys = own;
        event
    };
    world.server.forgeries.push(planted);
    let alone = world.add("tablet");
    world.connect(alone);
    world.run_for(60_000);
    assert!(is_stopped(&world, alone, ErrorCode::KeyMismatch), "all there is does not open");
    world.accept_key(alone);
    world.run_for(60_000);
    assert!(has_key(&world, alone, KeyCheck::Verified));
    world.push(phone, "bm_1", "x");
    world.run_until_quiet(500);
    let second = world.add("watch");
    world.connect(second);
    world.run_until_quiet(500);
    assert!(has_key(&world, second, KeyCheck::Verified), "one of two opens");
    assert_eq!(world.shown(second).len(), 1);

    let (world, phone, _) = World::with_two(Kind::Streaming);
    assert!(has_key(&world, phone, KeyCheck::Unchecked));
}

/// The key is replaced while changes wait. What may have been sent stays as it is, for one id has one body; what was never attempted is
/// sealed under the new key, with the stamp that it had. Old bodies open, and nobody is told anything.
#[test]
fn rotate_while_in_flight() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.push(laptop, "bm_old", "of long ago");
    world.run_until_quiet(500);
    let sent = world.push(phone, "bm_1", "may have been sent");
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.in_flight == 1)));
    world.cut(phone);
    world.run_for(1_000);
    let waiting = world.push(phone, "bm_2", "was never sent");
    world.run_for(1_000);
    let stamp = world.oracle.changes()[waiting.as_str()].1.clone();
    for id in [phone, laptop] {
        world.machine_mut(id).keys = Keys::new(8).replacing(Keys::new(7));
        world.reload(id);
    }
    world.heal(phone);
    world.run_until_quiet(500);
    let [old, new] = [7, 8].map(|number| Keys::new(number).ids()[0]);
    let expected = [("bm_1", old), ("bm_2", new), ("bm_old", old)].map(|(id, key)| (id.to_owned(), key));
    assert_eq!(key_ids(&world), expected);
    assert_eq!(world.oracle.changes()[waiting.as_str()].1, &stamp);
    assert_eq!([&sent, &waiting].map(|id| world.tab(phone).diary.settled[id]), [Outcome::Confirmed; 2]);
    assert_eq!(world.shown(laptop).len(), 3);
    world.assert_converged();
}

/// A device that was not told of the new key goes on under the old one: what it sends is merged, and reported.
#[test]
fn retired_key() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.machine_mut(phone).keys = Keys::new(8).replacing(Keys::new(7));
    world.reload(phone);
    world.run_until_quiet(500);
    world.push(laptop, "bm_1", "under the old key");
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("under the old key")));
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::RetiredKey), 1);
    world.assert_converged();
}

/// Events under a key that is not at hand are kept as they are, over reloads, while the cursor moves on; with the key they are opened. There
/// is room for a thousand; where there is none, the cursor stays.
#[test]
fn unknown_key() {
    for (count, moves) in [(5, true), (1_100, false)] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.push(phone, "bm_known", "before");
        world.run_until_quiet(500);
        world.disconnect(laptop);
        world.machine_mut(phone).keys = Keys::new(8).replacing(Keys::new(7));
        world.reload(phone);
        for number in 0..count {
            world.push(phone, &format!("bm_{number}"), "under the new key");
        }
        world.run_until_quiet(500);
        world.connect(laptop);
        world.run_until_quiet(500);
        world.restart_server();
        world.run_until_quiet(500);
        let [own, whole] = [laptop, phone].map(|id| world.machine(id).disk.cursor());
        assert_eq!(own == whole, moves, "{count} events");
        assert_eq!(world.shown(laptop).len(), 1);
        assert!(world.tab(laptop).diary.errors_of(ErrorCode::UnknownKey) >= count);
        world.reload(laptop);
        world.run_until_quiet(500);
        world.machine_mut(laptop).keys = Keys::new(8).replacing(Keys::new(7));
        world.reload(laptop);
        world.run_until_quiet(500);
        assert_eq!(world.shown(laptop).len(), 1 + count as usize);
        world.assert_converged();
    }
}

/// A server drops the bodies of deletes, as its document has it. That is noticed and reported once; from then on a delete travels as an update
/// whose inside is a delete, and no forged delete is believed.
#[test]
fn stripped_delete() {
    for kind in [Kind::Acks, Kind::Echoes, Kind::Silent] {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.server.rewrite = Some(|event| {
            if event["operation"] == "delete" {
                event["encrypted_data"] = Value::Null;
            }
        });
        for name in ["bm_1", "bm_2"] {
            world.push(phone, name, "to be deleted");
        }
        world.run_until_quiet(500);
        world.delete(phone, "bm_1");
        world.run_until_quiet(500);
        world.restart_server(); // Where a server acknowledges, only the next catch-up shows what it has made of it.
        world.run_until_quiet(500);
        world.delete(phone, "bm_2");
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(laptop, "bm_2"), None, "{kind:?}");
        let row = &world.server.rows[&of_key(&key("bm_2"))].event;
        assert_eq!((row["operation"].as_str(), row["encrypted_data"].is_string()), (Some("update"), true), "{kind:?}");
        assert!(world.tab(phone).diary.errors_of(ErrorCode::Rewritten) == 0, "{kind:?}");
        assert!(world.tab(laptop).diary.errors_of(ErrorCode::DeleteStripped) <= 1, "{kind:?}");
        assert_eq!(world.shown_bookmark(laptop, "bm_1"), None, "{kind:?}: it was sent once more");
    }
}

/// One stamp, two bodies, both genuine: the first is kept, the second reported, whichever way it comes.
#[test]
fn duplicate_id() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    let [first, second] = ["first", "second"].map(|title| world.event_of(&header(key("bm_1"), "twice"), title));
    world.server_sends(phone, &first);
    world.run_for(1_000);
    world.server_sends(phone, &second);
    world.server_sends(phone, &first);
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("first")));
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::DuplicateId), 1);
    assert_eq!(world.tab(phone).diary.changes.len(), 1);
    assert!(world.tab(laptop).diary.errors.is_empty());
}

/// A body of another format than the account's is refused, unless the app accepts it while the account moves.
#[test]
fn another_format() {
    for accepts in [false, true] {
        let (mut world, old, _) = World::with_two_in(Kind::Acks, Format::BitmarksPlain);
        world.push(old, "bm_1", "in the old format");
        world.run_until_quiet(500);
        let new = world.add_with("tablet", |machine| {
            machine.config.format = Format::SealedV1;
            machine.config.accepts_other = accepts;
        });
        world.connect(new);
        world.run_for(60_000);
        if !accepts {
            assert!(world.shown(new).is_empty() && is_stopped(&world, new, ErrorCode::KeyMismatch));
            continue;
        }
        assert_eq!(world.shown_bookmark(new, "bm_1"), Some(content("in the old format")));
        world.push_change(new, key("bm_2"), Operation::Create, Some(content("in the new one")));
        world.run_until_quiet(500);
        assert_eq!(world.shown(new).len(), 2);
        world.reload(new);
        world.run_until_quiet(500);
        assert_eq!(world.shown(new).len(), 2);
        // What is pushed again as it is, is sealed anew; once all is, the old format need not be accepted any more.
        let again = world.push(new, "bm_1", "in the old format");
        let needless = world.push_change(new, key("bm_2"), Operation::Update, Some(content("in the new one")));
        world.run_until_quiet(500);
        let settled = &world.tab(new).diary.settled;
        assert_eq!([settled[&again], settled[&needless]], [Outcome::Confirmed, Outcome::Unchanged]);
        world.machine_mut(new).config.accepts_other = false;
        world.machine_mut(new).lose_database();
        world.reload(new);
        world.run_until_quiet(500);
        assert_eq!(world.shown(new).len(), 2);
    }
}

/// After a key was replaced, what is pushed again as it is, is sealed under the new one; a second time it changes nothing.
#[test]
fn pushed_again_under_a_newer_key() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.push(phone, "bm_1", "the same");
    world.run_until_quiet(500);
    world.machine_mut(phone).keys = Keys::new(8).replacing(Keys::new(7));
    world.reload(phone);
    world.run_until_quiet(500);
    for expected in [Outcome::Confirmed, Outcome::Unchanged] {
        let again = world.push(phone, "bm_1", "the same");
        world.run_until_quiet(500);
        assert_eq!(world.tab(phone).diary.settled[&again], expected);
        assert_eq!(key_ids(&world), [("bm_1".to_owned(), Keys::new(8).ids()[0])]);
    }
}
