//! Changes without a connection, crashes, and disks that do not do what they should.

use crate::luck::Fault;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::notice::Outcome;
use sealwire::engine::storage::StorageFailure;
use sealwire::rows::io::{Command, Method};
use serde_json::json;

/// Edits without a connection survive a crash, and are sent once.
#[test]
fn offline_edits_survive_a_crash() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let old = world.create(phone, "old", None);
        world.rest();
        world.cut(phone);
        let milk = world.create(phone, "milk", None);
        let litres = world.create(phone, "two litres", Some(&milk.id));
        world.rename(phone, &old.id, "older");
        world.update(phone, &milk.id, json!({ "completed": true }));
        world.reorder(phone, &[(&old.id, 7.5), (&milk.id, 3.25)]);
        world.run_for(1_000);
        world.reload(phone);
        world.run_for(1_000);
        assert_eq!(world.titles(phone), ["milk", "older", "two litres"], "{kind:?}");
        world.rename(phone, &litres.id, "three litres");
        world.run_for(1_000);
        world.reload(phone);
        world.run_for(1_000);
        world.heal(phone);
        world.rest();
        assert_eq!(world.titles(laptop), ["milk", "older", "three litres"], "{kind:?}");
        assert_eq!(world.server.log.creates().values().sum::<usize>(), 3, "{kind:?}");
        assert_eq!(world.row(phone, &milk.id).expect("a row")["sortOrder"], json!(3.25));
        world.assert_converged();
    }
}

/// The page goes after each of its effects in turn: nothing is lost, and nothing is done twice.
#[test]
fn a_crash_after_any_effect() {
    for effects in 0..40 {
        let (mut world, phone, laptop) = World::with_two_by(effects.into(), Kind::ALL[effects as usize % 3]);
        world.crash_after(phone, effects);
        let milk = world.create(phone, "milk", None);
        world.create(phone, "two litres", Some(&milk.id));
        world.rename(phone, &milk.id, "oat milk");
        let _ = world.run_until(200_000, |world| !world.tab(phone).is_open());
        world.tab_mut(phone).effects_to_live = None;
        if !world.tab(phone).is_open() {
            world.open(phone);
        }
        world.rest();
        let rows = world.titles(laptop);
        assert!(rows.len() <= 2, "{rows:?}, after {effects} effects");
        world.assert_converged();
    }
}

/// A change that the disk did not take is not shown, not sent, and said so.
#[test]
fn the_disk_is_full() {
    for (failure, code) in [(StorageFailure::Full, ErrorCode::StorageFull), (StorageFailure::Broken, ErrorCode::StorageFailed)] {
        let (mut world, phone, laptop) = World::with_two(Kind::G2);
        world.break_disk(phone, failure);
        let made = world.create(phone, "milk", None);
        world.run_for(5_000);
        assert_eq!(world.tab(phone).diary.stored.get(&made.push), Some(&Err(code)));
        world.mend_disk(phone);
        assert!(world.titles(phone).is_empty());
        world.create(phone, "bread", None);
        world.rest();
        assert_eq!(world.titles(laptop), ["bread"]);
        world.assert_converged();
    }
}

/// What cannot be written down is not sent.
#[test]
fn the_disk_fails_before_the_request() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.cut(phone);
    world.create(phone, "milk", None);
    world.run_for(1_000);
    world.break_disk(phone, StorageFailure::Broken);
    world.heal(phone);
    world.run_for(90_000);
    assert!(world.server.log.executed.is_empty());
    world.mend_disk(phone);
    world.rest();
    assert_eq!((world.titles(laptop), world.server.log.creates_of("milk").len()), (vec!["milk".to_owned()], 1));
    world.assert_converged();
}

/// The disk fails when a create is confirmed: it is not sent again.
#[test]
fn the_disk_fails_at_the_confirmation() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.create(phone, "milk", None);
        assert!(world.run_until(10_000, |world| world.server.find("milk").is_some()));
        world.break_disk(phone, StorageFailure::Broken);
        world.run_for(20_000);
        world.mend_disk(phone);
        world.reload(phone);
        world.rest();
        assert_eq!((world.titles(laptop), world.server.log.creates_of("milk").len()), (vec!["milk".to_owned()], 1), "{kind:?}");
        world.assert_converged();
    }
}

#[test]
fn the_queue_is_full() {
    let (mut world, phone, _) = World::with_two(Kind::G1);
    world.machine_mut(phone).max_queue = 3;
    world.reload(phone);
    world.rest();
    world.cut(phone);
    let made: Vec<_> = (0..5).map(|number| world.create(phone, &number.to_string(), None)).collect();
    world.run_for(1_000);
    let refused = |push| world.tab(phone).diary.stored.get(push) == Some(&Err(ErrorCode::QueueFull));
    assert_eq!(made.iter().filter(|made| refused(&made.push)).count(), 2);
    world.heal(phone);
    world.rest();
    assert_eq!(world.titles(phone), ["0", "1", "2"]);
    world.assert_converged();
}

/// The browser drops the database. What was sent is there again, without a double.
#[test]
fn the_database_is_lost() {
    let (mut world, phone, laptop) = World::with_two(Kind::G3);
    let milk = world.create(phone, "milk", None);
    world.rest();
    world.cut(phone);
    world.create(phone, "lost", Some(&milk.id));
    world.run_for(1_000);
    world.lose_database(phone);
    world.heal(phone);
    world.rest();
    assert_eq!([phone, laptop].map(|id| world.titles(id)), [["milk"], ["milk"]]);
    world.assert_converged();
}

/// A page that shows another set by now goes on sending what waits, and says when it is done.
#[test]
fn retired() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.server.fails_writes = Some(503);
    let made = world.create(phone, "milk", None);
    world.run_for(5_000);
    world.command(phone, Command::Retire);
    world.run_for(5_000);
    assert!(!world.tab(phone).diary.is_drained);
    world.server.fails_writes = None;
    assert!(world.run_until(120_000, |world| world.tab(phone).diary.is_drained));
    world.rest();
    assert_eq!(world.titles(laptop), ["milk"]);
    assert_eq!(world.standing(laptop, &made.event_id), None, "another machine knows nothing of it");
    assert_eq!(world.tab(phone).diary.settled.get(&made.event_id), Some(&Outcome::Confirmed));
}

/// A change goes, and is taken back by another one before anything was sent: the last word counts, also where it is what the server has.
#[test]
pub fn back_to_what_it_was() {
    for pause in [0, 1_000] {
        let (mut world, phone, laptop) = World::with_two(Kind::G1);
        let milk = world.create(phone, "milk", None);
        world.rest();
        world.cut(phone);
        world.run_for(1_000);
        for title in ["oat milk", "milk"] {
            world.rename(phone, &milk.id, title);
            world.run_for(pause);
        }
        world.run_for(1_000);
        assert_eq!(world.titles(phone), ["milk"], "after {pause} ms");
        world.heal(phone);
        world.rest();
        assert_eq!(world.titles(laptop), ["milk"], "after {pause} ms");
        world.assert_converged();
    }
}

/// An update runs late, its page is gone, and the next one changes the field once more: the first does not win.
#[test]
fn an_update_outlives_its_page() {
    for seed in 0..20 {
        let (mut world, phone, laptop) = World::with_two_by(seed, Kind::ALL[(seed % 3) as usize]);
        let milk = world.create(phone, "milk", None);
        world.rest();
        world.luck.set_odds(Fault::RunsLate, 100);
        world.rename(phone, &milk.id, "oat milk");
        assert!(world.run_until(10_000, |world| world.luck.hits().contains_key(&Fault::RunsLate)));
        world.luck.clear_odds();
        world.rename(phone, &milk.id, "rye milk");
        world.run_for(50);
        world.reload(phone);
        world.rest();
        assert_eq!(world.titles(laptop), ["rye milk"], "seed {seed}\n{}", world.trace());
        world.assert_converged();
    }
}

/// An update runs late, and somebody else does the same meanwhile. It is done, and yet to come: what comes after it waits.
#[test]
fn an_update_that_is_done_by_another() {
    for seed in 0..20 {
        let (mut world, phone, laptop) = World::with_two_by(seed, Kind::ALL[(seed % 3) as usize]);
        let milk = world.create(phone, "milk", None);
        world.rest();
        let id = world.server.find("milk").expect("a row").to_owned();
        world.luck.set_odds(Fault::RunsLate, 100);
        world.rename(phone, &milk.id, "oat milk");
        assert!(world.run_until(10_000, |world| world.luck.hits().contains_key(&Fault::RunsLate)));
        world.luck.clear_odds();
        world.elsewhere("u2", Method::Patch, &format!("todos/{id}"), json!({ "title": "oat milk" }));
        world.rename(phone, &milk.id, "rye milk");
        world.rest();
        assert_eq!(world.titles(laptop), ["rye milk"], "seed {seed}\n{}", world.trace());
        world.assert_converged();
    }
}

/// The same field, edited faster than requests go: the last value is there in the end, and nothing older comes back.
#[test]
fn edits_of_one_field() {
    for seed in 0..20 {
        let (mut world, phone, laptop) = World::with_two_by(seed, Kind::ALL[(seed % 3) as usize]);
        let milk = world.create(phone, "0", None);
        let odds = [(Fault::ReplyLost, 20), (Fault::RunsLate, 20), (Fault::RequestLost, 20), (Fault::EventLate, 50)];
        odds.into_iter().for_each(|(fault, percent)| world.luck.set_odds(fault, percent));
        for number in 1..30 {
            world.rename(phone, &milk.id, &number.to_string());
            let pause = world.luck.within(0..=5_000);
            world.run_for(pause);
        }
        world.luck.clear_odds();
        world.rest();
        assert_eq!(world.titles(laptop), ["29"], "seed {seed}\n{}", world.trace());
        world.assert_converged();
    }
}
