//! A machine: what the tabs of one device share. It stays when they crash.

use crate::disk::Disk;
use crate::lock::Lock;
use crate::luck::Luck;
use crate::server::ORIGIN;
use sealwire::engine::io::Now;
use sealwire::rows::glint::Person;
pub use sealwire::rows::glint::{Config, Engine};

/// The wall clock at the beginning of the virtual time.
pub const EPOCH: u64 = 1_795_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MachineId(pub usize);

pub struct Machine {
    pub name: String,
    /// Whose it is.
    pub user: String,
    /// The set that its tabs show.
    pub set: String,
    pub max_queue: usize,
    /// Whose session it has; the cookie.
    pub session: Option<String>,
    pub disk: Disk,
    pub lock: Lock,
    /// How far its wall clock is ahead of the true time.
    pub skew: i64,
    /// Sockets and streams that its tabs opened.
    pub dials: u32,
    /// Those of them that were streams.
    pub streams: u32,
    /// Requests that its tabs made.
    pub requests: u32,
    /// When its lock was last taken by force, or one of its tabs froze or thawed. Two tabs may then believe to be the one that sends.
    pub disturbed_at: Option<u64>,
}

impl Machine {
    pub fn new(name: &str, user: &str, set: &str) -> Self {
        Self {
            name: name.to_owned(),
            user: user.to_owned(),
            set: set.to_owned(),
            max_queue: 10_000,
            session: Some(user.to_owned()),
            disk: Disk::default(),
            lock: Lock::default(),
            skew: 0,
            dials: 0,
            streams: 0,
            requests: 0,
            disturbed_at: None,
        }
    }

    /// What a page that is opened now is made of.
    pub fn config(&self, team: &str, luck: &mut Luck) -> Config {
        Config {
            origin: ORIGIN.into(),
            team_id: team.to_owned(),
            set_id: self.set.clone(),
            me: person(&self.user),
            max_queue: self.max_queue,
            seed: luck.number(),
        }
    }

    pub fn clock(&self, now: u64) -> Now {
        Now { mono: now, wall: (EPOCH + now).saturating_add_signed(self.skew) }
    }
}

/// A user as an app names them, and as the server does.
pub fn person(user: &str) -> Person {
    Person { id: user.to_owned(), name: Some(format!("Name of {user}")), username: Some(format!("@{user}")), avatar_url: None }
}
