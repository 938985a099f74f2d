//! Nothing goes wrong.

use crate::server::Kind;
use crate::world::World;
use sealwire::engine::notice::Outcome;
use serde_json::json;

#[test]
fn two_devices_edit_one_note_in_turn() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = World::with_two(kind);
        let made = world.create(phone, "milk");
        world.rest();
        assert_eq!(world.tab(phone).diary.settled[&made.event_id], Outcome::Confirmed, "{}", world.trace());
        let note = format!("note/{}", world.row(phone, &made.id).unwrap()["id"].as_str().unwrap());
        assert!(world.row(laptop, &note).unwrap()["title"].as_str().unwrap().starts_with("milk "));
        world.join(phone, &note);
        world.join(laptop, &note);
        world.run_for(1_000);
        world.rename(laptop, &note, "oat milk");
        world.run_for(1_000);
        assert!(world.row(phone, &note).unwrap()["title"].as_str().unwrap().starts_with("oat milk "), "{}", world.trace());
        world.update(phone, &note, json!({ "starred": true }));
        world.run_for(1_000);
        assert_eq!(world.row(laptop, &note).unwrap()["starred"], true);
        world.rest();
        world.assert_converged();
        assert_eq!(world.posts(), 1);
        assert!(world.readers.conflicts.is_empty());
    }
}
