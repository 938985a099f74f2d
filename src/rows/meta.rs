//! The single values of a set in [`crate::engine::storage::Store::Meta`]; the epoch's key is that of the first engine.

pub use crate::engine::meta::EPOCH;

/// What vanished up to this revision is forgotten, as a counter.
pub const FLOOR: &str = "floor_revision";
/// Until when, on the wall clock, a write that was given up may still be carried out, as a counter.
pub const HAUNTED: &str = "haunted";
/// The team's sets, as they were seen last: the server's JSON.
pub const SETS: &str = "sets";
