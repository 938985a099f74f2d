//! Schedules by hand.

mod connecting;
mod happy;
mod joining;
mod updating;
