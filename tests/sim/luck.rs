//! What goes wrong in a run, and how often. Every random decision of the simulator is made here.

use crate::rng::Rng;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The page goes between two effects, or between an effect and its answer.
    Crash,
    /// The connection is lost, and dials fail.
    Cut,
    /// The server has lost the connection, and the device does not know.
    HalfOpen,
    /// Everything that is sent vanishes.
    BlackHole,
    /// A frame comes twice.
    FrameTwice,
    /// The socket's buffer is full for a while.
    BufferFull,
    /// The database refuses to work.
    DiskFails,
    /// The database has no space left.
    DiskFull,
    /// The database is slow.
    DiskSlow,
    /// A transaction is said to be in conflict, although nothing changed.
    DiskConflict,
    /// The browser drops a machine's database. All its tabs are closed and opened anew.
    DatabaseLost,
    /// Another tab is opened.
    TabOpens,
    /// A tab is closed; others may stay.
    TabCloses,
    /// Nothing reaches a tab for a while. Its socket and its lock stay.
    Freeze,
    /// The lock is taken from the tab that has it.
    Steal,
    /// A hint to another tab is lost, late, or comes twice.
    HintLost,
    /// The server closes all connections; what it stored stays.
    ServerRestart,
    /// The server ignores a frame.
    ServerDrops,
    /// The server does not tell another device of a change.
    ServerForgetsToTell,
    /// The server tells another device of a change late, after newer ones.
    ServerReorders,
    /// The server sends events that nobody made: altered, moved to another entity, or another user's.
    ServerForges,
    /// The server sends something that is no message.
    ServerBabbles,
    /// The server changes fields of the envelope.
    ServerRewrites,
    /// The server refuses a change for good.
    RefusesForGood,
    /// The server refuses a change for now.
    RefusesForNow,
    /// An HTTP request is answered by 503.
    RequestFails,
    /// The answer to an HTTP request is lost.
    RequestLost,
    /// The server does not say whose session it is.
    AccountUnknown,
    /// The session has ended, and the user signs in again later.
    SignedOut,
    /// The user sets the device's clock.
    ClockSet,
    /// A timer fires late.
    TimerLate,
    /// A timer input comes for nothing, or the browser believes to be online again.
    SpuriousInput,
}

impl Fault {
    pub const ALL: [Self; 32] = [
        Self::Crash,
        Self::Cut,
        Self::HalfOpen,
        Self::BlackHole,
        Self::FrameTwice,
        Self::BufferFull,
        Self::DiskFails,
        Self::DiskFull,
        Self::DiskSlow,
        Self::DiskConflict,
        Self::DatabaseLost,
        Self::TabOpens,
        Self::TabCloses,
        Self::Freeze,
        Self::Steal,
        Self::HintLost,
        Self::ServerRestart,
        Self::ServerDrops,
        Self::ServerForgetsToTell,
        Self::ServerReorders,
        Self::ServerForges,
        Self::ServerBabbles,
        Self::ServerRewrites,
        Self::RefusesForGood,
        Self::RefusesForNow,
        Self::RequestFails,
        Self::RequestLost,
        Self::AccountUnknown,
        Self::SignedOut,
        Self::ClockSet,
        Self::TimerLate,
        Self::SpuriousInput,
    ];
}

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

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.rng.next().to_be_bytes()[..chunk.len()]);
        }
        bytes
    }

    /// 32 hex digits.
    pub fn hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.rng.next(), self.rng.next())
    }
}
