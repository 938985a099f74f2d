//! The server refuses.

use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::verbs::Made;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::io::Decision;
use sealwire::engine::notice::{Origin, Outcome};
use sealwire::rows::io::{Query, Reply};
use sealwire::rows::notice::Refusal;
use serde_json::json;

fn wedged(world: &mut World, id: TabId) -> Vec<Refusal> {
    match world.answer(id, Query::Wedged) {
        Some(Reply::Wedged(refusals)) => refusals,
        other => panic!("{other:?} tells of no refused changes"),
    }
}

/// An update is refused: the value from before is shown again, and told so.
#[test]
fn rolled_back() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        let milk = world.create(phone, "milk", None);
        world.rest();
        world.server.refuses = Some("oat".into());
        let renamed = world.rename(phone, &milk.id, "oat milk");
        world.rest();
        assert_eq!(world.titles(phone), ["milk"]);
        let last = world.tab(phone).diary.changes.last().expect("a change").clone();
        assert_eq!((last.origin, last.data.contains(r#""milk""#)), (Origin::Restored, true));
        let refusal = world.tab(phone).diary.rejected[0].clone();
        assert_eq!(
            (refusal.event_id.as_str(), refusal.reason.as_str(), refusal.code),
            (renamed.event_id.as_str(), "Not this one", ErrorCode::Refused)
        );
        assert!(refusal.shown.is_some_and(|view| view.data.contains(r#""milk""#)));
        assert!(world.waits(phone, &renamed.event_id) && world.tab(phone).status().wedged == 1);
        world.assert_converged();
        assert_eq!(wedged(&mut world, phone).len(), 1, "it survives a reload");
    }
}

/// A create is refused, and with it what depends on it.
fn refused_tree(kind: Kind) -> (World, TabId, TabId, [Made; 4]) {
    let (mut world, phone, laptop) = World::with_two(kind);
    world.server.refuses = Some("bad".into());
    let root = world.create(phone, "bad", None);
    let below = world.create(phone, "below", Some(&root.id));
    let leaf = world.create(phone, "leaf", Some(&below.id));
    world.run_for(3_000);
    let renamed = world.update(phone, &root.id, json!({ "completed": true }));
    world.create(phone, "another", None);
    world.rest();
    (world, phone, laptop, [root, below, leaf, renamed])
}

/// What depends on a refused create is blocked by name; the rest goes on.
#[test]
pub fn dependants_are_blocked() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop, [root, below, leaf, renamed]) = refused_tree(kind);
        assert_eq!(world.titles(laptop), ["another"]);
        assert_eq!(world.titles(phone), ["another"], "{kind:?}");
        let refusals = wedged(&mut world, phone);
        let of = |made: &Made| refusals.iter().find(|refusal| refusal.event_id == made.event_id).map(|it| (it.code, it.blocked_by.clone()));
        assert_eq!(of(&root), Some((ErrorCode::Refused, None)));
        for made in [&below, &leaf, &renamed] {
            assert_eq!(of(made), Some((ErrorCode::BlockedBy, Some(root.event_id.clone()))), "{kind:?}");
        }
        world.assert_converged();
    }
}

#[test]
fn retry_takes_dependants_along() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop, [root, _, leaf, renamed]) = refused_tree(kind);
        world.server.refuses = None;
        assert!(world.decided(phone, Decision::Retry, &root.event_id));
        world.rest();
        assert_eq!(world.titles(laptop), ["another", "bad", "below", "leaf"], "{kind:?}");
        assert_eq!(
            world.row(laptop, world.server.find("bad").expect("a row").to_owned().as_str()).expect("a row")["completed"],
            json!(true)
        );
        for made in [root, leaf, renamed] {
            let outcome = world.tab(phone).diary.settled.get(&made.event_id);
            assert!(matches!(outcome, Some(Outcome::Confirmed | Outcome::Superseded)), "{kind:?} {outcome:?}");
        }
        world.assert_converged();
    }
}

#[test]
fn discard_takes_dependants_along() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop, made) = refused_tree(kind);
        assert!(world.decided(phone, Decision::Discard, &made[0].event_id));
        world.rest();
        assert_eq!(world.titles(laptop), ["another"]);
        for made in made {
            let outcome = world.tab(phone).diary.settled.get(&made.event_id).copied();
            assert!(matches!(outcome, Some(Outcome::Discarded | Outcome::Superseded)), "{kind:?} {outcome:?}");
        }
        assert!(wedged(&mut world, phone).is_empty());
        world.assert_converged();
    }
}

/// What is gone already is deleted as far as anybody can tell; what is changed after it is gone is refused.
#[test]
fn gone_already() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    let milk = world.create(phone, "milk", None);
    world.rest();
    let id = world.server.find("milk").expect("a row").to_owned();
    world.luck.set_odds(Fault::EventDropped, 100);
    let deleted = world.delete(laptop, &id);
    world.run_for(1_000);
    let again = world.delete(phone, &milk.id);
    world.run_for(1_000);
    world.luck.clear_odds();
    world.rest();
    assert_eq!(world.tab(laptop).diary.settled.get(&deleted.event_id), Some(&Outcome::Confirmed));
    assert!(matches!(world.tab(phone).diary.settled.get(&again.event_id), Some(Outcome::Confirmed | Outcome::Superseded)));
    assert!(world.tab(phone).diary.rejected.is_empty());
    world.assert_converged();
}

/// The newest generation has no two siblings of one title; the other one's stays.
#[test]
fn a_title_that_a_sibling_has() {
    let (mut world, phone, laptop) = World::with_two(Kind::G3);
    world.luck.set_odds(Fault::EventDropped, 100);
    world.create(laptop, "milk", None);
    world.run_for(1_000);
    let twin = world.create(phone, "milk", None);
    world.run_for(1_000);
    world.luck.clear_odds();
    world.rest();
    assert_eq!((world.titles(phone), world.server.log.creates_of("milk").len()), (vec!["milk".to_owned()], 1));
    assert_eq!(
        world.tab(phone).diary.rejected.iter().map(|refusal| refusal.event_id.as_str()).collect::<Vec<_>>(),
        [twin.event_id.as_str()]
    );
    world.assert_converged();
}

/// Too many, not now, out of order: none of that is a refusal for good.
#[test]
fn refused_for_now() {
    for status in [429, 500, 502, 503] {
        let (mut world, phone, laptop) = World::with_two(Kind::G1);
        world.server.fails_writes = Some(status);
        let made = world.create(phone, "milk", None);
        world.run_for(200_000);
        assert!(world.waits(phone, &made.event_id) && world.tab(phone).diary.rejected.is_empty(), "{status}");
        assert!(world.machine(phone).requests < 100, "{} requests", world.machine(phone).requests);
        world.server.fails_writes = None;
        world.rest();
        assert_eq!(world.titles(laptop), ["milk"], "{status}");
        world.assert_converged();
    }
}

/// What may have been done cannot be taken back.
#[test]
fn too_late_to_be_taken_back() {
    let (mut world, phone, laptop) = World::with_two(Kind::G1);
    world.luck.set_odds(Fault::RunsLate, 100);
    let made = world.create(phone, "milk", None);
    assert!(world.run_until(10_000, |world| world.luck.hits().contains_key(&Fault::RunsLate)));
    world.luck.clear_odds();
    assert!(!world.decided(phone, Decision::Cancel, &made.event_id));
    world.rest();
    assert_eq!((world.titles(laptop), world.tab(phone).diary.settled[&made.event_id]), (vec!["milk".to_owned()], Outcome::Confirmed));
    world.assert_converged();
}

/// A row that was not sent is deleted. What it was reordered with keeps its place.
#[test]
fn deleted_after_a_reorder() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    let old = world.create(phone, "old", None);
    world.rest();
    world.cut(phone);
    let new = world.create(phone, "new", None);
    world.reorder(phone, &[(&old.id, 7.5), (&new.id, 8.5)]);
    world.run_for(1_000);
    world.delete(phone, &new.id);
    world.run_for(1_000);
    assert_eq!(world.row(phone, &old.id).expect("a row")["sortOrder"], json!(7.5));
    world.heal(phone);
    world.rest();
    let id = world.server.find("old").expect("a row").to_owned();
    assert_eq!((world.titles(laptop), world.server.todos[&id].sort_order), (vec!["old".to_owned()], 7.5));
    world.assert_converged();
}

/// Made and deleted in one go: the server never hears of it.
#[test]
fn made_and_deleted_at_once() {
    let (mut world, phone, _) = World::with_two(Kind::G2);
    let milk = world.create(phone, "milk", None);
    world.delete(phone, &milk.id);
    world.rest();
    assert!(world.server.log.executed.is_empty() && world.titles(phone).is_empty());
    world.assert_converged();
}

/// Who takes a change back that was not sent: it never is.
#[test]
fn taken_back() {
    let (mut world, phone, laptop) = World::with_two(Kind::G1);
    world.cut(phone);
    let made = world.create(phone, "milk", None);
    let below = world.create(phone, "below", Some(&made.id));
    world.run_for(1_000);
    let is_done = world.decided(phone, Decision::Cancel, &made.event_id);
    world.heal(phone);
    world.rest();
    let outcome = world.tab(phone).diary.settled.get(&made.event_id).copied();
    assert_eq!(outcome, Some(if is_done { Outcome::Cancelled } else { Outcome::Confirmed }));
    assert_eq!(world.titles(laptop).len(), if is_done { 0 } else { 2 });
    assert!(!is_done || world.tab(phone).diary.settled.contains_key(&below.event_id));
    world.assert_converged();
}
