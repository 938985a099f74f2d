//! Events are hints: what they change is shown at once, what they leave out is read.

use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::rows::io::Method;
use sealwire::rows::notice::ConnectionState;
use serde_json::json;

/// Two rows that a phone and a laptop know; the ids of both.
fn with_rows(kind: Kind) -> (World, TabId, TabId, [String; 2]) {
    let (mut world, phone, laptop) = World::with_two(kind);
    world.create(phone, "milk", None);
    world.create(phone, "bread", None);
    world.rest();
    let ids = ["milk", "bread"].map(|title| world.server.find(title).expect("a row").to_owned());
    (world, phone, laptop, ids)
}

fn rename_elsewhere(world: &mut World, id: &str, title: &str) {
    world.elsewhere("u2", Method::Patch, &format!("todos/{id}"), json!({ "title": title }));
}

/// Of two changes the second is told to nobody: it is read soon after the first.
#[test]
pub fn read_when_it_is_quiet() {
    for kind in Kind::ALL {
        let (mut world, phone, _, [milk, bread]) = with_rows(kind);
        rename_elsewhere(&mut world, &milk, "oat milk");
        world.luck.set_odds(Fault::EventDropped, 100);
        rename_elsewhere(&mut world, &bread, "rye");
        world.run_for(4_000);
        assert_eq!(world.titles(phone), ["oat milk", "rye"], "{kind:?}");
        world.luck.clear_odds();
        world.rest();
        world.assert_converged();
    }
}

/// The same where events go on and on.
#[test]
fn read_although_it_is_never_quiet() {
    let (mut world, phone, _, [milk, bread]) = with_rows(Kind::G2);
    world.luck.set_odds(Fault::EventDropped, 100);
    rename_elsewhere(&mut world, &bread, "rye");
    world.luck.clear_odds();
    for number in 0..14 {
        rename_elsewhere(&mut world, &milk, &number.to_string());
        world.run_for(1_000);
    }
    assert_eq!(world.titles(phone), ["13", "rye"]);
    world.rest();
    world.assert_converged();
}

/// What happened while there was no connection is read when there is one again.
#[test]
pub fn read_when_it_is_connected_again() {
    for kind in Kind::ALL {
        let (mut world, phone, _, [milk, _]) = with_rows(kind);
        world.cut(phone);
        rename_elsewhere(&mut world, &milk, "oat milk");
        world.run_for(5_000);
        world.heal(phone);
        assert!(world.run_until(30_000, |world| world.tab(phone).is(ConnectionState::Live)), "{kind:?}");
        assert_eq!(world.titles(phone), ["bread", "oat milk"], "{kind:?}");
        world.rest();
        world.assert_converged();
    }
}

/// What a hidden page was not told of it reads when it is shown again, and not when it has been silent for another minute.
#[test]
pub fn read_when_it_is_shown() {
    for kind in Kind::ALL {
        let (mut world, phone, _, [milk, bread]) = with_rows(kind);
        rename_elsewhere(&mut world, &bread, "rye"); // The connection tells of itself, so that it is not made anew.
        world.run_for(4_000);
        world.hide(phone);
        world.luck.set_odds(Fault::EventDropped, 100);
        rename_elsewhere(&mut world, &milk, "oat milk");
        world.run_for(4_000);
        world.show(phone);
        world.run_for(2_000);
        assert_eq!(world.titles(phone), ["oat milk", "rye"], "{kind:?}");
        world.luck.clear_odds();
        world.rest();
        world.assert_converged();
    }
}

/// Writes that overlap lose events, so after an own one the set is read, whatever it was and however it ended.
#[test]
fn read_after_an_own_write() {
    for kind in Kind::ALL {
        for verb in ["update", "create", "refused"] {
            let (mut world, phone, _, [milk, bread]) = with_rows(kind);
            world.luck.set_odds(Fault::EventDropped, 100);
            rename_elsewhere(&mut world, &bread, "rye");
            world.server.refuses = Some("bad".into());
            match verb {
                "update" => world.update(phone, &milk, json!({ "completed": true })),
                "create" => world.create(phone, "one more", None),
                _ => world.rename(phone, &milk, "bad milk"),
            };
            world.run_for(12_000);
            assert!(world.titles(phone).contains(&"rye".to_owned()), "{kind:?}, {verb}");
            world.luck.clear_odds();
            world.rest();
            world.assert_converged();
        }
    }
}

/// What is confirmed stays shown, also where no event tells of it.
#[test]
fn what_is_confirmed_stays_shown() {
    for kind in Kind::ALL {
        let (mut world, phone, _, [milk, bread]) = with_rows(kind);
        world.luck.set_odds(Fault::EventDropped, 100);
        let told = world.tab(phone).diary.changes.len();
        world.rename(phone, &milk, "oat milk");
        world.reorder(phone, &[(&milk, 7.5)]);
        world.claim(phone, &milk, true);
        world.delete(phone, &bread);
        world.run_for(100);
        for _ in 0..100 {
            assert_eq!(world.titles(phone), ["oat milk"], "{kind:?}");
            world.run_for(20);
        }
        assert!(world.tab(phone).diary.settled.len() >= 4, "{kind:?}");
        let is_undone = |change: &sealwire::rows::notice::Change| change.id == bread && !change.data.is_empty();
        assert!(!world.tab(phone).diary.changes[told..].iter().any(is_undone), "{kind:?}");
        world.luck.clear_odds();
        world.rest();
        world.assert_converged();
    }
}

/// An event of another set, of a row that nobody knows, or of a row that is known already with what it was made with, changes nothing.
#[test]
fn what_changes_nothing() {
    for kind in Kind::ALL {
        let (mut world, phone, _, [milk, bread]) = with_rows(kind);
        let old = world.server.row(&milk, &world.server.todos[&milk]);
        rename_elsewhere(&mut world, &milk, "oat milk");
        world.rest();
        let told = world.tab(phone).diary.changes.len();
        for frame in [
            json!({ "type": "todo:created", "setId": "s1", "todo": old }),
            json!({ "type": "todo:deleted", "setId": "s2", "id": bread }),
            json!({ "type": "todo:updated", "setId": "s2", "todo": { "id": bread, "title": "rye" } }),
            json!({ "type": "todo:updated", "setId": "s1", "todo": { "id": "nobody's", "title": "rye" } }),
            json!({ "type": "todo:moved", "setId": "s1", "id": bread, "fromSetId": "s1", "toSetId": "s1" }),
        ] {
            world.say("s1", &frame.to_string());
            world.run_for(500);
        }
        assert_eq!(world.tab(phone).diary.changes.len(), told, "{kind:?}");
        world.rest();
        world.assert_converged();
    }
}
