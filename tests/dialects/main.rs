//! Each sentence of PROTOCOL.md about a frame, an HTTP body or an address, as a golden one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, unreachable_pub, reason = "a test may fail, and exports nothing")]

mod bitmarks;
#[cfg(not(target_arch = "wasm32"))] // Rows are in a module of their own (ADR 10).
mod glint;
#[path = "../sim/rng.rs"]
mod rng;
#[cfg(not(target_arch = "wasm32"))]
mod typelets;
