//! Faults planted in the engine, each with the seed that found it: the proof that the simulator can fail.

use crate::plan::Plan;
use crate::random::run;
use crate::spread::spread;
use crate::verdict::Verdict;
use sealwire::engine::planted::{Fault, plant};
use std::sync::Mutex;

/// A fault and the seed that found it, a line.
const FOUND_BY: &str = include_str!("planted.txt");
/// Within so many seeds a fault has to be found.
const SEEDS: u64 = 2_000;

#[test]
fn planted_faults_are_found() {
    let seed_of = |fault: Fault| {
        let seed = FOUND_BY.lines().find_map(|line| line.strip_prefix(&format!("{fault:?} "))).expect("a seed for each fault");
        seed.parse().expect("a number")
    };
    let missed = Mutex::new(Vec::new());
    spread(Fault::ALL.iter().copied(), |fault| {
        let plan = Plan::of(seed_of(fault));
        let [with, without] = [Some(fault), None].map(|fault| run_with(&plan, fault));
        if with == Verdict::default() || without != Verdict::default() {
            missed.lock().expect("no panic").push((fault, plan.seed));
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "not found, or there without being planted: {missed:?}");
}

/// Prints a new `planted.txt`.
#[test]
#[ignore = "is for when the schedules or the faults have changed"]
fn find_planted_faults() {
    for fault in Fault::ALL.iter().copied() {
        let found = Mutex::new(SEEDS);
        spread(0..SEEDS, |seed| {
            let plan = Plan::of(seed);
            let is_later = || seed >= *found.lock().expect("no panic");
            if !is_later() && run_with(&plan, Some(fault)) != Verdict::default() && run_with(&plan, None) == Verdict::default() {
                let mut found = found.lock().expect("no panic");
                *found = seed.min(*found);
            }
        });
        let seed = found.into_inner().expect("no panic");
        println!("{fault:?} {}", if seed < SEEDS { seed.to_string() } else { "is not found".into() });
    }
}

fn run_with(plan: &Plan, fault: Option<Fault>) -> Verdict {
    plant(fault);
    let verdict = run(plan).verdict;
    plant(None);
    verdict
}
