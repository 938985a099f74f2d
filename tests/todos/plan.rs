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
    pub team: &'static str,
    pub takes_over: bool,
    pub machines: Vec<Start>,
    /// What may go wrong, and how often, in percent.
    pub odds: Vec<(Fault, u64)>,
    pub moves: Vec<Move>,
}

/// A machine to begin with.
#[derive(Clone, Debug)]
pub struct Start {
    pub user: &'static str,
    pub set: &'static str,
    pub tabs: u64,
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
    /// So many rows, below one that is shown or at the root.
    Create {
        below: Option<usize>,
        times: u32,
    },
    /// Some fields of a row: bit 0 is the title, bit 1 whether it is completed, bit 2 its place.
    Update {
        row: usize,
        fields: u64,
    },
    Delete {
        row: usize,
    },
    Reorder {
        row: usize,
        count: usize,
    },
    /// Claims it or gives it back; where there are no claims, by an assignment.
    Claim {
        row: usize,
        claimed: bool,
    },
    Assign {
        row: usize,
        users: usize,
    },
    Move {
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
        let starts = [("u1", "s1"), (*luck.pick(&["u1", "u2", "u2"]), "s1"), ("u3", *luck.pick(&["s1", "s2"]))];
        let count = luck.within(1..=3) as usize;
        Self {
            seed,
            kind: Self::kind_of(seed),
            team: *luck.pick(&["t1", "t1", "personal:u1"]),
            takes_over: *luck.pick(&[true, false]),
            machines: starts[..count].iter().map(|(user, set)| Start { user, set, tabs: *luck.pick(&[1, 1, 2]) }).collect(),
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
        let deed = match luck.within(0..=27) {
            0..=4 => Deed::Create { below: luck.pick(&[None, Some(row)]).to_owned(), times: *luck.pick(&[1, 1, 1, 2, 4]) },
            5..=8 => Deed::Update { row, fields: luck.within(1..=7) },
            9 => Deed::Delete { row },
            10 => Deed::Reorder { row, count: luck.within(1..=4) as usize },
            11 | 12 => Deed::Claim { row, claimed: *luck.pick(&[true, true, false]) },
            13 => Deed::Assign { row, users: luck.within(0..=2) as usize },
            14 => Deed::Move { row },
            15 => Deed::Decide { which: luck.number() as usize, how: luck.number() as usize },
            16 => Deed::CatchUp,
            17 => Deed::Disconnect,
            18 => Deed::Reconnect,
            19 => Deed::Connect,
            20 | 21 => Deed::Heal,
            22 => Deed::SignIn,
            _ => Deed::Strike { fault: *luck.pick(faults), how: luck.number() },
        };
        Self { pause: *luck.pick(&[0, 0, 5, 50, 500, 3_000, 20_000, 100_000]), tab: luck.number() as usize, deed }
    }
}

/// All but the moves.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, kind, team, takes_over, machines, odds, .. } = self;
        write!(f, "seed {seed}, {kind:?}, team {team}, takes over {takes_over}, odds {odds:?}\n{machines:?}")
    }
}
