//! Two devices edit one sealed note at the same time, and are killed between any two requests: nothing is lost, mixed or made twice, and whoever
//! overwrites what was not seen says so.

use crate::KEPT_PAIRS;
use crate::luck::Fault;
use crate::luck::Luck;
use crate::plan::{Deed, Move, Plan, Start};
use crate::random::{run, run_all, seeds};
use crate::shrinking::shrink;
use crate::verdict::Verdict;

/// Seeds of an ordinary run.
const SEEDS: u64 = 300;
/// Effects after which a page goes: a saving takes some thirty.
const EFFECTS: std::ops::RangeInclusive<u64> = 0..=60;

#[test]
fn two_devices_edit_one_note() {
    let kept = KEPT_PAIRS.lines().filter(|line| !line.starts_with('#')).map(|line| line.parse().expect("a seed"));
    let (from, count) = seeds(SEEDS);
    let total = run_all(kept.chain(from..from + count), |seed| run(&plan(seed)));
    total.failed.iter().for_each(|(seed, verdict, _)| println!("seed {seed}: {verdict}"));
    total.failed.iter().take(3).for_each(|(seed, verdict, _)| println!("{}", shrink(plan(*seed), verdict)));
    let crashes = total.run.hits.get(&Fault::Crash).copied().unwrap_or(0);
    println!("pairs={count} {total} crashes={crashes}");
    assert_eq!(total.run.verdict, Verdict::default());
}

/// One device makes the note, and both edit it, mostly within the time that a saving takes.
pub fn plan(seed: u64) -> Plan {
    let luck = &mut Luck::new(seed ^ 0x5eed);
    let kind = Plan::kind_of(seed);
    let machine = |luck: &mut Luck| Start { tabs: 1, keeps_joins: true, signs: *luck.pick(&[true, false]), token_lasts: 3_600_000 };
    let machines = vec![machine(luck), machine(luck)];
    let step = |pause, tab, deed| Move { pause, tab, deed };
    let mut moves = vec![
        step(2_000, 0, Deed::Create { within: None, times: 1 }),
        step(3_000, 0, Deed::Join { row: 1 }),
        step(*luck.pick(&[10, 70_000]), 1, Deed::Join { row: 1 }),
    ];
    for _ in 0..luck.within(8..=30) {
        let deed = match luck.within(0..=9) {
            0..=4 => Deed::Update { row: 1, fields: *luck.pick(&[1, 2, 2, 3, 5]) },
            5..=7 => Deed::CrashAfter { effects: luck.within(EFFECTS) as u32 },
            8 => Deed::Connect, // Opens the page again, if it is gone.
            _ => Deed::Join { row: 1 },
        };
        moves.push(step(*luck.pick(&[0, 0, 10, 50, 100, 200, 400, 1_000, 5_000, 40_000]), luck.within(0..=1) as usize, deed));
    }
    Plan { seed, kind, machines, odds: Vec::new(), moves }
}
