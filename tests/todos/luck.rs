//! What goes wrong in a run, and how often. Every random decision of the simulator is made here.

pub use crate::faults::Fault;
use crate::rng::Rng;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Seeded chance.
pub struct Luck {
    rng: Rng,
    odds: BTreeMap<Fault, u64>,
    hits: BTreeMap<Fault, u64>,
}

impl Luck {
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), odds: BTreeMap::new(), hits: BTreeMap::new() }
    }

    /// How often a fault strikes where it can, in percent.
    pub fn set_odds(&mut self, fault: Fault, percent: u64) {
        self.odds.insert(fault, percent);
    }

    /// From now on nothing goes wrong.
    pub fn clear_odds(&mut self) {
        self.odds.clear();
    }

    /// Whether a fault strikes here and now. It then has to take effect, for it is counted.
    pub fn strikes(&mut self, fault: Fault) -> bool {
        let percent = self.odds.get(&fault).copied().unwrap_or(0);
        let strikes = percent > 0 && self.rng.below(100) < percent;
        if strikes {
            self.count(fault);
        }
        strikes
    }

    /// Counts a fault that a script ordered.
    pub fn count(&mut self, fault: Fault) {
        *self.hits.entry(fault).or_default() += 1;
    }

    pub fn hits(&self) -> &BTreeMap<Fault, u64> {
        &self.hits
    }

    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.rng.below(range.end() - range.start() + 1)
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        self.rng.pick(choices)
    }

    pub fn number(&mut self) -> u64 {
        self.rng.next()
    }

    /// 32 hex digits.
    pub fn hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.rng.next(), self.rng.next())
    }
}
