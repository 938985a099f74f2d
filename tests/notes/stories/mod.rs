//! Schedules by hand.

mod connecting;
mod happy;
