//! The engine of notes in a simulated world: machines with several tabs, a line to a Typelets server, in virtual time. A seed is a schedule.
//! `README.md` says how to read and run it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    unreachable_pub,
    reason = "a test may fail, and exports nothing"
)]

mod asking;
mod babble;
mod bench;
#[path = "../sim/canary.rs"]
mod canary;
mod crypto;
#[path = "../todos/date.rs"]
mod date;
#[path = "../todos/diary.rs"]
mod diary;
#[path = "../todos/disk.rs"]
mod disk;
mod faults;
#[path = "../todos/lock.rs"]
mod lock;
#[path = "../todos/luck.rs"]
mod luck;
mod machine;
mod moves;
mod network;
mod outcomes;
mod performing;
mod plan;
mod planted;
mod playing;
#[path = "../todos/random.rs"]
mod random;
mod reading;
#[path = "../sim/rng.rs"]
mod rng;
mod running;
mod server;
#[path = "../todos/shrinking.rs"]
mod shrinking;
#[path = "../sim/spread.rs"]
mod spread;
mod stories;
#[path = "../todos/tab.rs"]
mod tab;
mod talking;
mod two_devices;
mod verbs;
mod verdict;
mod world;

/// Seeds that failed once.
const KEPT: &str = include_str!("seeds.txt");
/// Those of the two devices.
const KEPT_PAIRS: &str = include_str!("pairs.txt");
