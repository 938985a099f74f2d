//! BitMarks' own format.

use crate::canary::content;
use crate::server::{Kind, Paging};
use crate::world::World;
use sealwire::engine::event::Operation;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::notice::Outcome;
use sealwire::engine::seal::Format;

/// All operations on all types arrive, over reloads, on every kind of server.
#[test]
fn plain_end_to_end() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two_in(kind, Format::BitmarksPlain);
        for entity_type in ["bookmark", "history", "group"] {
            let entity = |id: &str| EntityKey::new(entity_type, id);
            for id in ["kept", "changed", "gone"] {
                world.push_change(phone, entity(id), Operation::Create, Some(content(id)));
            }
            world.run_until_quiet(500);
            world.push_change(laptop, entity("changed"), Operation::Update, Some(content("new")));
            world.push_change(laptop, entity("gone"), Operation::Delete, None);
            world.crash(phone);
            world.run_until_quiet(500);
            world.reopen(phone);
            world.run_until_quiet(500);
        }
        let ids: Vec<String> = world.shown(phone).into_keys().map(|(_, id)| id).collect();
        assert_eq!(ids, ["changed", "kept"].repeat(3), "{kind:?}");
        let can_pull = kind.paging() != Paging::None;
        assert!(!can_pull || world.tabs.iter().all(|tab| tab.diary.errors.is_empty()), "{kind:?}");
        world.assert_converged();
    }
}

/// A server that sends an event back without its body does not take the content from its author.
#[test]
fn an_echo_without_its_body() {
    let (mut world, phone, _) = World::with_two_in(Kind::Echoes, Format::BitmarksPlain);
    world.server.rewrite = Some(|event| event["encrypted_data"] = "".into());
    let pushed = world.push(phone, "bm_1", "mine");
    world.run_until_quiet(500);
    assert_eq!(world.tab(phone).diary.settled[&pushed], Outcome::Confirmed);
    assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("mine")));
}

/// Here nothing but its id confirms a change: one that the server has a newer one of is confirmed by an `ack`, or
/// when it was pushed over HTTP.
#[test]
fn plain_and_overtaken() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two_in(kind, Format::BitmarksPlain);
        world.cut(phone);
        let older = world.push(phone, "bm_1", "older");
        world.run_for(1_000);
        world.push(laptop, "bm_1", "newer");
        world.run_until_quiet(500);
        world.heal(phone);
        world.run_until_quiet(500);
        let expected = (kind == Kind::Acks || kind.takes_pushes()).then_some(Outcome::Confirmed);
        assert_eq!(world.tab(phone).diary.settled.get(&older).copied(), expected, "{kind:?}");
        assert_eq!(world.shown_bookmark(phone, "bm_1"), Some(content("newer")), "{kind:?}");
        world.assert_converged();
    }
}
