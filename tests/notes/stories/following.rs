//! Who hears of a note: also a tab that follows another one, whose page is hidden.

use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::storage::{Read, Store};
use sealwire::rows::notice::ConnectionState;

fn title(world: &mut World, tab: TabId, note: &str) -> String {
    world.row(tab, note).unwrap()["title"].as_str().unwrap().split(' ').next().unwrap().to_owned()
}

/// The leader is hidden and has joined nothing; the tab that is seen has.
fn with_hidden_leader(kind: Kind) -> (World, TabId, TabId, TabId, String) {
    let (mut world, leader, laptop, note) = World::with_note(kind);
    let follower = world.open_tab(leader);
    world.connect(follower);
    world.rest();
    world.hide(leader);
    (world, leader, follower, laptop, note)
}

#[test]
fn what_it_has_joined_comes_at_once() {
    for kind in Kind::ALL {
        let (mut world, _, follower, laptop, note) = with_hidden_leader(kind);
        world.join(follower, &note);
        world.run_for(3_000);
        world.rename(laptop, &note, "edited");
        world.run_for(3_000);
        assert_eq!(title(&mut world, follower, &note), "edited", "{}", world.trace());
        // Once it looks at another one, nobody has to hear of this one; the reading still shows it.
        world.leave(follower, &note);
        world.run_for(3_000);
        world.rename(laptop, &note, "again");
        world.run_for(70_000);
        assert_eq!(title(&mut world, follower, &note), "again", "{}", world.trace());
        world.rest();
        world.assert_converged();
    }
}

/// The leader freezes with its lock: a page that is seen and has something to send takes its place, and the one that thaws follows.
#[test]
fn frozen_leader() {
    for kind in Kind::ALL {
        let (mut world, leader, follower, laptop, note) = with_hidden_leader(kind);
        world.freeze(leader);
        world.rename(follower, &note, "edited");
        assert!(world.run_until(60_000, |world| world.tab(follower).is(ConnectionState::Live)), "{}", world.trace());
        world.rest();
        world.thaw(leader);
        world.show(leader);
        world.rest();
        assert!(world.tab(leader).is(ConnectionState::Following), "{}", world.trace());
        assert_eq!(world.machine(leader).lock.stolen_at.len(), 1);
        for tab in [leader, follower, laptop] {
            assert_eq!(title(&mut world, tab, &note), "edited", "{}", world.trace());
        }
        world.assert_converged();
    }
}

/// What a tab wrote down that is gone is forgotten, and its joins with it.
#[test]
fn a_tab_that_is_gone_is_forgotten() {
    let (mut world, leader, follower, _, note) = with_hidden_leader(Kind::ALL[0]);
    world.join(follower, &note);
    world.run_for(3_000);
    let records = Read::Page { store: Store::Meta, after: Some("tab/".into()), limit: 9 };
    let tabs = |world: &World| world.machine(leader).disk.rows(&records).iter().filter(|(key, _)| key.starts_with("tab/")).count();
    assert_eq!(tabs(&world), 1);
    world.crash(follower);
    world.run_for(700_000);
    assert_eq!(tabs(&world), 0);
}

/// What another device has saved since a note was read is seen as soon as the note is joined: nobody told of it.
#[test]
fn a_note_is_read_once_it_is_joined() {
    for kind in Kind::ALL {
        let (mut world, phone, _, note) = World::with_note(kind);
        world.save_elsewhere(&note, "edited", "elsewhere");
        world.run_for(1_000);
        assert_ne!(title(&mut world, phone, &note), "edited");
        world.join(phone, &note);
        world.run_for(3_000);
        assert_eq!(title(&mut world, phone, &note), "edited", "{}", world.trace());
    }
}
