//! Claims are a toggle on the wire, and none in the app.

use crate::luck::Fault;
use crate::server::{Done, Kind};
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::notice::Outcome;
use sealwire::rows::io::Method;
use serde_json::{Value, json};

const CLAIMING: [Kind; 2] = [Kind::G1, Kind::G2];

/// A row that both know; its id.
fn with_row(kind: Kind) -> (World, TabId, TabId, String) {
    let (mut world, phone, laptop) = World::with_two(kind);
    world.create(phone, "milk", None);
    world.rest();
    let id = world.server.find("milk").expect("a row").to_owned();
    (world, phone, laptop, id)
}

fn toggles(world: &World) -> usize {
    world.server.log.executed.iter().filter(|executed| matches!(executed.done, Done::Assign { .. })).count()
}

/// The answer to a claim is lost: it looks before it asks again, for asking again would give the row back.
#[test]
pub fn a_claim_looks_first() {
    for kind in CLAIMING {
        for fault in [Fault::ReplyLost, Fault::RequestLost, Fault::RunsLate, Fault::FailsAfter] {
            let (mut world, phone, laptop, id) = with_row(kind);
            world.spares_reads = true;
            for (number, claimed) in [true, false, true].into_iter().enumerate() {
                world.luck.set_odds(fault, 100);
                let hits = world.luck.hits().get(&fault).copied().unwrap_or(0);
                let made = world.claim(phone, &id, claimed);
                assert!(world.run_until(60_000, |world| world.luck.hits().get(&fault).copied().unwrap_or(0) > hits));
                world.luck.clear_odds();
                world.rest();
                assert_eq!(world.tab(phone).diary.settled.get(&made.event_id), Some(&Outcome::Confirmed), "{kind:?}, {fault:?}");
                assert_eq!(world.server.todos[&id].assignees.is_empty(), !claimed, "{kind:?}, {fault:?}\n{}", world.trace());
                assert_eq!(toggles(&world), number + 1, "{kind:?}, {fault:?}");
            }
            assert_eq!(world.row(laptop, &id).expect("a row")["claimedBy"], "u1");
            world.assert_converged();
        }
    }
}

/// Claimed twice is claimed; claimed and given back before anything was sent is as it was.
#[test]
pub fn claimed_twice() {
    for kind in CLAIMING {
        let (mut world, phone, _, id) = with_row(kind);
        for _ in 0..2 {
            world.claim(phone, &id, true);
            world.rest();
        }
        assert_eq!((world.server.todos[&id].assignees.as_slice(), toggles(&world)), (&["u1".to_owned()][..], 1), "{kind:?}");
        world.cut(phone);
        world.claim(phone, &id, false);
        world.claim(phone, &id, true);
        world.run_for(1_000);
        world.heal(phone);
        world.rest();
        assert_eq!(world.server.todos[&id].assignees, ["u1"]);
        world.assert_converged();
    }
}

/// Somebody else was first: the server refuses, or lets the later one have it.
#[test]
fn claimed_by_another() {
    for kind in CLAIMING {
        for takes_over in [false, true] {
            let (mut world, phone, laptop, id) = with_row(kind);
            world.server.takes_over = takes_over;
            world.luck.set_odds(Fault::EventDropped, 100);
            world.claim(laptop, &id, true);
            world.run_for(1_000);
            world.claim(phone, &id, true);
            world.run_for(1_000);
            world.luck.clear_odds();
            world.rest();
            assert_eq!(world.server.todos[&id].assignees, [if takes_over { "u1" } else { "u2" }], "{kind:?}");
            assert_eq!(world.tab(phone).diary.rejected.len(), usize::from(!takes_over), "{kind:?}");
            world.assert_converged();
        }
    }
}

/// Giving back what another one has by now would take it over, or be refused: it is not asked for.
#[test]
fn given_back_when_another_has_it() {
    for kind in CLAIMING {
        let (mut world, phone, _, id) = with_row(kind);
        world.server.takes_over = true;
        world.claim(phone, &id, true);
        world.rest();
        world.cut(phone);
        world.claim(phone, &id, false);
        world.elsewhere("u2", Method::Post, &format!("todos/{id}/claim"), Value::Null);
        world.run_for(1_000);
        world.heal(phone);
        world.rest();
        assert_eq!(world.server.todos[&id].assignees, ["u2"], "{kind:?}");
        world.assert_converged();
    }
}

/// It was not carried out, and waits. Meanwhile the user claims it on another device: who asked again without looking would give it back.
#[test]
fn claimed_elsewhere_while_it_rests() {
    for kind in CLAIMING {
        for status in [429, 503] {
            let (mut world, phone, _, id) = with_row(kind);
            world.server.fails_writes = Some(status);
            world.claim(phone, &id, true);
            world.run_for(60_000);
            world.server.fails_writes = None;
            world.elsewhere("u1", Method::Post, &format!("todos/{id}/claim"), Value::Null);
            world.rest();
            assert_eq!(world.server.todos[&id].assignees, ["u1"], "{kind:?}, {status}\n{}", world.trace());
            world.assert_converged();
        }
    }
}

/// The newest generation has assignees, which are set, not toggled.
#[test]
fn assignees() {
    let (mut world, phone, laptop, id) = with_row(Kind::G3);
    world.spares_reads = true;
    world.luck.set_odds(Fault::ReplyLost, 100);
    world.assign(phone, &id, &["u2", "u1"]);
    assert!(world.run_until(60_000, |world| toggles(world) > 0));
    world.luck.clear_odds();
    world.rest();
    assert_eq!(world.row(laptop, &id).expect("a row")["assignees"][0]["userId"], "u2");
    world.assign(laptop, &id, &[]);
    world.rest();
    assert!(world.server.todos[&id].assignees.is_empty());
    world.assert_converged();
}

/// Who claims a row of the newest generation takes it from nobody, and who gives it back neither.
#[test]
fn claimed_and_given_back_beside_another() {
    let (mut world, phone, _, id) = with_row(Kind::G3);
    world.elsewhere("u2", Method::Put, &format!("todos/{id}/assignees"), json!({ "userIds": ["u2"] }));
    world.rest();
    for (claimed, people) in [(true, &["u2", "u1"][..]), (false, &["u2"][..])] {
        world.claim(phone, &id, claimed);
        world.rest();
        assert_eq!(world.server.todos[&id].assignees, people);
    }
    world.assert_converged();
}

/// Where a claim is one of several assignees, it joins those who are there, also those of whom nothing was told.
#[test]
fn claimed_beside_another() {
    let (mut world, phone, laptop, id) = with_row(Kind::G3);
    world.luck.set_odds(Fault::EventDropped, 100);
    world.claim(laptop, &id, true);
    world.run_for(1_000);
    world.claim(phone, &id, true);
    world.run_for(1_000);
    world.luck.clear_odds();
    world.rest();
    assert_eq!(world.server.todos[&id].assignees, ["u2", "u1"]);
    world.assert_converged();
}
