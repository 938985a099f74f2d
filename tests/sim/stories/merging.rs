//! Two devices change the same things.

use crate::canary::content;
use crate::moves::key;
use crate::peer::header;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::event::Operation;
use sealwire::engine::event::Stamp;
use sealwire::engine::notice::Origin;

#[test]
fn two_devices_offline_edit_same_entity() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.push(phone, "bm_1", "first");
        world.run_until_quiet(500);
        world.cut(phone);
        world.cut(laptop);
        world.push(phone, "bm_1", "from the phone");
        world.run_for(1_000);
        world.push(laptop, "bm_1", "from the laptop");
        world.heal(laptop);
        world.run_for(600_000);
        world.heal(phone);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("from the laptop")), "{kind:?}");
        world.assert_converged();
    }
}

#[test]
fn delete_against_edit() {
    for kind in Kind::ALL {
        for edit_is_later in [true, false] {
            let (mut world, phone, laptop) = World::with_two(kind);
            world.push(phone, "bm_1", "first");
            world.run_until_quiet(500);
            world.cut(phone);
            world.cut(laptop);
            if edit_is_later {
                world.delete(phone, "bm_1");
                world.run_for(1_000);
                world.push(laptop, "bm_1", "edited");
            } else {
                world.push(laptop, "bm_1", "edited");
                world.run_for(1_000);
                world.delete(phone, "bm_1");
            }
            world.heal(phone);
            world.run_for(120_000);
            world.heal(laptop);
            world.run_until_quiet(500);
            let expected = edit_is_later.then(|| content("edited"));
            assert_eq!([phone, laptop].map(|id| world.shown_bookmark(id, "bm_1")), [expected.clone(), expected], "{kind:?}");
            world.assert_converged();
        }
    }
}

/// One sees an edit of a device whose clock is ahead, and corrects it: the correction has to win.
#[test]
fn causality() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.set_clock(phone, 4 * 60 * 1_000);
    world.push(phone, "bm_1", "a typo");
    world.run_until_quiet(500);
    world.push(laptop, "bm_1", "corrected");
    world.run_until_quiet(500);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("corrected")));
    world.assert_converged();
}

/// `update` means the whole entity: what it leaves out is gone, on every device. A patch is another operation.
#[test]
fn update_with_part() {
    let (mut world, phone, laptop) = World::with_two(Kind::Acks);
    world.push_change(phone, key("bm_1"), Operation::Create, Some(r#"{"title":"a","tags":["b"]}"#.into()));
    world.run_until_quiet(500);
    world.push_change(laptop, key("bm_1"), Operation::Update, Some(r#"{"title":"c"}"#.into()));
    world.run_until_quiet(500);
    for id in [phone, laptop] {
        assert_eq!(world.shown_bookmark(id, "bm_1").as_deref(), Some(r#"{"title":"c"}"#));
    }
    world.assert_converged();
}

/// At the same millisecond device ids decide, then event ids, by their bytes: `Z` before `a`, and `a~` before `aa` nowhere.
#[test]
fn order_of_bytes() {
    let stamps = [("Z", "zz"), ("a", "Z"), ("a", "a"), ("a", "a~"), ("aa", "0")];
    for arrival in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 3, 1]] {
        let (mut world, phone, _) = World::with_two(Kind::Acks);
        for index in arrival {
            let (device_id, event_id) = stamps[index];
            let mut header = header(key("bm_1"), event_id);
            header.stamp = Stamp::new(header.stamp.timestamp(), device_id, event_id);
            let event = world.event_of(&header, &index.to_string());
            world.server_sends(phone, &event);
        }
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("4")), "{arrival:?}");
    }
}

/// What loses to a pending change alone is in the base, and is shown again when that change is refused.
#[test]
fn no_base_layer() {
    for operation in [Operation::Update, Operation::Delete] {
        let (mut world, phone, laptop) = World::with_two(Kind::Acks);
        world.push(laptop, "bm_1", "first");
        world.run_until_quiet(500);
        world.cut(phone);
        let older = match operation {
            Operation::Delete => world.delete(laptop, "bm_1"),
            _ => world.push(laptop, "bm_1", "older, but confirmed"),
        };
        world.run_for(1_000);
        let refused = world.push(phone, "bm_1", "newer, but refused");
        world.server.will_refuse.insert(refused.clone());
        world.heal(phone);
        world.run_until_quiet(500);
        let diary = &world.tab(phone).diary;
        assert_eq!(diary.rejected.iter().map(|rejected| &rejected.event_id).collect::<Vec<_>>(), [&refused]);
        let restored = diary.changes.last().expect("a change");
        assert_eq!((restored.origin, restored.stamp.event_id()), (Origin::Restored, older.as_str()));
        let expected = (operation != Operation::Delete).then(|| content("older, but confirmed"));
        assert_eq!(world.shown_bookmark(phone, "bm_1"), expected);
        world.assert_converged();
    }
}

/// An older event that was on its way does not undo a newer one.
#[test]
fn stale_is_not_forged() {
    let (mut world, phone, laptop) = World::with_two(Kind::Silent);
    let header = header(key("bm_1"), "old");
    let old = world.event_of(&header, "old");
    world.push(laptop, "bm_1", "new");
    world.run_until_quiet(500);
    let changes = world.tab(phone).diary.changes.len();
    for _ in 0..3 {
        world.server_sends(phone, &old);
    }
    world.run_until_quiet(500);
    let diary = &world.tab(phone).diary;
    assert_eq!(diary.changes.len(), changes);
    assert!(diary.errors.is_empty(), "{:?}", diary.errors);
    world.assert_converged();
}
