//! What is kept for a time only: deletes, and the memory of what was seen.

use crate::canary::content;
use crate::moves::key;
use crate::peer::header;
use crate::server::Kind;
use crate::tab::TabId;
use crate::verdict::of_key;
use crate::world::World;
use sealwire::engine::event::Operation;
use sealwire::engine::storage::Store;

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// On day 91 deletes of day 0 are forgotten. An old create that then comes by itself is not believed until a full pull shows it: a replayed
/// one stays away, one that the server really has is taken.
#[test]
fn resurrection() {
    for kind in [Kind::Acks, Kind::Silent, Kind::ByEventTime] {
        for the_server_has_it in [true, false] {
            let (mut world, phone, laptop) = World::with_two(kind);
            let header = header(key("bm_1"), "stale");
            let stale = world.event_of(&header, "from day 0");
            world.run_for(120_000);
            world.push(phone, "bm_1", "to be deleted");
            world.run_until_quiet(500);
            world.delete(phone, "bm_1");
            world.run_until_quiet(500);
            away_for(&mut world, &[phone, laptop], 89 * DAY);
            world.run_until_quiet(500);
            assert!(world.machine(phone).disk.get(Store::Heads, key("bm_1").storage_key()).is_some(), "{kind:?}: not forgotten yet");
            let gone = world.server.rows.remove(&of_key(&key("bm_1"))).expect("the delete"); // The server forgets as well.
            away_for(&mut world, &[phone, laptop], 2 * DAY);
            force_full_pull(&mut world, phone);
            assert!(world.machine(phone).disk.get(Store::Heads, key("bm_1").storage_key()).is_none(), "{kind:?}: forgotten");
            if the_server_has_it {
                let mut row = gone;
                row.event = stale.clone();
                row.seq = 1_000;
                row.arrived = world.wall();
                world.server.rows.insert(of_key(&key("bm_1")), row);
            }
            world.server_sends(phone, &stale);
            world.run_for(60_000);
            let expected = the_server_has_it.then(|| content("from day 0"));
            assert_eq!(world.shown_bookmark(phone, "bm_1"), expected, "{kind:?}");
        }
    }
}

/// All pages are closed, and opened again so much later.
fn away_for(world: &mut World, tabs: &[TabId], millis: u64) {
    tabs.iter().for_each(|id| world.close(*id));
    world.run_for(millis);
    tabs.iter().for_each(|id| world.reopen(*id));
    world.run_until_quiet(500);
}

/// A server that goes by time is asked for everything now and then; one that goes by sequence, where there is doubt. A body that does not
/// open is one.
fn force_full_pull(world: &mut World, id: TabId) {
    let header = header(key("bm_damaged"), "damaged");
    let mut event = world.event_of(&header, "x");
    event["entity_id"] = serde_json::json!("bm_other");
    world.server.forgeries.push(event);
    world.restart_server();
    world.run_for(60_000);
    world.server.forgeries.clear();
    world.reload(id);
    world.run_until_quiet(500);
}

/// A device that was away for longer than deletes are kept cannot know what went meanwhile: it takes what a full pull shows for all there is.
/// What it made itself meanwhile stays and is sent.
#[test]
fn a_device_that_was_away_for_too_long_rebuilds() {
    for kind in [Kind::Acks, Kind::Silent, Kind::ByEventTime] {
        let (mut world, phone, laptop) = World::with_two(kind);
        for name in ["bm_1", "bm_2", "bm_3"] {
            world.push(phone, name, "of day 0");
        }
        world.run_until_quiet(500);
        world.cut(laptop);
        world.push_change(laptop, key("bm_4"), Operation::Create, Some(content("made offline")));
        world.delete(phone, "bm_2");
        world.run_until_quiet(500);
        world.server.rows.remove(&of_key(&key("bm_2"))); // The server forgets the delete.
        world.heal(laptop);
        away_for(&mut world, &[phone, laptop], 91 * DAY);
        world.run_until_quiet(1_000);
        let shown: Vec<String> = world.shown(laptop).into_keys().map(|(_, id)| id).collect();
        assert_eq!(shown, ["bm_1", "bm_3", "bm_4"], "{kind:?}");
        let gone = world.tab(laptop).diary.changes.iter().rfind(|change| change.key == key("bm_2")).expect("a change");
        assert_eq!(gone.operation, Operation::Delete);
        let [phone, laptop] = [phone, laptop].map(|id| world.shown(id));
        assert_eq!(phone, laptop, "{kind:?}");
    }
}

/// The same event comes again and again, live and in pages: it is one change, and costs no transaction.
#[test]
fn seen_set() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    let event = {
        let header = header(key("bm_1"), "again");
        world.event_of(&header, "once")
    };
    world.server_sends(phone, &event);
    world.run_until_quiet(500);
    let commits = world.machine(phone).disk.commits;
    (0..1_000).for_each(|_| world.server_sends(phone, &event));
    world.run_until_quiet(500);
    assert_eq!(world.machine(phone).disk.commits, commits);
    assert_eq!(world.tab(phone).diary.changes.len(), 1);
}
