//! What goes wrong in a run, and how often. Every random decision of the simulator is made here.

use crate::rng::Rng;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What can go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

faults! {
    /// The page goes between two effects, or between an effect and its answer.
    Crash,
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
    /// A timer fires late.
    TimerLate,
    /// A timer input comes for nothing, or the browser believes to be online again, or a hint comes.
    SpuriousInput,
    /// The user sets the device's clock.
    ClockSet,
    /// A page is hidden, and shown later.
    Hidden,
    /// The browser drops a machine's database. All its tabs are closed and opened anew.
    DatabaseLost,
    /// The database refuses to work.
    DiskFails,
    /// The database has no space left.
    DiskFull,
    /// The database is slow.
    DiskSlow,
    /// A transaction is said to be in conflict, although nothing changed.
    DiskConflict,
    /// The connection is lost, dials fail, and requests too.
    Cut,
    /// The server has lost the connection, and the device does not know.
    HalfOpen,
    /// Everything that is sent vanishes.
    BlackHole,
    /// A dial fails.
    DialRefused,
    /// A frame comes twice.
    FrameTwice,
    /// The server does not tell a socket of a change.
    EventDropped,
    /// The server tells a socket of a change late, after newer ones.
    EventLate,
    /// Sockets cannot be opened, while streams can, and the server says that it has live push.
    StreamOnly,
    /// The server has no live push.
    NoLivePush,
    /// The server sends something that nobody made, or that is no message.
    Babble,
    /// A request is lost on its way to the server.
    RequestLost,
    /// The answer to a request is lost.
    ReplyLost,
    /// A write is carried out after the page gave it up.
    RunsLate,
    /// A request is answered by 5xx, and not carried out.
    FailsBefore,
    /// A write is answered by 5xx, and carried out all the same.
    FailsAfter,
    /// A request is answered by 429.
    RateLimited,
    /// A write is refused for good.
    Refused,
    /// The session has ended, and the user signs in again later.
    SignedOut,
    /// The server does not say whose session it is.
    AccountUnknown,
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

    /// 32 hex digits.
    pub fn hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.rng.next(), self.rng.next())
    }
}
