//! Entries that make the server complain without saying of which: the window narrows until one stands alone.
//!
//! What fails alone twice is refused, but only once something else has succeeded on the same connection after it: else it is an outage.

use super::Engine;
use super::ids::Seq;
use super::io::Now;
use super::outbox::{EntryState, WINDOW_ENTRIES};
use super::timers::Timer;
use super::work::Work;

/// After so many failures alone an entry is refused.
const FAILURES_ALONE: u32 = 2;

/// Milliseconds after which an entry is sent again that failed alone, doubled with each failure.
const REST_ALONE_MS: u64 = 1_000;
/// So often that is doubled at most.
const MAX_DOUBLINGS: u32 = 6;

/// What is suspected.
#[derive(Debug)]
pub(super) struct Suspicion {
    /// How many entries may be on the wire.
    pub(super) window: usize,
    /// Entries that failed alone, and how often the server complained of them.
    suspects: Vec<(Seq, u32)>,
    /// To be refused once the server has done anything right; on this connection.
    verdict: Option<(Seq, String)>,
    /// Something of the present window was confirmed.
    has_confirmed: bool,
}

impl Default for Suspicion {
    fn default() -> Self {
        Self { window: WINDOW_ENTRIES, suspects: Vec::new(), verdict: None, has_confirmed: false }
    }
}

impl Suspicion {
    /// Entries that others are sent before.
    pub(super) fn suspects(&self) -> Vec<Seq> {
        self.suspects.iter().map(|(seq, _)| *seq).collect()
    }

    pub(super) fn window_begins(&mut self) {
        self.has_confirmed = false;
    }

    fn narrow(&mut self, in_flight: usize) {
        self.window = (in_flight / 2).max(1);
    }

    /// An entry failed alone; of how many complaints that makes.
    fn failed_alone(&mut self, seq: Seq, complaints: u32) -> u32 {
        match self.suspects.iter_mut().find(|(suspect, _)| *suspect == seq) {
            Some((_, failures)) => {
                *failures += complaints;
                *failures
            }
            None => {
                self.suspects.push((seq, complaints));
                complaints
            }
        }
    }
}

impl Engine {
    /// The server complained, and named no event.
    pub(super) fn complained_of_some(&mut self, now: Now, words: String) {
        let in_flight: Vec<Seq> = self.outbox.on_the_wire().map(|(seq, _)| seq).collect();
        self.suspicion.narrow(in_flight.len());
        if let [alone] = in_flight[..] {
            let failures = self.failed_alone(now, alone, words);
            let until = now.mono + REST_ALONE_MS * (1 << failures.min(MAX_DOUBLINGS));
            self.outbox.land(alone, EntryState::Resting(until));
            return self.timers.set_earlier(Timer::Resend, until);
        }
        for seq in in_flight {
            self.outbox.land(seq, EntryState::Waiting);
        }
    }

    /// The server complained of what can only be this entry. How often it has by now.
    pub(super) fn failed_alone(&mut self, now: Now, seq: Seq, words: String) -> u32 {
        let failures = self.suspicion.failed_alone(seq, 1);
        if failures >= FAILURES_ALONE {
            self.suspicion.verdict = Some((seq, words));
            self.pull_soon(now); // It tells whether the server works at all.
        }
        failures
    }

    /// The connection is lost, perhaps because of what was on the wire.
    pub(super) fn suspect_what_is_on_the_wire(&mut self) {
        let in_flight: Vec<Seq> = self.outbox.on_the_wire().map(|(seq, _)| seq).collect();
        self.suspicion.verdict = None;
        if in_flight.is_empty() || self.suspicion.has_confirmed {
            return;
        }
        if let [alone] = in_flight[..] {
            self.suspicion.failed_alone(alone, 0);
        }
        self.suspicion.narrow(in_flight.len());
    }

    /// An entry was confirmed: the server works, and the window widens.
    pub(super) fn is_beyond_suspicion(&mut self, seq: Seq) {
        self.suspicion.has_confirmed = true;
        self.suspicion.window = (self.suspicion.window * 2).min(WINDOW_ENTRIES);
        self.suspicion.suspects.retain(|(suspect, _)| *suspect != seq);
        if self.suspicion.verdict.as_ref().is_some_and(|(suspect, _)| *suspect == seq) {
            self.suspicion.verdict = None;
        }
        self.server_has_answered();
    }

    /// The server did something right on this connection: what it complained of is refused for good.
    pub(super) fn server_has_answered(&mut self) {
        if let Some((seq, reason)) = self.suspicion.verdict.take() {
            self.suspicion.suspects.retain(|(suspect, _)| *suspect != seq);
            self.queue(Work::Wedge { seq, reason });
        }
    }
}
