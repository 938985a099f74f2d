//! Events stamped more than five minutes ahead of the clock: kept, and merged when their time has come. Meanwhile they lift no stamp.

use super::by_entity::ByEntity;
use super::bytes::{Reader, Writer};
use super::dialect::RemoteEvent;
use super::error::{ErrorCode, ErrorReport};
use super::event::Stamp;
use super::ids::EntityKey;
use super::inbox::Incoming;
use super::io::{Effect, Now};
use super::planted::{self, Fault};
use super::replica::{Base, Head};
use super::storage::{Read, Row, StorageFailure, Store};
use super::timers::Timer;
use super::work::{Merge, Work};
use super::{Engine, Task};

/// Held events read at once.
const HELD_PAGE: u32 = 100;
/// Longest time between two looks at what is held, in milliseconds: the clock may be set meanwhile.
const LOOK_EVERY_MS: u64 = 10 * 60 * 1000;

/// What an event has to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Its time.
    Valid,
    /// The key that it is sealed under.
    Key,
}

/// What the keys of events that wait for their key begin with in [`Store::Held`]; no entity's key does.
pub(super) const SHELF: &str = "\u{1}";

impl Until {
    /// Where the event of an entity is kept.
    pub(super) fn storage_key(self, key: &EntityKey) -> String {
        [if self == Self::Key { SHELF } else { "" }, key.storage_key()].concat()
    }
}

/// The stored record.
pub(super) fn to_bytes(event: &RemoteEvent) -> Vec<u8> {
    let base = Base { stamp: event.stamp.clone(), operation: event.operation, resolution: event.resolution.clone(), mark: 0 };
    let head = Head { base: Some(base), ..Head::default() }.to_bytes();
    let writer = Writer::default().u64(head.len() as u64).raw(&head).u8(event.body.is_some().into());
    writer.raw(event.body.as_deref().unwrap_or_default()).finish()
}

/// Reads a stored record; `None` if it is damaged.
fn from_bytes(key: EntityKey, bytes: &[u8]) -> Option<RemoteEvent> {
    let mut reader = Reader::new(bytes);
    let length = usize::try_from(reader.u64()?).ok()?;
    let (head, body) = reader.rest().split_at_checked(length)?;
    let Base { stamp, operation, resolution, .. } = Head::from_bytes(head)?.base?;
    let (has_body, body) = body.split_first()?;
    Some(RemoteEvent { key, operation, stamp, body: (*has_body != 0).then(|| body.to_vec()), resolution })
}

impl Engine {
    /// Merges an event, or keeps it until its time has come.
    pub(super) fn merge_or_hold(&mut self, now: Now, merge: Merge) {
        if merge.event.stamp.timestamp() <= self.clock.latest_stamp(now.wall) {
            return self.queue(Work::Merge(Box::new(merge)));
        }
        if planted::has(Fault::HeldForgotten) {
            return self.page_event_is_done(merge.page);
        }
        self.report(ErrorReport::new(ErrorCode::HeldEvent).about(&merge.event.key));
        self.queue(Work::Keep(Until::Valid, Box::new(merge)));
    }

    /// Of which entities events are kept.
    pub(super) fn kept(&self, until: Until) -> &ByEntity<Stamp> {
        match until {
            Until::Valid => &self.held,
            Until::Key => &self.shelf,
        }
    }

    pub(super) fn kept_mut(&mut self, until: Until) -> &mut ByEntity<Stamp> {
        match until {
            Until::Valid => &mut self.held,
            Until::Key => &mut self.shelf,
        }
    }

    pub(super) fn event_is_kept(&mut self, now: Now, until: Until, key: EntityKey, stamp: Option<Stamp>, page: Option<u64>) {
        match stamp {
            Some(stamp) => self.kept_mut(until).insert(key, stamp),
            None => self.catch_up.is_held = true, // It will be asked for again.
        }
        self.look_at_held_later(now);
        self.page_event_is_done(page);
    }

    /// Reads which events are held: this tab has become the one that merges them.
    pub(super) fn load_held(&mut self, after: Option<String>) {
        let task = self.begin(Task::LoadHeld);
        self.perform(Effect::Read { task, read: Read::Page { store: Store::Held, after, limit: HELD_PAGE } });
    }

    pub(super) fn held_loaded(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let rows = rows.unwrap_or_default(); // What cannot be read is tried again by the next tab that leads.
        let last = rows.last().map(|(key, _)| key.clone());
        for row in rows {
            if !self.take_off_the_shelf(&row, from_bytes)
                && let Some(event) = from_bytes(EntityKey::from_storage_key(&row.0), &row.1)
            {
                self.held.insert(event.key, event.stamp);
            }
        }
        self.open_waiting(now);
        match last {
            Some(last) => self.load_held(Some(last)),
            None => self.look_at_held(now),
        }
    }

    /// Reads the held events whose time has come.
    pub(super) fn look_at_held(&mut self, now: Now) {
        let limit = self.clock.latest_stamp(now.wall);
        let due = self.held.iter().filter(|(_, stamp)| stamp.timestamp() <= limit).take(HELD_PAGE as usize);
        let keys: Vec<_> = due.map(|(key, _)| (Store::Held, key.storage_key().to_owned())).collect();
        self.look_at_held_later(now);
        if !keys.is_empty() {
            let task = self.begin(Task::ReadHeld);
            self.perform(Effect::Read { task, read: Read::Values { keys } });
        }
    }

    pub(super) fn held_read(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        for (key, record) in rows.unwrap_or_default() {
            if let Some(event) = from_bytes(EntityKey::from_storage_key(&key), &record) {
                let _ = self.inbox.accept(Incoming { event, page: None }); // Where there is no room, the next look finds it again.
            }
        }
        self.open_waiting(now);
    }

    fn look_at_held_later(&mut self, now: Now) {
        let limit = self.clock.latest_stamp(now.wall);
        if let Some(next) = self.held.iter().map(|(_, stamp)| stamp.timestamp().saturating_sub(limit)).min() {
            self.timers.set(Timer::Mature, now.mono + next.clamp(1_000, LOOK_EVERY_MS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::dialect::Resolution;
    use crate::engine::event::Operation;

    #[test]
    fn records_come_back_and_damaged_ones_are_noticed() {
        let key = EntityKey::new("bookmark", "b");
        for body in [None, Some(vec![]), Some(vec![1, 2])] {
            let (stamp, resolution) = (Stamp::new(7, "d", "e"), Resolution { conflict_resolved: true, strategy: Some("lww".into()) });
            let event = RemoteEvent { key: key.clone(), operation: Operation::Update, stamp, body, resolution };
            let bytes = to_bytes(&event);
            let shortest = bytes.len() - event.body.as_ref().map_or(0, Vec::len);
            assert!((0..shortest).all(|length| from_bytes(key.clone(), &bytes[..length]).is_none()));
            assert_eq!(from_bytes(key.clone(), &bytes), Some(event));
        }
    }
}
