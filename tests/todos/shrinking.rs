//! A schedule that failed, without the moves that it fails without.

use crate::plan::Plan;
use crate::random::{Run, run};
use crate::verdict::Verdict;
use std::fmt::Write;

/// Schedules that are tried at most.
const MAX_RERUNS: u32 = 200;

/// Leaves out one part after the other, ever smaller ones, while the verdict stays bad in the same way; what is left, and its last steps.
pub fn shrink(plan: Plan, verdict: &Verdict) -> String {
    let mut shrinker = Shrinker { last: run(&plan), plan, verdict: *verdict, reruns: 0 };
    let mut length = shrinker.plan.moves.len().div_ceil(2);
    while length > 0 {
        shrinker.drop_moves(length);
        length /= 2;
    }
    shrinker.drop_faults();
    shrinker.report()
}

struct Shrinker {
    plan: Plan,
    last: Run,
    verdict: Verdict,
    reruns: u32,
}

impl Shrinker {
    fn drop_moves(&mut self, length: usize) {
        let mut start = 0;
        while start < self.plan.moves.len() {
            let mut fewer = self.plan.clone();
            fewer.moves.drain(start..fewer.moves.len().min(start + length));
            if !self.takes(fewer) {
                start += length;
            }
        }
    }

    fn drop_faults(&mut self) {
        for index in (0..self.plan.odds.len()).rev() {
            let mut fewer = self.plan.clone();
            fewer.odds.remove(index);
            self.takes(fewer);
        }
    }

    fn takes(&mut self, fewer: Plan) -> bool {
        self.reruns += 1;
        if self.reruns > MAX_RERUNS {
            return false;
        }
        let run = run(&fewer);
        let is_as_bad = run.verdict.resembles(&self.verdict);
        if is_as_bad {
            (self.plan, self.last) = (fewer, run);
        }
        is_as_bad
    }

    fn report(&self) -> String {
        let mut text = format!("shrunk to {} moves: {}\n{}\n", self.plan.moves.len(), self.last.verdict, self.plan);
        self.plan.moves.iter().for_each(|next| writeln!(text, "{next:?}").expect("a string takes all"));
        text + &self.last.trace
    }
}
