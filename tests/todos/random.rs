//! Random schedules: every kind of server with every fault, seed after seed.
//!
//! `SEEDS=n` runs so many seeds, `FROM=k` begins at the k-th. A seed that failed goes into `seeds.txt`, which is replayed first.

use crate::KEPT;
use crate::luck::Fault;
use crate::plan::Plan;
use crate::shrinking::shrink;
use crate::spread::spread;
use crate::verdict::Verdict;
use crate::world::World;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// Seeds of an ordinary run. With fewer a fault may not have struck.
const SEEDS: u64 = 200;
/// Failures that are shown in full.
const SHOWN: usize = 3;

/// What a schedule did.
#[derive(Default)]
pub struct Run {
    pub verdict: Verdict,
    pub steps: u64,
    pub pushes: usize,
    pub writes: usize,
    pub requests: u64,
    pub hits: BTreeMap<Fault, u64>,
    /// The last steps, or the panic.
    pub trace: String,
}

/// What all of them did.
#[derive(Default)]
pub struct Total {
    pub run: Run,
    pub failed: Vec<(u64, Verdict, String)>,
}

#[test]
fn hostile_schedules() {
    let kept = KEPT.lines().filter(|line| !line.starts_with('#')).map(|line| line.parse().expect("a seed"));
    let (from, count) = seeds(SEEDS);
    let total = run_all(kept.chain(from..from + count), |seed| run(&Plan::of(seed)));
    for (seed, verdict, _) in &total.failed {
        println!("seed {seed} on {:?}: {verdict}", Plan::kind_of(*seed));
    }
    for (seed, verdict, _) in total.failed.iter().take(SHOWN) {
        println!("{}", shrink(Plan::of(*seed), verdict));
    }
    let crashes = total.run.hits.get(&Fault::Crash).copied().unwrap_or(0);
    println!("seeds={count} {total} crashes={crashes}");
    assert_eq!(total.run.verdict, Verdict::default());
    if count >= SEEDS {
        let missed: Vec<_> = Fault::ALL.iter().filter(|fault| !total.run.hits.contains_key(fault)).collect();
        assert!(missed.is_empty(), "never struck: {missed:?}");
    }
}

/// Which seeds the environment asks for: the first, and how many.
pub fn seeds(default: u64) -> (u64, u64) {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().expect("a number"));
    (number("FROM", 0), number("SEEDS", default))
}

/// Runs seeds, each in a world of its own, on all cores.
pub fn run_all(seeds: impl Iterator<Item = u64> + Send, run: impl Fn(u64) -> Run + Sync) -> Total {
    let total = Mutex::new(Total::default());
    spread(seeds, |seed| {
        let run = run(seed);
        total.lock().expect("no panic").add(seed, run);
    });
    let mut total = total.into_inner().expect("no panic");
    total.failed.sort_by_key(|(seed, ..)| *seed);
    total
}

impl Total {
    fn add(&mut self, seed: u64, run: Run) {
        self.run.verdict += run.verdict;
        self.run.steps += run.steps;
        self.run.pushes += run.pushes;
        self.run.writes += run.writes;
        self.run.requests += run.requests;
        run.hits.into_iter().for_each(|(fault, count)| *self.run.hits.entry(fault).or_default() += count);
        if run.verdict != Verdict::default() {
            self.failed.push((seed, run.verdict, run.trace));
        }
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run { verdict, steps, pushes, writes, requests, .. } = &self.run;
        write!(f, "steps={steps} pushes={pushes} writes={writes} requests={requests} {verdict}")
    }
}

/// Plays a schedule and judges its world.
pub fn run(plan: &Plan) -> Run {
    judge(World::of(plan), |world| {
        plan.moves.iter().for_each(|next| world.play(next));
        world.come_to_rest()
    })
}

/// Plays something in a world; a panic is a fault like others.
pub fn judge(mut world: World, play: impl FnOnce(&mut World) -> Verdict) -> Run {
    let (verdict, last_words) = match catch_unwind(AssertUnwindSafe(|| play(&mut world))) {
        Ok(verdict) => (verdict, String::new()),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|text| text.to_string()));
            (Verdict { stalled: 1, ..Verdict::default() }, format!("a panic: {}\n", message.unwrap_or_default()))
        }
    };
    Run {
        verdict,
        steps: world.steps,
        pushes: world.pushes.len(),
        writes: world.server.log.executed.len(),
        requests: world.machines.iter().map(|machine| u64::from(machine.requests)).sum(),
        hits: world.luck.hits().clone(),
        trace: world.trace() + &last_words,
    }
}
