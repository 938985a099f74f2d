//! Random schedules: every kind of server with every fault, seed after seed.
//!
//! `SEEDS=n` runs so many seeds, `FROM=k` begins at the k-th. A seed that failed goes into `seeds.txt`, which is replayed first.

use crate::canary::content;
use crate::device::{DeviceId, USER};
use crate::luck::Fault;
use crate::network::Line;
use crate::server::{Account, Kind};
use crate::verdict::Verdict;
use crate::world::World;
use sealwire::engine::event::Operation;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::io::Input;
use sealwire::engine::seal::Format;
use std::collections::BTreeMap;
use std::panic::{catch_unwind, resume_unwind};

/// Seeds that failed once.
const KEPT: &str = include_str!("seeds.txt");
/// With fewer seeds a pair of server and fault may not have met.
const SEEDS_FOR_ALL_PAIRS: u64 = 300;
/// Moves of one schedule.
const MOVES: std::ops::RangeInclusive<u64> = 25..=60;
/// How long a schedule may take to come to rest, in seconds of its own time.
const REST_SECONDS: u64 = 2_000;

const ENTITIES: [(&str, &str); 6] =
    [("bookmark", "bm_1"), ("bookmark", "bm_2"), ("bookmark", "…/ü\u{1F511}\""), ("history", "bm_1"), ("group", "g"), ("group", "ﬀ")];

/// What a schedule did.
struct Run {
    verdict: Verdict,
    steps: u64,
    pushes: usize,
    hits: BTreeMap<Fault, u64>,
    trace: String,
}

#[test]
fn random_schedules() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let (from, count) = (number("FROM", 0), number("SEEDS", SEEDS_FOR_ALL_PAIRS));
    let kept = KEPT.lines().filter(|line| !line.starts_with('#')).map(|line| line.parse().expect("a seed"));
    let mut total = Verdict::default();
    let (mut steps, mut pushes) = (0, 0);
    let mut hits: BTreeMap<(Kind, Fault), u64> = BTreeMap::new();
    for seed in kept.chain(from..from + count) {
        let run = catch_unwind(|| run(seed)).unwrap_or_else(|panic| {
            println!("seed {seed} on {:?} panics", kind_of(seed));
            resume_unwind(panic)
        });
        if run.verdict != Verdict::default() {
            println!("seed {seed} on {:?}: {}\n{}", kind_of(seed), run.verdict, run.trace);
        }
        total += run.verdict;
        steps += run.steps;
        pushes += run.pushes;
        run.hits.into_iter().for_each(|(fault, count)| *hits.entry((kind_of(seed), fault)).or_default() += count);
    }
    let crashes: u64 = Kind::ALL.iter().filter_map(|kind| hits.get(&(*kind, Fault::Crash))).sum();
    println!("seeds={count} steps={steps} pushes={pushes} crashes={crashes} {total}");
    assert_eq!(total, Verdict::default());
    if count >= SEEDS_FOR_ALL_PAIRS {
        let pairs = Kind::ALL.into_iter().flat_map(|kind| Fault::ALL.map(|fault| (kind, fault)));
        let missed: Vec<_> = pairs.filter(|pair| !hits.contains_key(pair)).collect();
        assert!(missed.is_empty(), "never met: {missed:?}");
    }
}

fn kind_of(seed: u64) -> Kind {
    Kind::ALL[(seed % 4) as usize]
}

fn run(seed: u64) -> Run {
    let format = if seed / 4 % 5 == 4 { Format::BitmarksPlain } else { Format::SealedV1 };
    let mut world = World::new(seed, kind_of(seed), format);
    // One fault by turns, so that each meets each kind of server; three by chance, so that they meet each other.
    let mut faults = vec![Fault::ALL[(seed / 4) as usize % Fault::ALL.len()]];
    faults.extend((0..3).map(|_| *world.luck.pick(&Fault::ALL)));
    for fault in &faults {
        let percent = world.luck.within(3..=25);
        world.luck.set_odds(*fault, percent);
    }
    for name in ["phone", "laptop", "tablet"].into_iter().take(world.luck.within(2..=3) as usize) {
        let device = world.add(name);
        world.connect(device);
    }
    world.server.page_cap = *world.luck.pick(&[2, 5, 10_000]);
    for _ in 0..world.luck.within(MOVES) {
        let pause = *world.luck.pick(&[0, 0, 5, 50, 500, 3_000, 20_000, 400_000]);
        world.run_for(pause);
        world.random_move(&faults);
    }
    world.heal_all();
    let is_quiet = world.becomes_quiet(REST_SECONDS);
    let mut verdict = world.verdict();
    verdict.stalled += usize::from(!is_quiet);
    Run { verdict, steps: world.steps, pushes: world.pushes.len(), hits: world.luck.hits().clone(), trace: world.trace() }
}

impl World {
    fn random_move(&mut self, faults: &[Fault]) {
        let ids: Vec<DeviceId> = self.device_ids().collect();
        let id = *self.luck.pick(&ids);
        if !self.is_open(id) {
            return self.reopen(id);
        }
        if !self.device(id).diary.is_ready && self.device(id).diary.has_failed() {
            return self.reload(id); // Its database could not be read; the user reloads the page.
        }
        match self.luck.within(0..=9) {
            0..=5 => self.random_push(id),
            6..=8 => {
                let fault = *self.luck.pick(faults);
                self.random_fault(id, fault);
            }
            _ => match self.luck.within(0..=4) {
                0 => self.disconnect(id),
                1 => self.reconnect(id),
                _ => {
                    self.heal(id);
                    self.connect(id);
                }
            },
        }
    }

    fn random_push(&mut self, id: DeviceId) {
        let (entity_type, entity_id) = *self.luck.pick(&ENTITIES);
        let key = EntityKey::new(entity_type, entity_id);
        for _ in 0..*self.luck.pick(&[1, 1, 1, 2, 5]) {
            let length = *self.luck.pick(&[1, 10, 10, 100, 20_000]);
            let text = content(&"x".repeat(length));
            match *self.luck.pick(&[Operation::Create, Operation::Update, Operation::Update, Operation::Delete]) {
                Operation::Delete => self.push_change(id, key.clone(), Operation::Delete, None),
                operation => self.push_change(id, key.clone(), operation, Some(text)),
            };
        }
    }

    /// The faults that are moves; the others strike by their odds.
    fn random_fault(&mut self, id: DeviceId, fault: Fault) {
        match fault {
            Fault::Crash => match *self.luck.pick(&[None, Some(1), Some(2), Some(5), Some(20)]) {
                Some(effects) => self.crash_after(id, effects),
                None => self.crash(id),
            },
            Fault::Cut => self.cut(id),
            Fault::HalfOpen => self.half_open(id),
            Fault::BlackHole => self.black_hole(id),
            Fault::ServerRestart => self.restart_server(),
            Fault::SignedOut => {
                self.luck.count(Fault::SignedOut);
                self.sign_out();
                self.restart_server();
            }
            Fault::ClockSet => {
                let ahead = *self.luck.pick(&[-3_600_000, -1_000, 0, 90_000, 3_600_000]);
                self.set_clock(id, ahead);
            }
            Fault::SpuriousInput => {
                self.luck.count(Fault::SpuriousInput);
                let is_online = *self.luck.pick(&[true, false]);
                self.tell(id, Input::TimerFired);
                self.tell(id, Input::Network(is_online));
            }
            _ => {}
        }
    }

    /// Nothing goes wrong any more, and all devices are there.
    fn heal_all(&mut self) {
        self.luck.clear_odds();
        let server_ignored_something =
            [Fault::ServerDrops, Fault::ServerForgetsToTell].iter().any(|fault| self.luck.hits().contains_key(fault));
        let was_signed_out = self.server.account == Account::Status(401);
        self.sign_in(USER);
        for id in self.device_ids() {
            self.network.set_line(id, Line::Up);
            self.device_mut(id).effects_to_live = None;
            let has_to_reload = self.device(id).has_changes_elsewhere || self.device(id).diary.has_failed();
            if has_to_reload || !self.is_open(id) {
                self.reload(id);
            }
            if was_signed_out {
                self.reconnect(id);
            }
            self.connect(id);
            if server_ignored_something {
                self.drop_links(id); // It is sent again, and asked for, on the next connection only.
            }
        }
    }
}
