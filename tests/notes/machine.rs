//! A machine: what the tabs of one device share. It stays when they crash.

use crate::crypto::Key;
use crate::disk::Disk;
use crate::lock::Lock;
use crate::luck::Luck;
use crate::server::{API, URL};
use sealwire::engine::io::Now;
pub use sealwire::rows::typelets::{Config, Engine};

/// The wall clock at the beginning of the virtual time.
pub const EPOCH: u64 = 1_795_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MachineId(pub usize);

pub struct Machine {
    pub name: String,
    /// Whose it is.
    pub user: String,
    pub is_sealed: bool,
    pub signs: bool,
    pub keeps_joins: bool,
    pub max_queue: usize,
    /// The key that its app gives.
    pub key: Key,
    /// Whose tokens its app gets; `None`: none.
    pub session: Option<String>,
    /// How long a token lasts.
    pub token_lasts: u64,
    /// The app gives the same token as long as it has one.
    pub keeps_token: bool,
    pub token: Option<String>,
    /// How often its app was asked for a token.
    pub tokens_asked: u32,
    pub disk: Disk,
    pub lock: Lock,
    /// How far its wall clock is ahead of the true time.
    pub skew: i64,
    /// Sockets that its tabs opened.
    pub dials: u32,
    /// Requests that its tabs made.
    pub requests: u32,
    /// Transactions that its tabs asked for.
    pub commits: u32,
    /// When its lock was last taken by force, or one of its tabs froze or thawed. Two tabs may then believe to be the one that sends.
    pub disturbed_at: Option<u64>,
}

impl Machine {
    pub fn new(name: &str, user: &str) -> Self {
        Self {
            name: name.to_owned(),
            user: user.to_owned(),
            is_sealed: true,
            signs: true,
            keeps_joins: false,
            max_queue: 10_000,
            key: Key::Right,
            session: Some(user.to_owned()),
            token_lasts: 3_600_000,
            keeps_token: false,
            token: None,
            tokens_asked: 0,
            disk: Disk::default(),
            lock: Lock::default(),
            skew: 0,
            dials: 0,
            requests: 0,
            commits: 0,
            disturbed_at: None,
        }
    }

    /// What a page that is opened now is made of.
    pub fn config(&self, luck: &mut Luck) -> Config {
        Config {
            url: URL.into(),
            api: API.into(),
            user_id: self.user.clone(),
            is_sealed: self.is_sealed,
            max_attempts: 10,
            keeps_joins: self.keeps_joins,
            signs: self.signs,
            max_queue: self.max_queue,
            seed: luck.number(),
        }
    }

    pub fn clock(&self, now: u64) -> Now {
        Now { mono: now, wall: (EPOCH + now).saturating_add_signed(self.skew) }
    }
}
