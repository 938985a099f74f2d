//! Random schedules: every kind of server with every fault, seed after seed.
//!
//! `SEEDS=n` runs so many seeds, `FROM=k` begins at the k-th. A seed that failed goes into `seeds.txt`, which is replayed first.

use crate::luck::Fault;
use crate::plan::Plan;
use crate::server::Kind;
use crate::shrinking::shrink;
use crate::spread::spread;
use crate::verdict::Verdict;
use crate::world::World;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// Seeds that failed once.
const KEPT: &str = include_str!("seeds.txt");
/// Seeds of an ordinary run. With fewer a pair of server and fault may not have met.
const SEEDS: u64 = 2_000;
/// Failures that are shown in full.
const SHOWN: usize = 3;

/// What a schedule did.
pub struct Run {
    pub verdict: Verdict,
    pub steps: u64,
    pub pushes: usize,
    pub hits: BTreeMap<Fault, u64>,
    /// The last steps, or the panic.
    pub trace: String,
}

/// What all of them did.
#[derive(Default)]
struct Total {
    verdict: Verdict,
    steps: u64,
    pushes: usize,
    hits: BTreeMap<(Kind, Fault), u64>,
    failed: Vec<(u64, Verdict)>,
}

#[test]
fn random_schedules() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let (from, count) = (number("FROM", 0), number("SEEDS", SEEDS));
    let kept = KEPT.lines().filter(|line| !line.starts_with('#')).map(|line| line.parse().expect("a seed"));
    let mut total = run_all(kept.chain(from..from + count));
    total.failed.sort_by_key(|(seed, _)| *seed);
    for (seed, verdict) in &total.failed {
        println!("seed {seed} on {:?}: {verdict}", Plan::kind_of(*seed));
    }
    for (seed, verdict) in total.failed.iter().take(SHOWN) {
        println!("{}", shrink(Plan::of(*seed), verdict));
    }
    let crashes: u64 = Kind::ALL.iter().filter_map(|kind| total.hits.get(&(*kind, Fault::Crash))).sum();
    println!("seeds={count} steps={} pushes={} crashes={crashes} {}", total.steps, total.pushes, total.verdict);
    assert_eq!(total.verdict, Verdict::default());
    if count >= SEEDS {
        let pairs = Kind::ALL.into_iter().flat_map(|kind| Fault::ALL.map(|fault| (kind, fault)));
        let missed: Vec<_> = pairs.filter(|pair| !total.hits.contains_key(pair)).collect();
        assert!(missed.is_empty(), "never met: {missed:?}");
    }
}

/// Runs seeds, each in a world of its own.
fn run_all(seeds: impl Iterator<Item = u64> + Send) -> Total {
    let total = Mutex::new(Total::default());
    spread(seeds, |seed| {
        let run = run(&Plan::of(seed));
        total.lock().expect("no panic").add(seed, run);
    });
    total.into_inner().expect("no panic")
}

impl Total {
    fn add(&mut self, seed: u64, run: Run) {
        self.verdict += run.verdict;
        self.steps += run.steps;
        self.pushes += run.pushes;
        run.hits.into_iter().for_each(|(fault, count)| *self.hits.entry((Plan::kind_of(seed), fault)).or_default() += count);
        if run.verdict != Verdict::default() {
            self.failed.push((seed, run.verdict));
        }
    }
}

/// Plays a schedule and judges its world.
pub fn run(plan: &Plan) -> Run {
    let mut world = World::of(plan);
    let played = catch_unwind(AssertUnwindSafe(|| {
        plan.moves.iter().for_each(|next| world.play(next));
        world.come_to_rest()
    }));
    let (verdict, last_words) = match played {
        Ok(verdict) => (verdict, String::new()),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|text| text.to_string()));
            (Verdict { stalled: 1, ..Verdict::default() }, format!("a panic: {}\n", message.unwrap_or_default()))
        }
    };
    let (steps, pushes, hits) = (world.steps, world.pushes.len(), world.luck.hits().clone());
    Run { verdict, steps, pushes, hits, trace: world.trace() + &last_words }
}
