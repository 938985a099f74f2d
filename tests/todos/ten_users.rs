//! Ten users on one set, who all write at the same time, while the server drops more than half of what it tells and delays the rest.

use crate::luck::Fault;
use crate::random::{Run, judge, run_all, seeds};
use crate::server::Kind;
use crate::tab::TabId;
use crate::verdict::Verdict;
use crate::world::{Happening, World};
use serde_json::json;

/// Seeds of an ordinary run.
const SEEDS: u64 = 20;
/// Writes of each.
const WRITES: u64 = 20;
/// Events that are lost, in percent.
const DROPPED: u64 = 55;
/// Failures that are shown in full.
const SHOWN: usize = 2;

#[test]
fn ten_users() {
    let (from, count) = seeds(SEEDS);
    let total = run_all(from..from + count, run);
    for (seed, verdict, _) in &total.failed {
        println!("seed {seed}: {verdict}");
    }
    total.failed.iter().take(SHOWN).for_each(|(seed, verdict, trace)| println!("seed {seed}: {verdict}\n{trace}"));
    println!("seeds={count} {total}");
    assert_eq!(total.run.verdict, Verdict::default());
}

fn run(seed: u64) -> Run {
    let mut world = World::new(seed, Kind::ALL[(seed % 3) as usize]);
    world.server.takes_over = seed.is_multiple_of(2);
    for number in 0..10 {
        let id = world.add(&format!("m{number}"), &format!("u{number}"));
        world.connect(id);
    }
    judge(world, |world| {
        world.rest();
        world.luck.set_odds(Fault::EventDropped, DROPPED);
        world.luck.set_odds(Fault::EventLate, 100);
        for _ in 0..WRITES {
            for id in world.tab_ids() {
                write(world, id);
                let pause = world.luck.within(0..=60);
                world.run_for(pause);
            }
        }
        let is_quiet = world.becomes_quiet(3_000);
        let mut verdict = world.verdict();
        verdict.stalled += usize::from(!is_quiet);
        verdict
    })
}

/// One of the writes of a user.
fn write(world: &mut World, id: TabId) {
    let number = world.next_number();
    let place = number as f64 + 0.5;
    let which = world.luck.number() as usize;
    let row = world.any_row(id, which);
    let Some(row) = row.filter(|_| number > 20) else {
        world.create(id, &format!("title {number}"), None);
        return;
    };
    match world.luck.within(0..=11) {
        0..=2 => world.create(id, &format!("title {number}"), None),
        3 | 4 => world.create(id, &format!("title {number}"), Some(&row)),
        5 | 6 => world.rename(id, &row, &format!("title {number} ")),
        7 => world.update(id, &row, json!({ "completed": number.is_multiple_of(2), "sortOrder": place })),
        8 => world.reorder(id, &[(row.as_str(), place)]),
        9 if world.server.kind.has_claims() => world.claim(id, &row, !number.is_multiple_of(3)),
        9 => world.assign(id, &row, &["u1", "u5"][..(number % 3) as usize]),
        10 if world.server.kind == Kind::G3 => world.move_to(id, &row, "s2"),
        _ => world.delete(id, &row),
    };
}

/// Nobody waits for anything that is only on the agenda for itself.
#[test]
fn an_empty_world_is_quiet() {
    let mut world = World::new(1, Kind::G1);
    world.rest();
    assert!(world.now >= 130_000 && !world.agenda.values().any(|happening| matches!(happening, Happening::Request { .. })));
    world.assert_converged();
}
