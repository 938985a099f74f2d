//! Which notes the server is asked to tell of.

use crate::bench::{Bench, config};
use crate::server::Kind;
use crate::world::World;
use sealwire::engine::storage::MemoryStore;
use sealwire::rows::io::Command;
use sealwire::rows::typelets::Config;
use serde_json::{Value, json};

fn join(b: &mut Bench, id: &str, wants_news: bool) {
    b.command(Command::Join { id: format!("note/{id}"), wants_news });
}

/// What was sent about joins, each answered as the server does.
fn joins(b: &mut Bench) -> Vec<String> {
    let mut said = Vec::new();
    while let Some(frame) = b.frames().into_iter().find(|frame| frame["type"] == "join_note" || frame["type"] == "leave_note") {
        let id = frame["noteId"].as_str().unwrap();
        let joins = frame["type"] == "join_note";
        said.push(format!("{}{id}", if joins { "+" } else { "-" }));
        b.hear(&json!({ "type": if joins { "note_joined" } else { "note_left" }, "noteId": id }));
    }
    said
}

#[test]
pub fn the_next_note_takes_the_place_of_the_one_before() {
    let mut b = Bench::live(&[]);
    join(&mut b, "a", true);
    assert_eq!(joins(&mut b), ["+a"]);
    join(&mut b, "a", true);
    assert_eq!(joins(&mut b), [""; 0]);
    join(&mut b, "b", true);
    assert_eq!(joins(&mut b), ["-a", "+b"]);
    join(&mut b, "b", false);
    assert_eq!(joins(&mut b), ["-b"]);
}

#[test]
pub fn several_are_kept_if_the_app_wants_it() {
    let mut b = Bench::of(Config { keeps_joins: true, ..config() }, MemoryStore::default());
    b.connect();
    b.list(&[]);
    for id in ["a", "b", "c"] {
        join(&mut b, id, true);
    }
    assert_eq!(joins(&mut b), ["+a", "+b", "+c"]);
    join(&mut b, "b", false);
    assert_eq!(joins(&mut b), ["-b"]);
}

#[test]
pub fn a_new_socket_joins_again() {
    let mut b = Bench::of(Config { keeps_joins: true, ..config() }, MemoryStore::default());
    join(&mut b, "a", true);
    join(&mut b, "b", true);
    b.connect();
    assert_eq!(joins(&mut b), ["+a", "+b"]);
    b.lose();
    b.pass(2_000);
    b.asked.clear();
    b.connect();
    assert_eq!(joins(&mut b), ["+a", "+b"]);
}

/// One that is refused, or not answered, is not asked for again on this socket, and does not hold up the others.
#[test]
pub fn a_join_that_fails() {
    let mut b = Bench::of(Config { keeps_joins: true, ..config() }, MemoryStore::default());
    b.connect();
    b.list(&[]);
    for id in ["a", "b", "c"] {
        join(&mut b, id, true);
    }
    b.hear(&json!({ "type": "error", "message": "Note not found or access denied" }));
    assert_eq!(b.errors(), ["server_error Note not found or access denied"]);
    b.stay(10_000);
    assert_eq!(b.errors(), ["no_answer join_note"]);
    let asked: Vec<Value> =
        b.frames().into_iter().filter(|frame| frame["type"] == "join_note").map(|frame| frame["noteId"].clone()).collect();
    assert_eq!(asked, ["a", "b", "c"]);
    b.hear(&json!({ "type": "note_joined", "noteId": "c" }));
    b.stay(60_000);
    assert_eq!(b.said(), [""; 0]);
}

/// Of a note that is not on the server yet nothing is asked before it is.
#[test]
pub fn a_note_that_is_new() {
    let (mut world, phone, laptop) = World::with_two(Kind::ALL[0]);
    world.cut(phone);
    let made = world.create(phone, "milk");
    world.join(phone, &made.id);
    world.run_for(5_000);
    world.heal(phone);
    world.rest();
    let note = format!("note/{}", world.row(phone, &made.id).unwrap()["id"].as_str().unwrap());
    world.rename(laptop, &note, "oat milk");
    world.run_for(2_000);
    assert!(world.row(phone, &note).unwrap()["title"].as_str().unwrap().starts_with("oat milk "), "{}", world.trace());
    world.rest();
    world.assert_converged();
}

/// Whatever way a connection is lost, news comes again once there is one.
#[test]
pub fn news_after_a_reconnect() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop, note) = World::with_note(kind);
        world.join(phone, &note);
        world.run_for(1_000);
        world.drop_links(phone);
        world.run_for(5_000);
        world.rename(laptop, &note, "new");
        world.run_for(1_500);
        assert!(world.row(phone, &note).unwrap()["title"].as_str().unwrap().starts_with("new "), "{}", world.trace());
        world.rest();
        world.assert_converged();
    }
}
