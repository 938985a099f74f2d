//! Schedules by hand.

mod connecting;
mod following;
mod happy;
