//! A schedule: what a seed decides before anything happens. Each move stands by itself, so that others can be left out.

use crate::keys::Cipher;
use crate::luck::{Fault, Luck};
use crate::server::Kind;
use sealwire::engine::event::Operation;
use sealwire::engine::seal::Format;
use std::ops::RangeInclusive;

/// Moves of one schedule.
const MOVES: RangeInclusive<u64> = 25..=60;

pub const ENTITIES: [(&str, &str); 6] =
    [("bookmark", "bm_1"), ("bookmark", "bm_2"), ("bookmark", "…/ü\u{1F511}\""), ("history", "bm_1"), ("group", "g"), ("group", "ﬀ")];

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub kind: Kind,
    pub format: Format,
    pub cipher: Cipher,
    pub page_cap: usize,
    /// How long changes are held back, in milliseconds.
    pub debounce: u64,
    /// How many tabs each machine begins with.
    pub machines: Vec<u64>,
    /// What may go wrong, and how often, in percent.
    pub odds: Vec<(Fault, u64)>,
    pub moves: Vec<Move>,
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
    Push {
        entity: usize,
        operation: Operation,
        length: usize,
        times: u32,
    },
    /// Takes back, sends again or gives up one of the changes that wait.
    Decide {
        which: usize,
        is_again: bool,
    },
    Connect,
    Disconnect,
    Reconnect,
    /// The network works again.
    Heal,
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
        // One fault by turns, so that each meets each kind of server; three by chance, so that they meet each other.
        let mut faults = vec![Fault::ALL[round as usize % Fault::ALL.len()]];
        faults.extend((0..3).map(|_| *luck.pick(&Fault::ALL)));
        let moves = (0..luck.within(MOVES)).map(|_| Move::any(luck, &faults)).collect();
        Self {
            seed,
            kind: Self::kind_of(seed),
            // In the plain format all that is known of an event is what the server says.
            format: if round % 5 == 4 && Self::kind_of(seed) != Kind::Rewriting { Format::BitmarksPlain } else { Format::SealedV1 },
            cipher: *luck.pick(&[Cipher::Real, Cipher::Cheap, Cipher::Cheap, Cipher::Cheap, Cipher::Cheap, Cipher::Cheap, Cipher::Cheap]),
            page_cap: *luck.pick(&[3, 6, 10_000]),
            debounce: *luck.pick(&[0, 0, 0, 300, 5_000]),
            machines: (0..luck.within(2..=3)).map(|_| *luck.pick(&[1, 1, 2])).collect(),
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
        let deed = match luck.within(0..=19) {
            0..=10 => Deed::Push {
                entity: luck.within(0..=ENTITIES.len() as u64 - 1) as usize,
                operation: *luck.pick(&[Operation::Create, Operation::Update, Operation::Update, Operation::Delete]),
                length: *luck.pick(&[1, 10, 10, 100, 4_000]),
                times: *luck.pick(&[1, 1, 1, 2, 5]),
            },
            11 => Deed::Decide { which: luck.number() as usize, is_again: *luck.pick(&[true, false]) },
            12 => Deed::Disconnect,
            13 => Deed::Reconnect,
            14 => Deed::Connect,
            15 => Deed::Heal,
            _ => Deed::Strike { fault: *luck.pick(faults), how: luck.number() },
        };
        Self { pause: *luck.pick(&[0, 0, 5, 50, 500, 3_000, 20_000, 400_000]), tab: luck.number() as usize, deed }
    }
}
