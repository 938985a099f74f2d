//! The engine in a simulated world: devices, disks, networks and servers in virtual time. A seed is a schedule.
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
mod device;
mod diary;
mod disk;
mod keys;
mod luck;
mod moves;
mod network;
mod oracle;
mod other_tab;
mod peer;
mod performing;
mod random;
mod rng;
mod server;
mod stories;
mod verdict;
mod world;
mod writing;
