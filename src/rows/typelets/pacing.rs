//! How fast frames may go: a server drops what comes above its limit.

use super::planted::{self, Fault};
use std::collections::VecDeque;

/// Most frames of a window; the server's limit is 300.
const MOST: usize = 280;
/// Milliseconds of a window.
const WINDOW_MS: u64 = 60_000;

/// When the last frames of a socket were sent.
#[derive(Debug, Default)]
pub(super) struct Pace(VecDeque<u64>);

impl Pace {
    /// Whether a frame may be sent now.
    pub(super) fn is_free(&self, now: u64) -> bool {
        self.free_at(now).is_none()
    }

    /// When one may be; `None`: now.
    pub(super) fn free_at(&self, now: u64) -> Option<u64> {
        let oldest = self.0.len().checked_sub(MOST).and_then(|index| self.0.get(index))?;
        Some(oldest + WINDOW_MS).filter(|at| *at > now && !planted::has(Fault::NoPace))
    }

    /// One is sent.
    pub(super) fn take(&mut self, now: u64) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_has_more_than_the_most() {
        let (mut pace, mut now, mut sent) = (Pace::default(), 0, Vec::new());
        for _ in 0..1_000 {
            now = pace.free_at(now).unwrap_or(now);
            pace.take(now);
            sent.push(now);
            now += 100;
        }
        let most = sent.iter().map(|from| sent.iter().filter(|at| (*from..from + WINDOW_MS).contains(*at)).count()).max();
        assert_eq!(most, Some(MOST));
    }
}
