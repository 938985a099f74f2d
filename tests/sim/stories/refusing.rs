//! The server refuses.

use crate::canary::content;
use crate::luck::Fault;
use crate::machine::USER;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::dialect::bitmarks;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::io::Decision;
use sealwire::engine::notice::{Origin, Outcome};
use sealwire::engine::seal::Format;
use sealwire::engine::storage::StorageFailure;
use serde_json::json;

/// A change that is refused for good is kept with the reason, also over a reload, and is not sent again.
#[test]
fn refused_for_good() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::RefusesForGood, 100);
    let refused = world.push(phone, "bm_1", "refused");
    world.run_until_quiet(500);
    world.luck.clear_odds();
    world.push(phone, "bm_2", "welcome");
    world.reload(phone);
    world.run_until_quiet(500);
    assert_eq!(world.tab(phone).engine.as_ref().map(|engine| engine.status().wedged), Some(1));
    assert_eq!(world.tab(phone).diary.rejected[0].reason, "not this one");
    assert_eq!(world.machine(phone).disk.outbox().len(), 1);
    assert_eq!(world.server.received.iter().filter(|id| **id == refused).count(), 1);
    assert_eq!([phone, laptop].map(|id| world.shown_bookmark(id, "bm_1")), [None, None]);
    world.assert_converged();
}

/// Of two refused changes neither is shown again.
#[test]
fn refused_one_after_the_other() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.push(phone, "bm_1", "good");
    world.run_until_quiet(500);
    world.luck.set_odds(Fault::RefusesForGood, 100);
    world.push(phone, "bm_1", "bad");
    world.delete(phone, "bm_1");
    world.run_until_quiet(500);
    let last = world.tab(phone).diary.changes.last().expect("a change");
    assert_eq!((last.origin, last.operation, last.data.as_str()), (Origin::Restored, Operation::Update, content("good").as_str()));
    world.assert_converged();
}

/// What a refusal uncovers takes long to read; meanwhile the user makes a newer change, which is told last.
#[test]
fn refused_while_a_newer_change_is_made() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.push(phone, "bm_1", &"x".repeat(500_000));
    world.run_until_quiet(500);
    world.luck.set_odds(Fault::RefusesForGood, 100);
    world.push(phone, "bm_1", "bad");
    assert!(world.run_until(5_000, |world| !world.tab(phone).diary.rejected.is_empty()));
    world.luck.clear_odds();
    let newer = world.push(phone, "bm_1", "newer");
    world.run_until_quiet(500);
    let last = world.tab(phone).diary.changes.last().expect("a change");
    assert_eq!(last.stamp.event_id(), newer);
    world.assert_converged();
}

/// The disk fails when the base is to be shown again: the app is not told that the entity is gone.
#[test]
fn refused_while_the_disk_cannot_be_read() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.push(phone, "bm_1", "good");
    world.run_until_quiet(500);
    world.luck.set_odds(Fault::RefusesForGood, 100);
    world.push(phone, "bm_1", "bad");
    assert!(world.run_until(5_000, |world| world.tab(phone).has_status(|status| status.wedged == 1)));
    world.break_disk(phone, StorageFailure::Broken);
    world.run_for(1_000);
    world.mend_disk(phone);
    world.run_until_quiet(500);
    assert!(world.tab(phone).diary.changes.iter().all(|change| change.operation != Operation::Delete));
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::StorageFailed), 1);
    world.assert_converged();
}

/// A refused change is sent again, under a new stamp, when a copy of the first sending reaches the server after all, and is taken. Every device
/// has it under the first stamp; the author too.
#[test]
fn retried_while_a_copy_is_on_its_way() {
    for format in [Format::SealedV1, Format::BitmarksPlain] {
        for kind in Kind::ALL {
            let (mut world, phone, laptop) = World::with_two_in(kind, format);
            let pushed = world.push(phone, "bm_1", "refused, and taken");
            world.server.will_refuse.insert(pushed.clone());
            assert!(world.run_until(200_000, |world| world.tab(phone).has_status(|status| status.wedged == 1)), "{kind:?}");
            let copy = copy_of_first_in_outbox(&world, phone);
            world.cut(phone);
            world.decide(phone, Decision::Retry, &pushed);
            world.run_for(1_000);
            let link = *world.network.open_links_of_tab(laptop).last().expect("a connection");
            world.receive(link, &copy);
            world.restart_server();
            world.luck.set_odds(Fault::ServerDrops, 100); // The second copy never arrives.
            world.heal(phone);
            world.run_for(120_000);
            world.luck.clear_odds();
            world.run_until_quiet(500);
            assert_eq!(world.tab(phone).diary.settled.get(&pushed), Some(&Outcome::Confirmed), "{kind:?}");
            assert_eq!(world.shown(phone), world.shown(laptop), "{kind:?}");
            world.assert_converged();
        }
    }
}

/// The frame of the first entry in a machine's outbox.
fn copy_of_first_in_outbox(world: &World, id: TabId) -> String {
    let entry = &world.machine(id).disk.outbox()[0];
    bitmarks::write_sync(USER, &entry.event().expect("an event"), &entry.digest)
}

#[test]
fn refused_for_now() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        world.luck.set_odds(Fault::RefusesForNow, 70);
        (0..20).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
        world.run_for(60_000);
        world.luck.clear_odds();
        world.run_until_quiet(500);
        assert!(world.tab(phone).diary.errors_of(ErrorCode::ServerError) > 0);
        world.assert_converged();
    }
}

/// A server that always says "at once" is not asked more than once a second.
#[test]
fn refused_for_now_and_at_once() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.luck.set_odds(Fault::ServerDrops, 100);
    let pushed = world.push(phone, "bm_1", "x");
    let complaint = json!({ "type": "error", "error": "now", "id": pushed, "code": "rate_limited", "retryAfter": 0 });
    let mut sent = 0;
    for _ in 0..200 {
        if world.run_until(50, |world| world.tab(phone).has_status(|status| status.in_flight == 1)) {
            sent += 1;
            world.server_says(phone, &complaint);
            assert!(world.run_until(1_000, |world| world.tab(phone).has_status(|status| status.in_flight == 0)));
        }
    }
    assert!(sent <= 12, "sent {sent} times within 10 s");
}

/// An error that names no change in flight changes nothing.
#[test]
fn errors_about_nothing() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let known = world.push(phone, "bm_1", "confirmed");
    world.run_until_quiet(500);
    world.server_says(phone, &json!({ "type": "error", "error": "busy" }));
    world.server_says(phone, &json!({ "type": "error", "error": "late", "id": known, "code": "invalid" }));
    world.run_until_quiet(500);
    let diary = &world.tab(phone).diary;
    assert_eq!((diary.errors_of(ErrorCode::ServerError), diary.rejected.len()), (2, 0));
    world.assert_converged();
}
