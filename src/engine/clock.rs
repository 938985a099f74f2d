//! The device clock: stamps that never go back, corrected by the server's time.

use super::io::Now;

/// Corrections above this are not believed: one server's wrong clock would lead every stamp away for ever.
const MAX_CORRECTION_MS: u64 = 24 * 60 * 60 * 1000;
/// Differences above this are worth telling.
const NOTABLE_SKEW_MS: u64 = 60 * 1000;

/// Stamps may be so far ahead of the server's time.
const MAX_AHEAD_MS: u64 = 5 * 60 * 1000;
/// Between two clocks that both run on this is no difference.
const JUMP_MS: u64 = 2_000;

/// Milliseconds by which the platform's timer may be late; more, while the device sleeps.
const LATE_MS: u64 = 10_000;
/// The same in a hidden page, whose timers browsers fire once a minute.
const LATE_HIDDEN_MS: u64 = 90_000;

/// Whether the device slept, by when the platform's timer was to fire.
pub fn is_overslept(now: u64, due: Option<u64>, is_hidden: bool) -> bool {
    due.is_some_and(|due| now > due + if is_hidden { LATE_HIDDEN_MS } else { LATE_MS })
}

/// Compares the two clocks.
#[derive(Debug, Default)]
pub struct Watch(Option<Now>);

impl Watch {
    /// Whether the wall clock was set since the last time, or the monotonic one stood still while the device slept.
    pub fn has_jumped(&mut self, now: Now) -> bool {
        let last = self.0.replace(now).unwrap_or(now);
        let expected = last.wall.saturating_add(now.mono.saturating_sub(last.mono));
        now.wall.abs_diff(expected) > JUMP_MS
    }
}

/// The clock that stamps changes.
#[derive(Debug, Default)]
pub struct DeviceClock {
    last: u64,
    /// The last stamp that was given in place of one too far ahead.
    lowered: u64,
    /// Server minus device, in milliseconds.
    offset: i64,
    /// A server has told its time since the start, and since the wall clock was set last.
    is_confirmed: bool,
    /// The difference that was told last.
    told: i64,
    watch: Watch,
}

/// What became of a server's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Correction {
    /// It agrees with the device, more or less, or differs as it did before.
    Small,
    /// It differs by so many milliseconds (server minus device), and is followed.
    Followed(i64),
    /// It differs by so many, too much to follow.
    Disbelieved(i64),
}

impl DeviceClock {
    /// The largest stamp given so far.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Notices that the wall clock has moved by itself: then the offset may be wrong, until a server tells its time. Whether it has.
    pub fn notice(&mut self, now: Now) -> bool {
        let has_jumped = self.watch.has_jumped(now);
        self.is_confirmed &= !has_jumped;
        has_jumped
    }

    /// The latest stamp that servers take and devices apply at once; `None` while the server's time is not known.
    pub fn latest_valid(&self, wall: u64) -> Option<u64> {
        self.is_confirmed.then(|| self.latest_stamp(wall))
    }

    /// The latest stamp that is applied at once, as far as this device knows the time.
    pub fn latest_stamp(&self, wall: u64) -> u64 {
        self.corrected(wall).saturating_add(MAX_AHEAD_MS)
    }

    /// Takes over a stamp that this device gave earlier, or in another tab.
    pub fn raise(&mut self, last: u64) {
        self.last = self.last.max(last);
    }

    /// A stamp for now: above every stamp given before, and above `seen`, the entity's newest.
    pub fn stamp(&mut self, wall: u64, seen: u64) -> u64 {
        self.last = self.corrected(wall).max(self.last + 1).max(seen + 1);
        self.last
    }

    /// A stamp for now, above `seen` alone: what was given before was too far ahead. Once it is stored, [`Self::lower`] takes it over.
    pub fn stamp_lower(&mut self, wall: u64, seen: u64) -> u64 {
        let time = self.corrected(wall);
        // Those that are given one after the other keep their order; one that was given by another clock does not count.
        let last = if self.lowered < time + JUMP_MS { self.lowered } else { 0 };
        self.lowered = time.max(seen + 1).max(last + 1);
        self.lowered
    }

    /// The largest stamp is this one from now on.
    pub fn lower(&mut self, last: u64) {
        self.last = last;
    }

    /// The device's time by the server's clock.
    pub fn corrected(&self, wall: u64) -> u64 {
        wall.saturating_add_signed(self.offset)
    }

    /// Learns the server's time.
    pub fn observe(&mut self, server: u64, wall: u64) -> Correction {
        let difference = i64::try_from(i128::from(server) - i128::from(wall)).unwrap_or(i64::MAX);
        let is_news = difference.abs_diff(self.told) > NOTABLE_SKEW_MS;
        if is_news {
            self.told = difference;
        }
        let is_believed = difference.unsigned_abs() <= MAX_CORRECTION_MS;
        if is_believed {
            self.offset = difference;
            self.is_confirmed = true;
        }
        match (is_news, is_believed) {
            (true, true) if difference.unsigned_abs() > NOTABLE_SKEW_MS => Correction::Followed(difference),
            (true, false) => Correction::Disbelieved(difference),
            (true, true) | (false, _) => Correction::Small,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_grow_although_the_wall_goes_back() {
        let mut clock = DeviceClock::default();
        assert_eq!([clock.stamp(100, 0), clock.stamp(100, 0), clock.stamp(50, 0)], [100, 101, 102]);
    }

    #[test]
    fn a_correction_of_what_was_seen_is_above_it() {
        assert_eq!(DeviceClock::default().stamp(100, 240_100), 240_101);
    }

    #[test]
    fn a_timer_that_is_far_too_late_tells_of_sleep() {
        assert_eq!([10_000, 10_001].map(|late| is_overslept(5 + late, Some(5), false)), [false, true]);
        assert_eq!([90_000, 90_001].map(|late| is_overslept(5 + late, Some(5), true)), [false, true]);
        assert!(!is_overslept(u64::MAX, None, false));
    }

    #[test]
    fn a_jump_leaves_the_offset_and_takes_the_certainty() {
        let mut clock = DeviceClock::default();
        let now = |mono, wall| Now { mono, wall };
        clock.notice(now(0, 1_000_000));
        assert_eq!(clock.latest_valid(1_000_000), None);
        let _ = clock.observe(1_010_000, 1_000_000);
        clock.notice(now(5_000, 1_005_900));
        assert_eq!(clock.latest_valid(1_005_900), Some(1_315_900));
        clock.notice(now(6_000, 5_000_000));
        assert_eq!((clock.latest_valid(5_000_000), clock.corrected(5_000_000)), (None, 5_010_000));
        let _ = clock.observe(1_016_000, 5_000_000);
        assert_eq!(clock.latest_valid(5_000_000), Some(1_316_000));
    }

    #[test]
    fn the_servers_time_is_followed_up_to_a_day() {
        let mut clock = DeviceClock::default();
        assert_eq!(clock.observe(1_000, 900), Correction::Small);
        assert_eq!(clock.observe(1_000_000, 100_000), Correction::Followed(900_000));
        assert_eq!(clock.observe(1_001_000, 101_000), Correction::Small); // As before.
        assert_eq!(clock.corrected(200_000), 1_100_000);
        assert!(matches!(clock.observe(4_102_444_800_000, 1_700_000_000_000), Correction::Disbelieved(_)));
        assert_eq!(clock.corrected(200_000), 1_100_000);
        assert!(matches!(clock.observe(u64::MAX, 0), Correction::Disbelieved(_)));
    }
}
