//! What is gone is forgotten after a while; who has not heard of it by then hears of it all the same.

use crate::server::{Kind, Server, Todo};
use crate::world::World;
use sealwire::engine::io::Standing;
use sealwire::engine::notice::Outcome;

/// More than are kept in mind.
const MANY: u32 = 1_100;

fn fill(server: &mut Server) {
    for number in 0..MANY {
        let todo = Todo {
            set: "s1".into(),
            author: "u2".into(),
            parent: None,
            title: format!("title {number}"),
            completed: false,
            sort_order: f64::from(number),
            assignees: Vec::new(),
            created_at: 1_790_000_000_000,
            updated_at: 1_790_000_000_000,
        };
        server.todos.insert(format!("td_{number:05}"), todo);
    }
}

/// The next page forgets a thousand rows that are gone. Who asks what has changed since they were there is told, and what is there stays stored.
#[test]
fn a_mirror_from_before() {
    let mut world = World::new(1, Kind::G2);
    fill(&mut world.server);
    let phone = world.add("phone", "u1");
    world.connect(phone);
    world.rest();
    world.catch_up(phone);
    assert_eq!(world.tab(phone).diary.since.1.len(), MANY as usize);
    world.server.todos.retain(|id, _| id == "td_00000");
    world.drop_links(phone);
    world.rest();
    assert_eq!(world.titles(phone).len(), 1);
    world.reload(phone);
    world.rest();
    world.assert_converged();
}

/// A tab sleeps while another one sends what it had made, and learns that a thousand rows are gone; the next page forgets both.
#[test]
fn a_tab_that_slept() {
    let mut world = World::new(1, Kind::G2);
    fill(&mut world.server);
    let phone = world.add("phone", "u1");
    world.connect(phone);
    world.rest();
    let sleeper = world.open_tab(phone);
    world.rest();
    assert_eq!(world.titles(sleeper).len(), MANY as usize);
    world.cut(phone);
    let made = world.rename(sleeper, "td_00000", "kept");
    world.run_for(5_000);
    world.freeze(sleeper);
    world.heal(phone);
    world.run_for(60_000);
    world.server.todos.retain(|id, _| id == "td_00000");
    world.drop_links(phone);
    world.run_for(20_000);
    world.reload(phone);
    world.run_for(20_000);
    world.thaw(sleeper);
    world.rest();
    assert_eq!((world.titles(sleeper), world.tab(sleeper).status().pending), (vec!["kept".to_owned()], 0));
    assert_eq!(world.standing(sleeper, &made.event_id), Some(Standing::Ended(Outcome::Confirmed)));
    world.assert_converged();
}
