//! Whether the server behind a socket still lives, as its frames, the pings and the socket's buffer tell.
//!
//! Any frame is life; so is a buffer that becomes emptier, for a slow line is not a dead one. The time for an answer runs from when the ping has
//! left the device, and is judged after one free task: what came may wait behind the timer.
//!
//! When that is, nobody tells: below the socket's buffer the system has another, which takes a megabyte at once and sends it in its own time. So
//! what was sent before is taken to leave as slowly as on the slowest line that is put up with.

/// Above this many bytes in the socket's buffer nothing more is to be sent.
pub const MAX_BUFFERED: u64 = 1_048_576;

/// Bytes that leave in a millisecond on the slowest line.
const SLOWEST: u64 = 32;
/// Most milliseconds that is waited for them: what the largest frame takes.
const LONGEST_MS: u64 = 33_000;
/// Milliseconds that a pong may take, once its ping has left.
const ANSWER_MS: u64 = 5_000;
/// The same where something says that the line may be another by now.
const PROBE_MS: u64 = 2_000;
/// Milliseconds after a send without any frame, after which a ping is sent.
const PING_AFTER_SEND_MS: u64 = 2_000;
/// Milliseconds that a buffer with a ping in it may stay as it is.
const STALLED_AFTER_MS: u64 = 15_000;
/// Milliseconds between two looks at such a buffer.
const LOOK_AT_BUFFER_MS: u64 = 1_000;
/// Milliseconds until a buffer that is too full is measured again.
const MEASURE_AFTER_MS: u64 = 50;
/// Milliseconds between suspecting a connection and giving it up: time for one task of the event loop.
const VERDICT_MS: u64 = 50;
/// Milliseconds after waking within which frames may come that waited in a queue.
const QUEUE_MS: u64 = 1_000;
/// Not at all.
const NEVER: u64 = u64::MAX;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Send a ping, and say so by [`Pulse::pinged`].
    Ping,
    /// Measure the socket's buffer, and say by [`Pulse::buffered`] what is in it.
    Measure,
    /// Give the socket up.
    Dead,
}

/// Whether the server owes a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owes {
    /// No: a frame came since.
    Nothing,
    /// Not yet: the ping waits in the socket's buffer, behind what a slow line takes its time for.
    Sending,
    /// Yes: the ping has left.
    Answer,
}

/// The signs of life of one socket. All times are on the monotonic clock.
#[derive(Debug)]
pub struct Pulse {
    /// Milliseconds without a frame after which a ping is due.
    every: u64,
    owes: Owes,
    /// Milliseconds that the answer may take.
    limit: u64,
    /// Bytes in the socket's buffer when last measured.
    buffered: u64,
    /// When all that was sent has left, on the slowest line.
    left_at: u64,
    /// The device slept until then.
    woke: u64,
    ping_at: u64,
    measure_at: u64,
    suspect_at: u64,
    dead_at: u64,
}

impl Pulse {
    /// Of a socket that is not open yet.
    pub fn idle() -> Self {
        Self { ping_at: NEVER, ..Self::new(0, 0) }
    }

    /// Of a socket on which pings are sent from now on, after so many milliseconds without a frame.
    pub fn new(every: u64, now: u64) -> Self {
        Self {
            every,
            owes: Owes::Nothing,
            limit: ANSWER_MS,
            buffered: 0,
            left_at: now,
            woke: 0,
            ping_at: now + every,
            measure_at: NEVER,
            suspect_at: NEVER,
            dead_at: NEVER,
        }
    }

    /// Something came.
    pub fn heard(&mut self, now: u64) {
        self.owes = Owes::Nothing;
        (self.suspect_at, self.dead_at) = (NEVER, NEVER);
        // What may have waited in a queue tells nothing of the line as it is now.
        (self.ping_at, self.limit) = if self.may_be_old(now) { (self.woke + QUEUE_MS, PROBE_MS) } else { (now + self.every, ANSWER_MS) };
    }

    /// Whether what comes now may have waited since before the device slept.
    pub fn may_be_old(&self, now: u64) -> bool {
        self.woke > 0 && now < self.woke + QUEUE_MS
    }

    /// So many bytes were sent that are answered: should nothing come back, that is to be noticed soon.
    pub fn sent(&mut self, now: u64, bytes: usize) {
        self.ping_at = self.ping_at.min(now + PING_AFTER_SEND_MS);
        self.left_at = (self.left_at.max(now) + bytes as u64 / SLOWEST).min(now + LONGEST_MS);
    }

    /// The answer to a ping came: all that was sent before has left.
    pub fn answered(&mut self, now: u64) {
        self.left_at = now;
    }

    /// A ping was sent.
    pub fn pinged(&mut self, now: u64) {
        self.ping_at = NEVER;
        if self.owes == Owes::Nothing {
            self.owes = Owes::Sending;
            self.owe(now + STALLED_AFTER_MS);
        }
    }

    /// No ping can be sent before then.
    pub fn put_off(&mut self, until: u64) {
        self.ping_at = until;
    }

    /// Something says that the line may be another by now: an answer is wanted soon. Whether a ping is to be sent for it.
    #[must_use]
    pub fn probe(&mut self, now: u64) -> bool {
        let is_probed = self.owes != Owes::Nothing && self.limit == PROBE_MS;
        self.limit = PROBE_MS;
        if self.owes == Owes::Answer {
            self.suspect_at = self.suspect_at.min(self.left_at.max(now) + PROBE_MS);
        }
        !is_probed
    }

    /// The device slept, and nobody listened: what was owed is not any more.
    pub fn wake(&mut self, now: u64) {
        self.owes = Owes::Nothing;
        (self.suspect_at, self.dead_at) = (NEVER, NEVER);
        self.woke = now;
    }

    /// So many bytes wait in the socket's buffer.
    pub fn buffered(&mut self, now: u64, bytes: u64) {
        let before = std::mem::replace(&mut self.buffered, bytes);
        if self.owes == Owes::Sending {
            if bytes == 0 {
                self.owes = Owes::Answer;
                self.owe(self.left_at.max(now) + self.limit);
            } else {
                if bytes < before {
                    self.owe(now + STALLED_AFTER_MS);
                }
                self.measure_at = self.measure_at.min(now + LOOK_AT_BUFFER_MS);
            }
        }
        if bytes > MAX_BUFFERED {
            self.measure_at = self.measure_at.min(now + MEASURE_AFTER_MS);
        }
    }

    /// Whether nothing more is to be sent for now.
    pub fn is_full(&self) -> bool {
        self.buffered > MAX_BUFFERED
    }

    fn owe(&mut self, until: u64) {
        (self.suspect_at, self.dead_at) = (until, NEVER);
    }

    /// What is due. Asked again until there is nothing.
    pub fn due(&mut self, now: u64) -> Option<Beat> {
        if self.dead_at <= now {
            return Some(Beat::Dead);
        }
        if self.suspect_at <= now {
            (self.suspect_at, self.dead_at) = (NEVER, now + VERDICT_MS);
            return Some(Beat::Measure); // It may have become emptier.
        }
        if self.measure_at <= now {
            self.measure_at = NEVER;
            return Some(Beat::Measure);
        }
        let is_due = self.ping_at <= now;
        if is_due {
            self.ping_at = NEVER;
        }
        is_due.then_some(Beat::Ping)
    }

    /// When something is due next.
    pub fn next(&self) -> u64 {
        self.dead_at.min(self.suspect_at).min(self.measure_at).min(self.ping_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets time pass; what was to be done, and when. Pings leave the buffer at once.
    fn pass(pulse: &mut Pulse, from: u64, to: u64) -> Vec<(u64, Beat)> {
        let mut beats = Vec::new();
        for now in from..=to {
            while let Some(beat) = pulse.due(now) {
                beats.push((now, beat));
                match beat {
                    Beat::Ping => {
                        pulse.pinged(now);
                        pulse.buffered(now, 0);
                    }
                    Beat::Measure => pulse.buffered(now, 0),
                    Beat::Dead => return beats,
                }
            }
        }
        beats
    }

    #[test]
    fn a_ping_that_nothing_answers_is_the_end() {
        let mut pulse = Pulse::new(20_000, 0);
        assert_eq!(pulse.next(), 20_000);
        assert_eq!(pass(&mut pulse, 0, 30_000), [(20_000, Beat::Ping), (25_000, Beat::Measure), (25_050, Beat::Dead)]);
    }

    #[test]
    fn any_frame_is_life_also_between_the_suspicion_and_the_verdict() {
        let mut pulse = Pulse::new(20_000, 0);
        assert_eq!(pass(&mut pulse, 0, 25_049).len(), 2);
        pulse.heard(25_049);
        assert_eq!(pass(&mut pulse, 25_050, 45_049), [(45_049, Beat::Ping)]);
    }

    #[test]
    fn after_a_send_and_at_a_probe_it_is_noticed_sooner() {
        let mut pulse = Pulse::new(20_000, 0);
        pulse.sent(1_000, 0);
        assert_eq!(pass(&mut pulse, 1_000, 9_000).last(), Some(&(8_050, Beat::Dead)));
        let mut pulse = Pulse::new(20_000, 0);
        assert!(pulse.probe(1_000));
        pulse.pinged(1_000);
        pulse.buffered(1_000, 0);
        assert!(!pulse.probe(2_000), "it is under way");
        assert_eq!(pass(&mut pulse, 1_000, 9_000).last(), Some(&(3_050, Beat::Dead)));
        // A ping that is owed for long is owed for two seconds from then.
        let mut pulse = Pulse::new(20_000, 0);
        assert_eq!(pass(&mut pulse, 0, 21_000).len(), 1);
        assert!(pulse.probe(21_000));
        assert_eq!(pass(&mut pulse, 21_000, 30_000).last(), Some(&(23_050, Beat::Dead)));
    }

    #[test]
    fn a_buffer_that_becomes_emptier_is_life_and_the_time_runs_from_when_it_is_empty() {
        let mut pulse = Pulse::new(20_000, 0);
        assert_eq!(pulse.due(20_000), Some(Beat::Ping));
        pulse.pinged(20_000);
        let mut dead = None;
        for now in 20_000..200_000 {
            // Ten bytes a second, of 1,000; then nothing answers.
            let left = 1_000_u64.saturating_sub((now - 20_000) / 100);
            while let Some(beat) = pulse.due(now) {
                if beat == Beat::Dead {
                    dead = dead.or(Some(now));
                    pulse.heard(now);
                }
                pulse.buffered(now, left);
            }
            if now == 20_000 {
                pulse.buffered(now, left);
            }
        }
        assert_eq!(dead, Some(20_000 + 100_000 + ANSWER_MS + VERDICT_MS));
    }

    #[test]
    fn what_was_sent_is_given_time_to_leave_also_below_the_buffer() {
        for (bytes, dead) in [(600, 8_050 + 18), (700_000, 1_000 + 21_875 + 5_050), (10_000_000, 1_000 + 33_000 + 5_050)] {
            let mut pulse = Pulse::new(20_000, 0);
            pulse.sent(1_000, bytes);
            let last = pass(&mut pulse, 1_000, 60_000).pop();
            assert!(last.is_some_and(|(at, beat)| beat == Beat::Dead && at.abs_diff(dead) <= 2_000), "{bytes}: {last:?}");
        }
        // A pong tells that it has left.
        let mut pulse = Pulse::new(20_000, 0);
        pulse.sent(1_000, 700_000);
        assert_eq!(pass(&mut pulse, 1_000, 4_000), [(3_000, Beat::Ping)]);
        pulse.heard(4_000);
        pulse.answered(4_000);
        pulse.sent(4_000, 0);
        assert_eq!(pass(&mut pulse, 4_000, 20_000).last(), Some(&(11_050, Beat::Dead)));
    }

    #[test]
    fn a_buffer_that_stays_as_it_is_is_no_life() {
        let mut pulse = Pulse::new(20_000, 0);
        let (mut dead, mut now) = (None, 0);
        while dead.is_none() {
            now = pulse.next();
            match pulse.due(now) {
                Some(Beat::Ping) => pulse.pinged(now),
                Some(Beat::Measure) | None => {}
                Some(Beat::Dead) => dead = Some(now),
            }
            pulse.buffered(now, 500);
        }
        assert_eq!(now, 20_000 + STALLED_AFTER_MS + VERDICT_MS);
    }

    #[test]
    fn what_waited_while_the_device_slept_is_no_answer() {
        let mut pulse = Pulse::new(20_000, 0);
        assert_eq!(pass(&mut pulse, 0, 20_000).len(), 1);
        pulse.wake(900_000);
        assert!(pulse.probe(900_000));
        pulse.pinged(900_000);
        pulse.buffered(900_000, 0);
        pulse.heard(900_010);
        let beats = pass(&mut pulse, 900_011, 910_000);
        assert_eq!(beats, [(901_000, Beat::Ping), (903_000, Beat::Measure), (903_050, Beat::Dead)]);
    }

    #[test]
    fn a_full_buffer_is_looked_at_until_it_is_not() {
        let mut pulse = Pulse::new(20_000, 0);
        pulse.buffered(0, MAX_BUFFERED + 1);
        assert_eq!((pulse.is_full(), pulse.next()), (true, MEASURE_AFTER_MS));
        assert_eq!(pulse.due(MEASURE_AFTER_MS), Some(Beat::Measure));
        pulse.buffered(MEASURE_AFTER_MS, MAX_BUFFERED);
        assert_eq!((pulse.is_full(), pulse.next()), (false, 20_000));
    }
}
