//! A device: a page with an engine, which crashes and is opened again, and a disk, which stays.

use crate::diary::Diary;
use crate::disk::Disk;
use crate::keys::Keys;
use crate::luck::Luck;
use sealwire::engine::event::Stamp;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::io::Now;

use sealwire::engine::seal::Format;
use sealwire::engine::{Config, Engine, Identity};
use std::collections::BTreeMap;

/// The wall clock at the beginning of the virtual time.
pub const EPOCH: u64 = 1_750_000_000_000;
/// The account of all devices.
pub const USER: &str = "user_01ABC";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceId(pub usize);

pub struct Device {
    pub name: &'static str,
    /// `None` between a crash and the next opening of the page.
    pub engine: Option<Engine>,
    /// Counts openings of the page; what an earlier page asked for is answered to nobody.
    pub run: u32,
    pub config: Config,
    pub keys: Keys,
    pub disk: Disk,
    pub diary: Diary,
    /// What the app calls after opening.
    pub wants_connection: bool,
    /// How far its wall clock is ahead of the true time.
    pub skew: i64,
    /// Nothing reaches the page before.
    pub asleep_until: u64,
    /// The platform's timer.
    pub armed: Option<u64>,
    /// The page goes after so many more effects.
    pub effects_to_live: Option<u32>,
    /// What a page asked of the disk is left undone from then on, if the page crashed.
    pub disk_stops_at: u64,
    /// Another tab stored something, which this page does not know of before it is opened anew.
    pub has_changes_elsewhere: bool,
    /// The newest stamp of each entity that was ever on the disk.
    pub newest_stored: BTreeMap<EntityKey, Stamp>,
    /// Sockets that were opened.
    pub dials: u32,
}

impl Device {
    pub fn new(name: &'static str, format: Format, luck: &mut Luck) -> Self {
        let config = Config {
            socket_url: "wss://sync.example/api/v1/sync/realtime".into(),
            api: "https://sync.example/api/v1".into(),
            user_id: USER.into(),
            device_id: None,
            fresh: fresh(name, luck),
            format,
            max_queue: 100_000,
            seed: luck.within(0..=u64::MAX - 1),
        };
        Self {
            name,
            engine: None,
            run: 0,
            config,
            keys: Keys::new(7),
            disk: Disk::default(),
            diary: Diary::default(),
            wants_connection: false,
            skew: 0,
            asleep_until: 0,
            armed: None,
            effects_to_live: None,
            disk_stops_at: 0,
            has_changes_elsewhere: false,
            newest_stored: BTreeMap::new(),
            dials: 0,
        }
    }

    /// The page is opened.
    pub fn open(&mut self, luck: &mut Luck) {
        self.run += 1;
        self.config.seed = luck.within(0..=u64::MAX - 1);
        if self.run > 1 {
            self.config.fresh = fresh(self.name, luck); // A page always brings one; the stored identity has to prevail.
        }
        self.diary.reopened();
        self.armed = None;
        self.effects_to_live = None;
        self.has_changes_elsewhere = false;
        self.engine = Some(Engine::new(self.config.clone()));
    }

    /// The page goes.
    pub fn close(&mut self) {
        self.run += 1;
        self.engine = None;
    }

    pub fn clock(&self, now: u64) -> Now {
        Now { mono: now, wall: (EPOCH + now).saturating_add_signed(self.skew) }
    }

    pub fn has_status(&self, predicate: impl Fn(&sealwire::engine::notice::Status) -> bool) -> bool {
        self.engine.as_ref().is_some_and(|engine| predicate(engine.status()))
    }
}

fn fresh(name: &str, luck: &mut Luck) -> Identity {
    Identity { device_id: format!("{name}_{}", luck.hex()), salt: luck.bytes() }
}
