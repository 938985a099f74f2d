//! Schedules by hand.

mod connecting;
mod creating;
mod happy;
mod joining;
mod sealing;
mod updating;
