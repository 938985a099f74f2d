//! What is shown: the server's rows, and on top of them what waits.

use crate::luck::Fault;
use crate::server::{Kind, Todo};
use crate::world::World;
use sealwire::engine::notice::{Origin, Outcome};
use sealwire::rows::io::Method;
use serde_json::json;

/// Who deletes a row deletes those below it, also where only the root is told of.
#[test]
pub fn descendants_go_with_their_parent() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let root = world.create(phone, "root", None);
        let middle = world.create(phone, "middle", Some(&root.id));
        world.create(phone, "leaf", Some(&middle.id));
        world.create(phone, "other", None);
        world.rest();
        assert_eq!(world.titles(laptop), ["leaf", "middle", "other", "root"]);
        let root = world.server.find("root").expect("a row").to_owned();
        let told = world.tab(phone).diary.changes.len();
        world.delete(laptop, &root);
        world.run_for(1_000);
        assert_eq!((world.titles(laptop), world.titles(phone)), (vec!["other".to_owned()], vec!["other".to_owned()]));
        assert_eq!(world.tab(phone).diary.changes.len(), told + 3, "one for each row");
        world.rest();
        world.assert_converged();
    }
}

/// A row is deleted elsewhere while changes of it, and a new row below it, wait.
#[test]
fn deleted_below_ones_feet() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let root = world.create(phone, "root", None);
        world.rest();
        world.cut(phone);
        world.rename(phone, &root.id, "renamed");
        world.create(phone, "below", Some(&root.id));
        let id = world.server.find("root").expect("a row").to_owned();
        world.delete(laptop, &id);
        world.run_for(1_000);
        world.heal(phone);
        world.rest();
        assert!(world.titles(laptop).is_empty() && world.server.todos.is_empty());
        world.assert_converged();
    }
}

/// A row is deleted here without a connection: what is below it goes too, also what was just made there, and a mirror that asks hears of all.
#[test]
fn deleted_without_a_connection() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let root = world.create(phone, "root", None);
        let middle = world.create(phone, "middle", Some(&root.id));
        world.create(phone, "leaf", Some(&middle.id));
        world.create(phone, "other", None);
        world.rest();
        world.cut(phone);
        world.create(phone, "new leaf", Some(&middle.id));
        world.run_for(1_000);
        world.catch_up(phone);
        world.delete(phone, &root.id);
        world.run_for(1_000);
        assert_eq!(world.titles(phone), ["other"], "{kind:?}");
        world.catch_up(phone);
        assert_eq!(world.tab(phone).diary.since.1.len(), 1, "{kind:?}");
        world.heal(phone);
        world.rest();
        assert_eq!(world.titles(laptop), ["other"], "{kind:?}");
        world.assert_converged();
    }
}

/// A subtree goes to another set and comes back.
#[test]
fn moved_in_and_out() {
    let (mut world, phone, laptop) = World::with_two(Kind::G3);
    let tablet = world.add_on("tablet", "u3", "s2");
    world.connect(tablet);
    let root = world.create(phone, "root", None);
    world.create(phone, "leaf", Some(&root.id));
    world.create(phone, "other", None);
    world.rest();
    let out = world.move_to(phone, &root.id, "s2");
    world.run_for(2_000);
    assert_eq!([phone, laptop].map(|id| world.titles(id)), [["other"], ["other"]]);
    world.rest();
    assert_eq!(world.titles(tablet), ["leaf", "root"]);
    assert_eq!(world.tab(phone).diary.settled.get(&out.event_id), Some(&Outcome::Confirmed));
    world.assert_converged();
    [phone, laptop, tablet].into_iter().for_each(|id| world.connect(id));
    world.rest();
    let id = world.server.find("root").expect("a row").to_owned();
    world.luck.set_odds(Fault::ReplyLost, 100);
    world.move_to(tablet, &id, "s1");
    assert!(world.run_until(60_000, |world| world.server.todos[&id].set == "s1"));
    world.luck.clear_odds();
    world.rest();
    assert_eq!([phone, laptop].map(|id| world.titles(id)), [["leaf", "other", "root"], ["leaf", "other", "root"]]);
    assert!(world.titles(tablet).is_empty());
    world.assert_converged();
}

/// The set is read again while own edits wait: they stay on top, and what did not change is told to nobody.
#[test]
pub fn reading_again_keeps_own_edits() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let milk = world.create(phone, "milk", None);
        world.create(phone, "bread", None);
        world.rest();
        let [milk_id, bread_id] = ["milk", "bread"].map(|title| world.server.find(title).expect("a row").to_owned());
        world.server.fails_writes = Some(503);
        let renamed = world.rename(phone, &milk.id, "oat milk");
        world.run_for(1_000);
        let told = world.tab(phone).diary.changes.len();
        for _ in 0..5 {
            world.drop_links(phone);
            world.run_for(20_000);
        }
        assert_eq!(world.tab(phone).diary.changes.len(), told, "nothing has changed\n{}", world.trace());
        world.server.fails_writes = None;
        world.luck.set_odds(Fault::EventDropped, 100);
        world.elsewhere("u2", Method::Patch, &format!("todos/{bread_id}"), json!({ "title": "rye" }));
        world.elsewhere("u2", Method::Patch, &format!("todos/{milk_id}"), json!({ "completed": true, "title": "whole milk" }));
        world.server.fails_writes = Some(503);
        world.drop_links(phone);
        world.run_for(10_000);
        assert_eq!(world.titles(phone), ["oat milk", "rye"]);
        assert_eq!(world.row(phone, &milk_id).expect("a row")["completed"], json!(true));
        assert!(world.waits(phone, &renamed.event_id));
        world.server.fails_writes = None;
        world.luck.clear_odds();
        world.rest();
        assert_eq!(world.titles(laptop), ["oat milk", "rye"]);
        world.assert_converged();
    }
}

/// The server cuts blanks off, and the raw title comes back as an event. What is shown in the end is what the server has.
#[test]
fn blanks_are_cut_off() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let made = world.create(phone, "  milk ", None);
        world.rest();
        world.rename(phone, &made.id, " oat milk  ");
        world.rest();
        assert_eq!([phone, laptop].map(|id| world.titles(id)), [["oat milk"], ["oat milk"]]);
        world.assert_converged();
    }
}

/// More than half of the events are lost, also the last one: reading the set after a pause shows it all.
#[test]
fn the_last_event_is_lost() {
    let (mut world, phone, laptop) = World::with_two(Kind::G1);
    let made = world.create(phone, "0", None);
    world.rest();
    world.luck.set_odds(Fault::EventDropped, 100);
    (1..20).for_each(|number| {
        world.rename(phone, &made.id, &number.to_string());
        world.run_for(100);
    });
    assert!(world.run_until(90_000, |world| world.tab(laptop).diary.changes.last().is_some_and(|change| change.data.contains("19"))));
    world.rest();
    world.assert_converged();
}

/// What another device did is told as of a remote one, also where it is found by reading; the own is told once, when it is made.
#[test]
fn where_changes_come_from() {
    let (mut world, phone, laptop) = World::with_two(Kind::G2);
    world.create(phone, "milk", None);
    world.rest();
    let origins = |id| world.tab(id).diary.changes.iter().map(|change| change.origin).collect::<Vec<_>>();
    assert_eq!(origins(phone)[0], Origin::Local);
    assert!(origins(laptop).iter().all(|origin| *origin == Origin::Remote));
}

#[test]
fn a_set_of_ten_thousand_rows() {
    let mut world = World::new(1, Kind::G3);
    for number in 0..10_000_u32 {
        let parent = (number % 10 > 0).then(|| format!("td_{:05}", number - number % 10));
        let todo = Todo {
            set: "s1".into(),
            author: "u2".into(),
            parent,
            title: format!("title {number}"),
            completed: number % 3 == 0,
            sort_order: f64::from(number),
            assignees: Vec::new(),
            created_at: 1_790_000_000_000,
            updated_at: 1_790_000_000_000,
        };
        world.server.todos.insert(format!("td_{number:05}"), todo);
    }
    let phone = world.add("phone", "u1");
    world.connect(phone);
    world.rest();
    assert_eq!(world.shown(phone).len(), 10_000);
    let commits = world.machine(phone).disk.commits;
    world.drop_links(phone);
    world.rest();
    assert!(world.machine(phone).disk.commits <= commits + 3, "nothing was new");
    let root = world.create(phone, "one more", None);
    world.delete(phone, "td_00000");
    world.rename(phone, &root.id, "and one more");
    world.rest();
    assert_eq!(world.shown(phone).len(), 9_991);
    world.assert_converged();
}
