//! Events from the server that are not merged yet: those that wait to be opened, and those being opened.

use super::dialect::RemoteEvent;
use super::ids::TaskId;
use std::collections::VecDeque;

/// Bodies being opened at once.
const MAX_OPENING: usize = 64;
/// Live events that may wait; what comes above is left out, and caught up with later.
const MAX_LIVE_EVENTS: usize = 2_048;
/// Bodies of them, in bytes.
const MAX_LIVE_BYTES: usize = 16 * 1_048_576;

/// An event and where it came from.
#[derive(Debug)]
pub struct Incoming {
    /// The event.
    pub event: RemoteEvent,
    /// Its page of a catch-up; `None`: it came by itself.
    pub page: Option<u64>,
}

impl Incoming {
    fn bytes(&self) -> usize {
        self.event.body.as_ref().map_or(0, Vec::len)
    }
}

/// Events in the order of their coming.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: VecDeque<Incoming>,
    opening: Vec<(TaskId, Incoming)>,
    live_events: usize,
    live_bytes: usize,
}

impl Inbox {
    /// Takes an event in; `false`: there is no room for it.
    #[must_use]
    pub fn accept(&mut self, incoming: Incoming) -> bool {
        if incoming.page.is_none() {
            if self.live_events >= MAX_LIVE_EVENTS || self.live_bytes + incoming.bytes() > MAX_LIVE_BYTES {
                return false;
            }
            self.live_events += 1;
            self.live_bytes += incoming.bytes();
        }
        self.waiting.push_back(incoming);
        true
    }

    /// The next event to open, while not too many are being opened.
    pub fn next_to_open(&mut self) -> Option<Incoming> {
        if self.opening.len() >= MAX_OPENING {
            return None;
        }
        let incoming = self.waiting.pop_front()?;
        self.leave(&incoming);
        Some(incoming)
    }

    /// An event's body is being opened.
    pub fn opening(&mut self, task: TaskId, incoming: Incoming) {
        if incoming.page.is_none() {
            self.live_events += 1;
            self.live_bytes += incoming.bytes();
        }
        self.opening.push((task, incoming));
    }

    /// An event's body was opened, or could not be.
    pub fn opened(&mut self, task: TaskId) -> Option<Incoming> {
        let index = self.opening.iter().position(|(opening, _)| *opening == task)?;
        let (_, incoming) = self.opening.swap_remove(index);
        self.leave(&incoming);
        Some(incoming)
    }

    fn leave(&mut self, incoming: &Incoming) {
        if incoming.page.is_none() {
            self.live_events -= 1;
            self.live_bytes -= incoming.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::dialect::Resolution;
    use crate::engine::event::{Operation, Stamp};
    use crate::engine::ids::EntityKey;

    fn incoming(length: usize, page: Option<u64>) -> Incoming {
        let event = RemoteEvent {
            key: EntityKey::new("bookmark", "b"),
            operation: Operation::Create,
            stamp: Stamp::new(1, "d", "e"),
            body: Some(vec![0; length]),
            resolution: Resolution::default(),
        };
        Incoming { event, page }
    }

    #[test]
    fn live_events_are_bounded_and_pages_are_not_refused() {
        let mut inbox = Inbox::default();
        assert_eq!((0..3_000).filter(|_| inbox.accept(incoming(1, None))).count(), 2_048);
        assert!(inbox.accept(incoming(1, Some(1))));
        let mut inbox = Inbox::default();
        assert_eq!((0..100).filter(|_| inbox.accept(incoming(1_048_576, None))).count(), 16);
    }

    #[test]
    fn what_is_being_opened_counts_until_it_is() {
        let mut inbox = Inbox::default();
        while inbox.accept(incoming(1, None)) {}
        let mut tasks = (1..).map(TaskId);
        while let Some(next) = inbox.next_to_open() {
            inbox.opening(tasks.next().unwrap(), next);
        }
        assert_eq!(inbox.opening.len(), 64);
        assert!(!inbox.accept(incoming(1, None)));
        assert!(inbox.opened(TaskId(5)).is_some() && inbox.opened(TaskId(5)).is_none());
        assert!(inbox.accept(incoming(1, None)) && !inbox.accept(incoming(1, None)));
    }
}
