//! A server that asks to be left alone for a while is.

use super::io::{Answer, HttpOutcome, Now};
use super::outbox::EntryState;
use super::{Engine, Task};

/// Longest that a server is left alone, in milliseconds.
pub const MAX_HOLD_MS: u64 = 5 * 60 * 1000;

/// What the server asks not to be done before these times, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Holds {
    /// Dial, or ask whose session it is.
    pub(super) dials: u64,
    /// Pull, or push over HTTP.
    pub(super) requests: u64,
    /// Send changes.
    pub(super) sends: u64,
}

/// How long an answer asks to wait, in milliseconds.
pub fn asked_to_wait(answer: &HttpOutcome) -> Option<u64> {
    match answer {
        HttpOutcome::Response { status: 429 | 503, retry_after: Some(millis), .. } => Some((*millis).min(MAX_HOLD_MS)),
        HttpOutcome::Response { .. } | HttpOutcome::Unreachable => None,
    }
}

impl Engine {
    pub(super) fn heed(&mut self, now: Now, purpose: &Task, answer: &Answer) {
        if let Answer::Http(outcome) = answer
            && let Some(millis) = asked_to_wait(outcome)
        {
            let is_of_requests = matches!(purpose, Task::Pull | Task::PushOut);
            *(if is_of_requests { &mut self.holds.requests } else { &mut self.holds.dials }) = now.mono + millis;
        }
    }

    /// The server complains, and names no change: of all that comes.
    pub(super) fn hold_everything(&mut self, now: Now, millis: u64) {
        let until = now.mono + millis.min(MAX_HOLD_MS);
        (self.holds.dials, self.holds.sends) = (until, until);
        for seq in self.outbox.on_the_wire().map(|(seq, _)| seq).collect::<Vec<_>>() {
            self.outbox.land(seq, EntryState::Resting(until));
        }
    }
}
