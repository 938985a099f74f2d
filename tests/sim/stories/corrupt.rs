//! Records that cannot be read.

use crate::canary::content;
use crate::disk::GARBAGE;
use crate::moves::key;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::meta;
use sealwire::engine::storage::{SEQ_COUNTER, StorageFailure, Store, seq_key};

/// Whatever cannot be read is set aside with its bytes and told once; what is left is sent, and what is missing is pulled.
#[test]
fn what_cannot_be_read_is_set_aside() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.push(laptop, "bm_1", "from the laptop");
        world.push(phone, "bm_2", "from the phone");
        world.run_until_quiet(500);
        world.cut(phone);
        world.push(phone, "bm_3", "waits");
        world.run_for(1_000);
        let disk = &mut world.machine_mut(phone).disk;
        let spoiled = [
            (Store::Outbox, seq_key(0)),
            (Store::Heads, key("bm_1").storage_key().to_owned()),
            (Store::Heads, "damaged".to_owned()),
            (Store::Meta, meta::CLOCK.to_owned()),
            (Store::Meta, meta::CURSOR.to_owned()),
            (Store::Meta, SEQ_COUNTER.to_owned()),
        ];
        spoiled.iter().for_each(|(store, key)| disk.spoil(*store, key));
        world.reload(phone);
        world.run_for(1_000);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::CorruptRecord), 3, "one of each store: {kind:?}");
        for (store, key) in &spoiled {
            assert_ne!(world.machine(phone).disk.get(*store, key).map(Vec::as_slice), Some(GARBAGE.as_slice()), "{store:?} {key}");
        }
        // The number of what is pushed next is that of nothing that waits.
        world.push(phone, "bm_1", "again");
        world.push(phone, "bm_4", "new");
        world.heal(phone);
        world.run_until_quiet(500);
        for (bookmark, title) in [("bm_1", "again"), ("bm_2", "from the phone"), ("bm_3", "waits"), ("bm_4", "new")] {
            assert_eq!(world.shown_bookmark(laptop, bookmark), Some(content(title)), "{kind:?}");
        }
        world.assert_converged();
        world.reload(phone);
        world.run_until_quiet(500);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::CorruptRecord), 3, "told once: {kind:?}");
        world.assert_converged();
    }
}

/// A head that cannot be read, of an entity of another device: it comes from the server again.
#[test]
fn an_entity_whose_head_cannot_be_read_is_pulled_again() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.push(laptop, "bm_1", "from the laptop");
        world.run_until_quiet(500);
        world.machine_mut(phone).disk.spoil(Store::Heads, key("bm_1").storage_key());
        world.reload(phone);
        world.run_until_quiet(500);
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("from the laptop")), "{kind:?}");
        world.assert_converged();
    }
}

/// Where there is no space to set it aside, what can be read is of use all the same.
#[test]
fn a_full_disk_keeps_nothing_from_being_read() {
    let (mut world, phone, _) = World::with_two(Kind::Acks);
    world.cut(phone);
    world.push(phone, "bm_1", "waits");
    world.run_for(1_000);
    world.machine_mut(phone).disk.spoil(Store::Outbox, &seq_key(0));
    world.break_disk(phone, StorageFailure::Full);
    world.reload(phone);
    world.run_for(1_000);
    assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::CorruptRecord), 1);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("waits")));
    world.mend_disk(phone);
    world.heal(phone);
    world.run_until_quiet(500);
    world.assert_converged();
}
