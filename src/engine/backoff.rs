//! How long to wait before the next attempt: exponential, with full jitter on every attempt.

/// First delay's bound, doubled with each attempt.
const BASE_MS: u64 = 1_000;
/// Largest bound.
const CAP_MS: u64 = 30_000;
/// After so many attempts a hidden page waits for longer.
const HIDDEN_AFTER: u32 = 3;
/// For so many milliseconds.
const HIDDEN_MS: u64 = 30_000;

/// Counts attempts until the connection has proved stable.
#[derive(Debug)]
pub struct Backoff {
    attempts: u32,
    jitter: Jitter,
}

impl Backoff {
    /// `seed` is fresh randomness, so that clients of one server do not act in step.
    pub fn new(seed: u64) -> Self {
        Self { attempts: 0, jitter: Jitter(seed) }
    }

    /// The delay before the next attempt: evenly distributed below the bound, 1 s doubled with each attempt up to 30 s.
    pub fn next_delay(&mut self) -> u64 {
        self.next_delay_from(BASE_MS)
    }

    /// The same with another first bound.
    pub fn next_delay_from(&mut self, base_ms: u64) -> u64 {
        let bound = base_ms.checked_shl(self.attempts).map_or(CAP_MS, |bound| bound.min(CAP_MS));
        self.attempts = self.attempts.saturating_add(1).min(32);
        self.jitter.below(bound)
    }

    /// The delay of a page that nobody sees, if it is hidden: after several attempts half a minute more.
    pub fn next_pause(&mut self, is_hidden: bool) -> u64 {
        self.next_pause_from(BASE_MS, is_hidden)
    }

    /// The same with another first bound.
    pub fn next_pause_from(&mut self, base_ms: u64, is_hidden: bool) -> u64 {
        let is_slow = is_hidden && self.attempts >= HIDDEN_AFTER;
        self.next_delay_from(base_ms) + if is_slow { HIDDEN_MS } else { 0 }
    }

    /// Starts over. For a connection that has proved stable, not for one that has merely opened.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }

    /// Attempts since the last reset.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// SplitMix64: spreads reconnects, protects nothing.
#[derive(Debug)]
struct Jitter(u64);

impl Jitter {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_up_to_thirty_seconds_and_start_over() {
        let mut largest = [0; 8];
        for seed in 0..2_000 {
            let mut backoff = Backoff::new(seed);
            for slot in &mut largest {
                *slot = backoff.next_delay().max(*slot);
            }
            backoff.reset();
            assert!(backoff.next_delay() < 1_000);
        }
        for (largest, bound) in largest.into_iter().zip([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]) {
            assert!(largest < bound && largest > bound * 95 / 100, "{largest} of {bound}");
        }
    }

    #[test]
    fn every_attempt_is_spread_over_the_whole_range() {
        let first: Vec<u64> = (0..1_000).map(|seed| Backoff::new(seed).next_delay()).collect();
        for quarter in 0..4 {
            let count = first.iter().filter(|delay| **delay / 250 == quarter).count();
            assert!((200..300).contains(&count), "{count} of 1000 in quarter {quarter}");
        }
    }

    #[test]
    fn a_hidden_page_slows_down_after_three_attempts() {
        for seed in 0..100 {
            let mut backoff = Backoff::new(seed);
            let delays: Vec<u64> = (0..8).map(|_| backoff.next_pause(true)).collect();
            assert!(delays[..3].iter().all(|delay| *delay < 4_000) && delays[3..].iter().all(|delay| (30_000..60_000).contains(delay)));
            assert!(backoff.next_pause(false) < CAP_MS);
        }
    }

    #[test]
    fn very_many_attempts_stay_bounded() {
        let mut backoff = Backoff::new(1);
        assert!((0..10_000).all(|_| backoff.next_delay() < CAP_MS));
    }
}
