//! The engine in a simulated world: machines with several tabs, disks, networks and servers in virtual time. A seed is a schedule.
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

mod arriving;
mod canary;
mod diary;
mod disk;
mod herd;
mod http;
mod keys;
mod ledger;
mod lock;
mod luck;
mod machine;
mod moves;
mod network;
mod oracle;
mod peer;
mod performing;
mod plan;
mod planted;
mod playing;
mod random;
mod rng;
mod running;
mod server;
mod shrinking;
mod spread;
mod stories;
mod tab;
mod verdict;
mod world;
mod writing;
