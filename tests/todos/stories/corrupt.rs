//! Records that cannot be read.

use crate::disk::GARBAGE;
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::error::ErrorCode;
use sealwire::engine::storage::{Read, SEQ_COUNTER, Store, seq_key};

/// Whatever cannot be read is set aside with its bytes and told once; what is left is sent, and what is missing is read again.
#[test]
fn what_cannot_be_read_is_set_aside() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        world.create(laptop, "from the laptop", None);
        world.rest();
        world.cut(phone);
        world.create(phone, "waits", None);
        world.run_for(1_000);
        let page = |store| Read::Page { store, after: None, limit: 100 };
        let heads = world.machine(phone).disk.rows(&page(Store::Heads));
        let row = heads.iter().map(|(key, _)| key).find(|key| key.starts_with("r/")).expect("a row").clone();
        let disk = &mut world.machine_mut(phone).disk;
        disk.spoil(Store::Outbox, &seq_key(u64::from(u32::MAX)));
        disk.spoil(Store::Heads, &row);
        disk.spoil(Store::Meta, SEQ_COUNTER);
        world.reload(phone);
        world.run_for(1_000);
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::CorruptRecord), 3, "one of each store: {kind:?}");
        for store in [Store::Outbox, Store::Heads, Store::Meta] {
            let left = world.machine(phone).disk.rows(&page(store));
            assert!(left.iter().all(|(_, value)| value != &GARBAGE), "{store:?} {kind:?}");
        }
        let aside = world.machine(phone).disk.rows(&page(Store::Corrupt));
        assert!(aside.len() == 3 && aside.iter().all(|(_, value)| value.ends_with(&GARBAGE)), "{aside:?}");
        // The number of what is made next is that of nothing that waits.
        world.create(phone, "new", None);
        world.heal(phone);
        world.rest();
        assert_eq!(world.titles(laptop), ["from the laptop", "new", "waits"], "{kind:?}");
        world.assert_converged();
        world.reload(phone);
        world.rest();
        assert_eq!(world.tab(phone).diary.errors_of(ErrorCode::CorruptRecord), 3, "told once: {kind:?}");
        world.assert_converged();
    }
}
