//! How long a tab with something to send bears with a leader that says nothing: a frozen one keeps its lock.

/// Milliseconds that the leader has to reply to a hint.
const REPLY_MS: u64 = 2_000;
/// Up to so many more, so that tabs that ask at the same time do not all find at the same time that there is no reply.
const JITTER_MS: u64 = 500;
/// Milliseconds between suspecting a leader and taking its place: time for one task of the event loop.
pub const REPLY_VERDICT_MS: u64 = 50;
/// Who finds the time over so much later still was asleep, and so may have been the leader, or its reply waits in the queue.
const LATE_MS: u64 = 1_000;
/// Milliseconds between two steals.
const STEAL_EVERY_MS: u64 = 60_000;
/// Milliseconds after a reply until the leader is asked again.
const ASK_EVERY_MS: u64 = 30_000;

/// What the tab awaits of the leader. All times are of the monotonic clock.
#[derive(Debug)]
pub struct Patience {
    /// Milliseconds that it lasts.
    lasts: u64,
    /// When the leader was asked that has not replied.
    asked_at: Option<u64>,
    may_steal_at: u64,
}

impl Patience {
    /// `seed`: randomness. Several tabs may wait, and only one is to steal.
    pub fn new(seed: u64) -> Self {
        Self { lasts: REPLY_MS + seed % JITTER_MS, asked_at: None, may_steal_at: 0 }
    }

    /// The leader is asked, unless it has been a moment ago. When to look whether it has replied.
    pub fn ask(&mut self, now: u64) -> u64 {
        let asked_at = self.asked_at.filter(|asked_at| now < asked_at + self.lasts + LATE_MS).unwrap_or(now);
        self.asked_at = Some(asked_at);
        self.may_steal_at.max(asked_at + self.lasts)
    }

    /// The leader lives. When to ask it again.
    pub fn replied(&mut self, now: u64) -> u64 {
        self.asked_at = None;
        now + ASK_EVERY_MS
    }

    /// Whether the lock is to be stolen now; then it counts as stolen.
    pub fn ends(&mut self, now: u64) -> bool {
        let waited = self.asked_at.map_or(0, |asked_at| now - asked_at);
        let ends = (self.lasts..self.lasts + LATE_MS).contains(&waited) && now >= self.may_steal_at;
        if ends {
            self.asked_at = None;
            self.may_steal_at = now + STEAL_EVERY_MS;
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_when_no_reply_comes_in_time_and_only_then() {
        let mut patience = Patience::new(JITTER_MS);
        assert!(!patience.ends(5_000), "nobody was asked");
        assert_eq!((patience.ask(5_000), patience.ask(6_500)), (7_000, 7_000), "who asks again waits no longer");
        assert_eq!((patience.ends(6_999), patience.replied(6_999), patience.ends(7_000)), (false, 36_999, false));
        assert_eq!((patience.ask(10_000), patience.ends(13_000)), (12_000, false), "it slept");
        assert_eq!((patience.ask(13_000), patience.ends(15_000), patience.ends(15_001)), (15_000, true, false));
    }

    #[test]
    fn it_does_not_end_twice_a_minute() {
        let mut patience = Patience::new(0);
        patience.ask(0);
        assert!(patience.ends(2_000));
        assert_eq!((patience.ask(3_000), patience.ends(5_000), patience.ends(62_000)), (62_000, false, false));
        assert_eq!((patience.ask(62_000), patience.ends(64_000)), (64_000, true));
    }
}
