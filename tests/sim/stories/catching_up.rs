//! What was missed is read, page by page.

use crate::canary::content;
use crate::keys::Keys;
use crate::luck::Fault;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::dialect::Cursor;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::seal::Format;

/// A tablet of the account, which was not there before.
fn newcomer(world: &mut World) -> TabId {
    let tablet = world.add("tablet");
    world.connect(tablet);
    tablet
}

/// Pages are short, and the page crashes at every point of the catch-up: no event behind the cursor is missing.
#[test]
fn cursor_runs_ahead() {
    for kind in [Kind::Acks, Kind::Silent] {
        for effects in (0..150).step_by(5) {
            let (mut world, phone, _) = World::with_two(kind);
            world.server.page_cap = 4;
            (0..14).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
            world.run_until_quiet(500);
            let tablet = newcomer(&mut world);
            world.crash_after(tablet, effects);
            for number in 14..20 {
                world.push(phone, &format!("bm_{number}"), "live"); // Comes by itself, while older ones are being read.
                world.run_for(40);
            }
            world.run_for(2_000);
            world.reload(tablet);
            world.run_until_quiet(500);
            assert_eq!(world.shown(tablet).len(), 20, "{kind:?}, {effects} effects");
            world.assert_converged();
        }
    }
}

/// A frame that comes by itself never moves the cursor, for what came before it may be missing.
#[test]
fn live_events_do_not_move_the_cursor() {
    for kind in [Kind::Acks, Kind::Echoes] {
        let (mut world, phone, laptop) = World::with_two(kind);
        let before = world.machine(phone).disk.cursor();
        world.push(laptop, "bm_1", "live");
        world.run_until_quiet(500);
        assert!(world.shown_bookmark(phone, "bm_1").is_some());
        assert_eq!(world.machine(phone).disk.cursor(), before, "{kind:?}");
    }
}

/// A page's cursor is kept before one that was reached by an event whose key is not at hand; with the key it is read again.
#[test]
fn unknown_key_does_not_move_the_stored_cursor() {
    for kind in [Kind::Acks, Kind::Silent] {
        let (mut world, phone, _) = World::with_two(kind);
        world.push(phone, "bm_1", "for who has the key");
        world.run_until_quiet(500);
        let stranger = world.add_with("stranger", |device| device.keys = Keys::new(8));
        world.connect(stranger);
        world.run_until_quiet(500);
        let start = if kind == Kind::Acks { Cursor::Seq(0) } else { Cursor::Since(0) };
        assert_eq!(world.machine(stranger).disk.cursor(), Some(start));
        assert!(world.tab(stranger).diary.errors_of(ErrorCode::UnknownKey) > 0);
        assert!(world.shown(stranger).is_empty());
        world.machine_mut(stranger).keys = Keys::new(7);
        world.reload(stranger);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(stranger, "bm_1"), Some(content("for who has the key")));
        assert_ne!(world.machine(stranger).disk.cursor(), Some(start));
        world.assert_converged();
    }
}

/// An event was on its way when the cursor was read, and is paged by a time before it.
#[test]
fn what_lies_before_the_cursor() {
    let (mut world, phone, laptop) = World::with_two(Kind::Silent);
    world.cut(phone);
    world.server.lag = 200_000;
    world.push(laptop, "bm_1", "late");
    world.run_for(10_000);
    world.heal(phone);
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("late")));
    world.assert_converged();
}

/// More events within the five minutes of overlap than a page holds: all are read, and the stored cursor does not go back meanwhile.
#[test]
fn a_crowded_overlap_is_read_to_its_end() {
    let (mut world, phone, laptop) = World::with_two(Kind::Silent);
    (0..1_300).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
    world.run_until_quiet(500);
    assert!(world.machine(phone).disk.outbox().is_empty(), "the phone's pulls show all that it sent");
    world.restart_server();
    world.run_for(20_000); // Now the laptop's cursor is behind them all, and the next catch-up overlaps.
    world.restart_server();
    for _ in 0..200 {
        let before = since(&world, laptop);
        world.run_for(50);
        assert!(since(&world, laptop) >= before);
    }
    let tablet = newcomer(&mut world);
    world.run_until_quiet(500);
    assert_eq!([tablet, laptop].map(|id| world.shown(id).len()), [1_300, 1_300]);
    world.assert_converged();
}

fn since(world: &World, id: TabId) -> u64 {
    match world.machine(id).disk.cursor() {
        Some(Cursor::Since(millis)) => millis,
        other => panic!("not a cursor by time: {other:?}"),
    }
}

/// A laptop wakes to more live events than it takes at once; what it left out it asks for.
#[test]
fn a_flood_of_live_events() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.sleep(laptop, 3_600_000);
    (0..3_000).for_each(|number| drop(world.push(phone, &format!("bm_{number}"), "x")));
    world.run_for(3_600_000);
    world.run_until_quiet(500);
    assert_eq!(world.shown(laptop).len(), 3_000);
    world.assert_converged();
}

/// A server by sequence becomes one by time, and back: the cursor of the one is none of the other.
#[test]
fn a_server_that_pages_differently_after_an_update() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    for (number, kind) in [Kind::Silent, Kind::SilentSeq, Kind::Echoes, Kind::Acks].into_iter().enumerate() {
        world.cut(laptop);
        world.push(phone, &format!("bm_{number}"), "before");
        world.run_until_quiet(500);
        world.server.kind = kind;
        world.restart_server();
        world.heal(laptop);
        world.push(phone, &format!("bm_{number}"), "after");
        world.run_until_quiet(500);
        assert_eq!(world.shown(laptop).len(), number + 1, "{kind:?}");
    }
    world.assert_converged();
}

/// The account has two thousand entities, and the page crashes in between: a reload shows the same.
#[test]
fn a_reload_shows_the_same() {
    let mut world = World::new(1, Kind::Acks, Format::SealedV1);
    let phone = world.add("phone");
    world.connect(phone);
    (0..2_000).for_each(|number| drop(world.push(phone, &format!("bm_{number:04}"), "x")));
    world.run_for(1_500);
    world.reload(phone);
    world.run_until_quiet(500);
    world.luck.set_odds(Fault::FrameTwice, 50);
    (0..500).for_each(|number| drop(world.delete(phone, &format!("bm_{number:04}"))));
    world.run_until_quiet(500);
    assert!(world.shown(phone).len() <= 1_500);
    world.assert_converged();
}
