//! A server that sends what it should not.

use crate::babble::frames;
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use sealwire::engine::error::ErrorCode;

/// A tree that both have.
fn with_rows(kind: Kind) -> (World, TabId, TabId) {
    let (mut world, phone, laptop) = World::with_two(kind);
    let root = world.create(phone, "root", None);
    world.create(phone, "leaf", Some(&root.id));
    world.create(phone, "other", None);
    world.rest();
    (world, phone, laptop)
}

/// No frame brings a page down, and none outlasts the next read of the set.
#[test]
fn hostile_frames() {
    for kind in Kind::ALL {
        let (mut world, phone, laptop) = with_rows(kind);
        let [root, leaf, other] = ["root", "leaf", "other"].map(|title| world.server.find(title).expect("a row").to_owned());
        for (id, of) in [(&root, &leaf), (&leaf, &root), (&other, &leaf), (&other, &"__proto__".to_owned())] {
            for frame in frames("s1", id, of) {
                world.say("s1", &frame);
                world.run_for(70);
            }
        }
        world.rest();
        assert!(world.tab(phone).diary.errors_of(ErrorCode::BadFrame) > 0);
        assert_eq!([phone, laptop].map(|id| world.titles(id)), [["leaf", "other", "root"], ["leaf", "other", "root"]]);
        world.assert_converged();
    }
}

/// Each by itself, while own changes wait: they are sent all the same, and once.
#[test]
fn hostile_frames_while_changes_wait() {
    for number in 0..frames("s1", "x", "y").len() {
        let (mut world, phone, _) = with_rows(Kind::G3);
        let [root, leaf] = ["root", "leaf"].map(|title| world.server.find(title).expect("a row").to_owned());
        world.server.fails_writes = Some(503);
        let made = world.create(phone, "below", Some(&root));
        world.create(phone, "far below", Some(&made.id));
        world.rename(phone, &leaf, "renamed");
        world.run_for(100);
        let frame = frames("s1", &root, &leaf).swap_remove(number);
        world.say("s1", &frame);
        world.run_for(300);
        world.server.fails_writes = None;
        world.rest();
        assert_eq!(world.server.log.creates().values().sum::<usize>(), 5, "{}", &frame[..frame.len().min(200)]);
        assert_eq!(world.titles(phone), ["below", "far below", "other", "renamed", "root"]);
        world.assert_converged();
    }
}

/// What is no list of rows is not taken for an empty one.
#[test]
fn hostile_lists() {
    let lists = ["", "null", "[]", "<html>", "{", r#"{"todos":null}"#, r#"{"todos":{}}"#, r#"{"rows":[]}"#, r#"{"error":"no"}"#];
    for list in lists {
        let (mut world, phone, laptop) = with_rows(Kind::G2);
        world.server.lists = Some(list.to_owned());
        world.drop_links(phone);
        world.run_for(30_000);
        assert_eq!(world.titles(phone), ["leaf", "other", "root"], "{list}");
        world.create(laptop, "more", None);
        world.run_for(30_000);
        world.server.lists = None;
        world.rest();
        assert_eq!(world.titles(phone), ["leaf", "more", "other", "root"], "{list}");
        world.assert_converged();
    }
}

/// Rows that are none, twice, in a circle, far too deep: no panic, and nothing of it stays.
#[test]
fn hostile_rows() {
    let row = |id: &str, parent: &str| format!(r#"{{"id":{id},"parentId":{parent},"title":"x","completed":false,"sortOrder":0}}"#);
    let chain: Vec<String> = (0..3_000).map(|level| row(&format!(r#""c{level}""#), &format!(r#""c{}""#, level + 1))).collect();
    let lists = [
        "7,null,[],{}".to_owned(),
        [row("7", "null"), row(r#""""#, "null"), row("null", "null"), row(r#""__proto__""#, r#""constructor""#)].join(","),
        [row(r#""a""#, r#""a""#), row(r#""b""#, r#""c""#), row(r#""c""#, r#""b""#)].join(","),
        [row(r#""a""#, "null"), row(r#""a""#, r#""b""#), row(r#""b""#, r#""a""#)].join(","),
        [row(r#""a""#, "7"), row(r#""b""#, "{}"), row(r#""\ud800""#, "null")].join(","),
        r#"{"id":"a","title":7,"completed":"yes","sortOrder":"first","assignees":7,"claimedBy":[],"createdAt":-1,"updatedAt":1e999}"#
            .to_owned(),
        format!(r#"{{"id":"a","deep":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000)),
        r#"{"id":"a","sortOrder":9007199254740993,"title":"one","title":"two"}"#.to_owned(),
        chain.join(","),
    ];
    for list in lists {
        let (mut world, phone, _) = with_rows(Kind::G3);
        world.server.lists = Some(format!(r#"{{"todos":[{list}],"role":"member"}}"#));
        world.drop_links(phone);
        world.run_for(30_000);
        world.create(phone, "mine", None);
        world.run_for(30_000);
        world.server.lists = None;
        world.drop_links(phone);
        world.rest();
        assert_eq!((world.titles(phone).len(), world.server.log.creates_of("mine").len()), (4, 1), "{}", &list[..list.len().min(200)]);
        world.assert_converged();
    }
}
