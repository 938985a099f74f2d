//! One table of timers, each named by what happens when it fires.

/// What is to happen later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Dial again.
    Redial,
    /// Give the attempt up: the socket did not open, or the server did not greet.
    GreetingDeadline,
    /// Start the backoff over, because the connection has proved stable.
    Stable,
    /// Ask the server what it has: something was missed, or is unconfirmed.
    Pull,
    /// Send again what the server asked to have later.
    Resend,
    /// Look for what other tabs have stored.
    Refresh,
    /// Suspect the tab that leads, because it does not reply.
    ReplyDeadline,
    /// Take its place. After one free task, because the reply may wait behind the timer.
    ReplyVerdict,
    /// Disconnect, although not all that was held back is sent.
    Leave,
    /// Merge held events whose time has come.
    Mature,
    /// Store again what there was no space for.
    Commit,
}

impl Timer {
    /// Whether it means nothing once the connection is gone.
    fn is_of_a_link(self) -> bool {
        !matches!(self, Self::Refresh | Self::ReplyDeadline | Self::ReplyVerdict | Self::Mature | Self::Commit)
    }
}

/// When each timer fires, on the monotonic clock. At most one entry a timer.
#[derive(Debug)]
pub struct Timers<T = Timer>(Vec<(T, u64)>);

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Timers {
    /// Takes the timers of a connection back.
    pub fn clear_links(&mut self) {
        self.0.retain(|(set, _)| !set.is_of_a_link());
    }
}

impl<T: Copy + PartialEq> Timers<T> {
    /// Sets a timer, in place of what it was.
    #[inline(never)]
    pub fn set(&mut self, timer: T, at: u64) {
        self.clear(timer);
        self.0.push((timer, at));
    }

    /// Sets a timer unless it fires earlier already.
    pub fn set_earlier(&mut self, timer: T, at: u64) {
        let earlier = self.0.iter().find(|(set, _)| *set == timer).map_or(at, |(_, set)| at.min(*set));
        self.set(timer, earlier);
    }

    /// Takes a timer back. Harmless if it is not set.
    #[inline(never)]
    pub fn clear(&mut self, timer: T) {
        self.0.retain(|(set, _)| *set != timer);
    }

    /// Takes the timer that was to fire first, if that is due.
    pub fn take_due(&mut self, now: u64) -> Option<T> {
        let (timer, _) = *self.0.iter().filter(|(_, at)| *at <= now).min_by_key(|(_, at)| *at)?;
        self.clear(timer);
        Some(timer)
    }

    /// Whether a timer is set.
    pub fn is_set(&self, timer: T) -> bool {
        self.0.iter().any(|(set, _)| *set == timer)
    }

    /// When the next timer fires.
    pub fn next(&self) -> Option<u64> {
        self.0.iter().map(|(_, at)| *at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_replaced_taken_once_and_cleared() {
        let mut timers = Timers::default();
        timers.set(Timer::Pull, 5);
        timers.set(Timer::Pull, 9);
        timers.set_earlier(Timer::Redial, 8);
        timers.set_earlier(Timer::Redial, 10);
        assert_eq!((timers.take_due(7), timers.next()), (None, Some(8)));
        assert_eq!((timers.take_due(9), timers.take_due(9), timers.take_due(9)), (Some(Timer::Redial), Some(Timer::Pull), None));
        timers.set(Timer::Stable, 1);
        timers.clear(Timer::Stable);
        assert_eq!(timers.next(), None);
    }
}
