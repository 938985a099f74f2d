//! The engine of rows in a simulated world: machines with several tabs, a line to a Glint server that drops and reorders what it tells, in
//! virtual time. A seed is a schedule. `README.md` says how to read and run it.
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

mod answering;
mod arriving;
mod asking;
mod babble;
mod by_hand;
mod date;
mod diary;
mod disk;
mod faults;
mod lock;
mod luck;
mod machine;
mod moves;
mod network;
mod outcomes;
mod performing;
mod plan;
mod planted;
mod playing;
mod random;
#[path = "../sim/rng.rs"]
mod rng;
mod running;
mod server;
mod shrinking;
#[path = "../sim/spread.rs"]
mod spread;
mod stories;
mod tab;
mod ten_users;
mod verbs;
mod verdict;
mod world;

/// Seeds that failed once.
const KEPT: &str = include_str!("seeds.txt");
