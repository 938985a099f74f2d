//! A schedule: what a seed decides before anything happens. Each move stands by itself, so that others can be left out.

use crate::luck::{Fault, Luck};
use crate::server::Kind;
use std::fmt;
use std::ops::RangeInclusive;

/// Moves of one schedule.
const MOVES: RangeInclusive<u64> = 25..=60;

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub kind: Kind,
    /// Tabs of each machine.
    pub machines: Vec<Start>,
    /// What may go wrong, and how often, in percent.
    pub odds: Vec<(Fault, u64)>,
    pub moves: Vec<Move>,
}

/// A machine to begin with.
#[derive(Clone, Debug)]
pub struct Start {
    pub tabs: u64,
    pub keeps_joins: bool,
    pub signs: bool,
    pub token_lasts: u64,
}

/// What a user, the network or the server does after a pause.
#[derive(Clone, Debug)]
pub struct Move {
    /// In milliseconds.
    pub pause: u64,
    /// Which of the tabs that there are by then.
    pub tab: usize,
    pub deed: Deed,
}

#[derive(Clone, Debug)]
pub enum Deed {
    /// So many notes, in a folder that is shown or in none.
    Create {
        within: Option<usize>,
        times: u32,
    },
    CreateFolder {
        within: Option<usize>,
    },
    /// Some fields of a note: bit 0 is the title, bit 1 the content, bit 2 a flag, bit 3 the folder. Of a folder its name.
    Update {
        row: usize,
        fields: u64,
    },
    Delete {
        row: usize,
    },
    /// Brings one back that was deleted.
    Restore {
        row: usize,
    },
    Join {
        row: usize,
    },
    Leave {
        row: usize,
    },
    /// Somebody saves a note elsewhere, and no socket is told.
    SaveElsewhere {
        row: usize,
    },
    /// Takes back, sends again or gives up one of its changes.
    Decide {
        which: usize,
        how: usize,
    },
    /// Asks what has changed since it asked last.
    CatchUp,
    Connect,
    Disconnect,
    Reconnect,
    /// The network works again.
    Heal,
    /// The user signs in.
    SignIn,
    /// The page will be gone after so many more effects.
    CrashAfter {
        effects: u32,
    },
    /// Something goes wrong; `how` decides in which way.
    Strike {
        fault: Fault,
        how: u64,
    },
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        let luck = &mut Luck::new(seed);
        let round = seed / Kind::ALL.len() as u64;
        // One fault by turns, three by chance, so that they meet each other.
        let mut faults = vec![Fault::ALL[round as usize % Fault::ALL.len()]];
        faults.extend((0..3).map(|_| *luck.pick(Fault::ALL)));
        let moves = (0..luck.within(MOVES)).map(|_| Move::any(luck, &faults)).collect();
        let machines = (0..luck.within(1..=3)).map(|_| Start {
            tabs: *luck.pick(&[1, 1, 2]),
            keeps_joins: *luck.pick(&[true, false]),
            signs: *luck.pick(&[true, true, false]),
            token_lasts: *luck.pick(&[3_600_000, 3_600_000, 90_000, 600_000]),
        });
        Self {
            seed,
            kind: Self::kind_of(seed),
            machines: machines.collect(),
            odds: faults.into_iter().map(|fault| (fault, luck.within(3..=25))).collect(),
            moves,
        }
    }

    pub fn kind_of(seed: u64) -> Kind {
        Kind::ALL[(seed % Kind::ALL.len() as u64) as usize]
    }
}

impl Move {
    fn any(luck: &mut Luck, faults: &[Fault]) -> Self {
        let row = luck.number() as usize;
        let deed = match luck.within(0..=31) {
            0..=3 => Deed::Create { within: luck.pick(&[None, Some(row)]).to_owned(), times: *luck.pick(&[1, 1, 1, 2, 4]) },
            4 => Deed::CreateFolder { within: luck.pick(&[None, Some(row)]).to_owned() },
            5..=12 => Deed::Update { row, fields: *luck.pick(&[1, 2, 2, 3, 4, 4, 5, 6, 8, 9, 15]) },
            13 => Deed::Delete { row },
            14 => Deed::Restore { row },
            15 | 16 => Deed::Join { row },
            17 => Deed::Leave { row },
            18 => Deed::SaveElsewhere { row },
            19 => Deed::Decide { which: luck.number() as usize, how: luck.number() as usize },
            20 => Deed::CatchUp,
            21 => Deed::Disconnect,
            22 => Deed::Reconnect,
            23 => Deed::Connect,
            24 | 25 => Deed::Heal,
            26 => Deed::SignIn,
            _ => Deed::Strike { fault: *luck.pick(faults), how: luck.number() },
        };
        Self { pause: *luck.pick(&[0, 0, 5, 50, 500, 3_000, 20_000, 100_000]), tab: luck.number() as usize, deed }
    }
}

/// All but the moves.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, kind, machines, odds, .. } = self;
        write!(f, "seed {seed}, {kind:?}, odds {odds:?}\n{machines:?}")
    }
}
