//! Schedules by hand.

pub mod connecting;
pub mod creating;
mod following;
mod happy;
pub mod joining;
mod probing;
pub mod sealing;
pub mod updating;
