//! A machine: what the tabs of one device share. It stays when they crash.

use crate::disk::Disk;
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::lock::Lock;
use crate::luck::Luck;
use sealwire::engine::io::Now;
use sealwire::engine::seal::Format;
use sealwire::engine::{Config, Identity};

/// The wall clock at the beginning of the virtual time.
pub const EPOCH: u64 = 1_750_000_000_000;
/// The account of all machines.
pub const USER: &str = "user_01ABC";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MachineId(pub usize);

pub struct Machine {
    pub name: &'static str,
    pub config: Config,
    pub keys: Keys,
    pub disk: Disk,
    pub ledger: Ledger,
    pub lock: Lock,
    /// How far its wall clock is ahead of the true time.
    pub skew: i64,
    /// Sockets that its tabs opened.
    pub dials: u32,
}

impl Machine {
    pub fn new(name: &'static str, format: Format, keys: Keys, luck: &mut Luck) -> Self {
        let config = Config {
            socket_url: "wss://sync.example/api/v1/sync/realtime".into(),
            api: "https://sync.example/api/v1".into(),
            user_id: USER.into(),
            device_id: None,
            fresh: fresh(name, luck),
            format,
            key_ids: Vec::new(),
            accepts_other: false,
            compresses: false,
            max_queue: 100_000,
            debounce: 0,
            confirm_by_pong: false,
            seed: 0,
        };
        Self { name, config, keys, disk: Disk::default(), ledger: Ledger::default(), lock: Lock::default(), skew: 0, dials: 0 }
    }

    /// What a page that is opened now is made of. It always brings an identity; the stored one has to prevail.
    pub fn config(&self, luck: &mut Luck) -> Config {
        Config { fresh: fresh(self.name, luck), seed: luck.number(), key_ids: self.keys.ids(), ..self.config.clone() }
    }

    /// The browser drops the database.
    pub fn lose_database(&mut self) {
        self.disk = Disk::default();
        self.ledger = Ledger::default();
    }

    pub fn clock(&self, now: u64) -> Now {
        Now { mono: now, wall: (EPOCH + now).saturating_add_signed(self.skew) }
    }
}

fn fresh(name: &str, luck: &mut Luck) -> Identity {
    Identity { device_id: format!("{name}_{}", luck.hex()), salt: luck.bytes() }
}
