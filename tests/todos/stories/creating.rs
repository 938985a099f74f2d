//! Creates: the server gives the ids, and knows no create again.

use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::notice::Outcome;
use serde_json::json;

/// Creates a row whose fate its page does not learn.
fn create_into_the_dark(world: &mut World, tab: TabId, fault: Fault) -> String {
    world.spares_reads = true;
    world.luck.set_odds(fault, 100);
    let made = world.create(tab, "milk", None);
    assert!(world.run_until(60_000, |world| world.luck.hits().contains_key(&fault)));
    world.luck.clear_odds();
    world.spares_reads = false;
    made.id
}

/// The answer is lost. The user renames the temporary row, adds a child, and both are done on the one row that there is.
#[test]
fn ambiguous_create() {
    for kind in Kind::ALL {
        for fault in [Fault::ReplyLost, Fault::RequestLost, Fault::RunsLate, Fault::FailsAfter] {
            let (mut world, phone, laptop) = World::with_two(kind);
            let milk = create_into_the_dark(&mut world, phone, fault);
            world.rename(phone, &milk, "oat milk");
            world.create(phone, "two litres", Some(&milk));
            world.update(phone, &milk, json!({ "completed": true }));
            world.rest();
            assert_eq!(world.server.log.creates_of("milk").len() + world.server.log.creates_of("oat milk").len(), 1, "{kind:?}, {fault:?}");
            assert_eq!(world.titles(laptop), ["oat milk", "two litres"], "{kind:?}, {fault:?}");
            let row = world.row(phone, &milk).expect("the row");
            assert_eq!((&row["title"], &row["completed"], &row["userId"]), (&json!("oat milk"), &json!(true), &json!("u1")));
            world.assert_converged();
        }
    }
}

/// While the fate of a create is unknown, what the row shows stays, and nothing else is sent that depends on it.
#[test]
fn what_is_unknown_stays_shown() {
    let (mut world, phone, _) = World::with_two(Kind::G2);
    let milk = create_into_the_dark(&mut world, phone, Fault::RunsLate);
    world.create(phone, "two litres", Some(&milk));
    for _ in 0..40 {
        world.run_for(2_000);
        assert_eq!(world.titles(phone), ["milk", "two litres"]);
    }
    world.rest();
    world.assert_converged();
}

/// Before and after: the user has a row of that title already, and it is not taken for the new one.
#[test]
fn an_equal_title_that_was_there_before() {
    for fault in [Fault::ReplyLost, Fault::RequestLost] {
        let (mut world, phone, laptop) = World::with_two(Kind::G1);
        let former = world.create(phone, "milk", None);
        world.rest();
        let newer = create_into_the_dark(&mut world, phone, fault);
        world.rest();
        assert_eq!((world.server.log.creates_of("milk").len(), world.titles(laptop).len()), (2, 2));
        let [former, newer] = [former.id, newer].map(|id| world.row(phone, &id).expect("a row")["id"].clone());
        assert_ne!(former, newer);
        world.assert_converged();
    }
}

/// The same where the page is gone before it knows: what was there before is stored with the change.
#[test]
fn an_equal_title_that_was_there_before_the_page() {
    let (mut world, phone, laptop) = World::with_two(Kind::G1);
    world.create(phone, "milk", None);
    world.rest();
    create_into_the_dark(&mut world, phone, Fault::RequestLost);
    world.reload(phone);
    world.rest();
    assert_eq!((world.server.log.creates_of("milk").len(), world.titles(laptop).len()), (2, 2));
    world.assert_converged();
}

/// A create is lost, and meanwhile another user makes a row of that title, or the same one below another row: that is none of this device's.
#[test]
fn an_equal_title_that_is_anothers() {
    for (user, below) in [("u2", false), ("u1", true)] {
        let (mut world, phone, laptop) = World::with_two(Kind::G2);
        let tablet = world.add("tablet", user);
        world.connect(tablet);
        let list = world.create(tablet, "list", None);
        world.rest();
        let milk = create_into_the_dark(&mut world, phone, Fault::RequestLost);
        world.create(tablet, "milk", below.then_some(&list.id));
        world.rest();
        assert_eq!(world.titles(laptop), ["list", "milk", "milk"], "{user}");
        let row = world.row(phone, &milk).expect("a row");
        assert_eq!((&row["userId"], &row["parentId"]), (&json!("u1"), &json!(null)), "{user}");
        world.assert_converged();
    }
}

/// Blanks around a title are cut off before it is sent, or nobody would find what was made.
#[test]
fn blanks_do_not_hide_what_was_made() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.luck.set_odds(Fault::ReplyLost, 100);
        world.create(phone, "  milk ", None);
        assert!(world.run_until(60_000, |world| world.server.find("milk").is_some()));
        world.luck.clear_odds();
        world.rest();
        assert_eq!((world.titles(laptop), world.server.log.creates_of("milk").len()), (vec!["milk".to_owned()], 1), "{kind:?}");
        world.assert_converged();
    }
}

/// The row above has got its id, and the one below waits: it stands where it stood.
#[test]
fn below_a_row_that_got_its_id() {
    for kind in Kind::ALL {
        let (mut world, phone, _) = World::with_two(kind);
        let milk = world.create(phone, "milk", None);
        let litres = world.create(phone, "two litres", Some(&milk.id));
        assert!(world.run_until(60_000, |world| world.server.find("milk").is_some()));
        world.server.fails_writes = Some(503);
        world.run_for(3_000);
        let [milk, litres] = [milk, litres].map(|made| world.row(phone, &made.id).expect("a row"));
        assert_eq!((&litres["parentId"], milk["id"].as_str()), (&milk["id"], world.server.find("milk")), "{kind:?}");
        world.server.fails_writes = None;
        world.rest();
        world.assert_converged();
    }
}

/// The user's other device creates a row of the same title at the same time. Its event is not taken for the answer.
#[test]
fn an_equal_title_by_the_users_other_device() {
    for seed in 0..20 {
        let (mut world, phone, _) = World::with_two_by(seed, if seed % 2 == 0 { Kind::G1 } else { Kind::G2 });
        let tablet = world.add("tablet", "u1");
        world.connect(tablet);
        world.rest();
        let [one, two] = [tablet, phone].map(|id| {
            let made = world.create(id, "milk", None);
            world.run_for(seed * 5);
            made.id
        });
        world.rename(phone, &two, "oat milk");
        world.rest();
        assert_eq!(world.titles(phone), ["milk", "oat milk"], "seed {seed}");
        assert_ne!(world.row(tablet, &one).expect("a row")["id"], world.row(phone, &two).expect("a row")["id"]);
        world.assert_converged();
    }
}

/// The own event comes before or after the answer, once or twice: there is one row, and its id changes once.
#[test]
pub fn own_event_and_answer_in_any_order() {
    for seed in 0..30 {
        let (mut world, phone, laptop) = World::with_two_by(seed, Kind::ALL[(seed % 3) as usize]);
        let odds = [(Fault::FrameTwice, 50), (Fault::EventLate, 30)];
        odds.into_iter().for_each(|(fault, percent)| world.luck.set_odds(fault, percent));
        let made = world.create(phone, "milk", None);
        assert!(world.run_until(1_000, |world| !world.tab(phone).diary.changes.is_empty())); // It is shown when it is stored.
        for _ in 0..400 {
            world.run_for(5);
            let titles = world.titles(phone);
            assert!(titles == ["milk"], "{titles:?}, seed {seed}\n{}", world.trace());
        }
        world.rest();
        let told: Vec<(&str, Option<&str>)> = world
            .tab(phone)
            .diary
            .changes
            .iter()
            .filter(|change| !change.data.is_empty())
            .map(|change| (change.id.as_str(), change.alias.as_deref()))
            .collect();
        let id = world.server.find("milk").expect("the row");
        assert!(told.starts_with(&[(made.id.as_str(), None), (id, Some(made.id.as_str()))]), "{told:?}, seed {seed}");
        assert_eq!(world.titles(laptop), ["milk"]);
        world.assert_converged();
    }
}

/// Rows below rows below rows, all new, in one go; then the root is deleted before anything was sent.
#[test]
fn a_tree_of_temporary_ids() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let mut parent = world.create(phone, "level 0", None);
        for level in 1..10 {
            parent = world.create(phone, &format!("level {level}"), Some(&parent.id));
        }
        world.rest();
        assert_eq!(world.titles(laptop).len(), 10);
        world.cut(phone);
        world.run_for(1_000);
        let root = world.create(phone, "nothing", None);
        world.create(phone, "less", Some(&root.id));
        world.run_for(1_000);
        world.delete(phone, &root.id);
        world.run_for(1_000);
        world.heal(phone);
        world.rest();
        assert_eq!((world.titles(laptop).len(), world.server.log.creates().len()), (10, 10), "{kind:?}");
        world.assert_converged();
    }
}

/// The answer says that it was done, and nothing that can be used. It is looked for.
#[test]
fn an_answer_that_says_nothing() {
    for body in
        ["", "{}", "null", "<html>", r#"{"todo":null}"#, r#"{"todo":{"title":"milk"}}"#, r#"{"todo":{"id":7}}"#, r#"{"todo":{"id":""}}"#]
    {
        let (mut world, phone, laptop) = World::with_two(Kind::G3);
        world.luck.set_odds(Fault::EventDropped, 100);
        world.server.mumbles = Some(body.to_owned());
        let made = world.create(phone, "milk", None);
        assert!(world.run_until(60_000, |world| world.server.find("milk").is_some()));
        world.server.mumbles = None;
        world.rest();
        assert_eq!(world.tab(phone).diary.settled.get(&made.event_id), Some(&Outcome::Confirmed), "{body}");
        assert_eq!((world.titles(laptop), world.server.log.creates_of("milk").len()), (vec!["milk".to_owned()], 1), "{body}");
        world.assert_converged();
    }
}
