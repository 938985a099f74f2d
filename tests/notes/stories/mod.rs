//! Schedules by hand.

mod happy;
