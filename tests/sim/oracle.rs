//! What every device has to show in the end: of each entity the event with the largest stamp. Knows nothing of the engine.

use std::collections::{BTreeMap, BTreeSet};

/// Entity type and id.
pub type Key = (String, String);
/// Timestamp, device, event.
pub type Stamp = (u64, String, String);

/// All changes that any device ever had on disk.
#[derive(Default)]
pub struct Oracle {
    events: BTreeMap<Key, BTreeMap<Stamp, Option<String>>>,
    abandoned: BTreeSet<String>,
    arrived: BTreeSet<String>,
}

impl Oracle {
    /// A change is on a device's disk, perhaps once more under another stamp; without content it is a delete.
    pub fn stored(&mut self, key: Key, stamp: Stamp, content: Option<String>) {
        let events = self.events.entry(key).or_default();
        events.retain(|(_, _, event_id), _| *event_id != stamp.2);
        events.insert(stamp, content);
    }

    /// A change will not be sent any more: it was refused, taken back, given up or replaced, or its disk is lost. It counts if it has arrived,
    /// or still does.
    pub fn abandoned(&mut self, event_id: &str) {
        self.abandoned.insert(event_id.to_owned());
    }

    /// A refused change is sent again.
    pub fn resumed(&mut self, event_id: &str) {
        self.abandoned.remove(event_id);
    }

    /// The server has taken a change.
    pub fn arrived(&mut self, event_id: &str) {
        self.arrived.insert(event_id.to_owned());
    }

    /// Whether a change has to be with the server, or on a disk.
    pub fn counts(&self, (_, _, event_id): &Stamp) -> bool {
        !self.abandoned.contains(event_id) || self.arrived.contains(event_id)
    }

    /// Whether a change counts that is newer than this one of its entity.
    pub fn has_newer(&self, key: &Key, stamp: &Stamp) -> bool {
        self.events.get(key).is_some_and(|events| events.keys().any(|other| other > stamp && self.counts(other)))
    }

    /// What is to be shown: stamp and content of all entities that are not deleted.
    pub fn shown(&self) -> BTreeMap<Key, (Stamp, String)> {
        let winner = |events: &BTreeMap<Stamp, Option<String>>| {
            let (stamp, content) = events.iter().rev().find(|(stamp, _)| self.counts(stamp))?;
            Some((stamp.clone(), content.clone()?))
        };
        self.events.iter().filter_map(|(key, events)| Some((key.clone(), winner(events)?))).collect()
    }

    /// Key, stamp and content of all changes, by the id of their event.
    pub fn changes(&self) -> BTreeMap<&str, (&Key, &Stamp, &Option<String>)> {
        let of_key =
            |(key, events)| BTreeMap::iter(events).map(move |(stamp, content): (&Stamp, _)| (stamp.2.as_str(), (key, stamp, content)));
        self.events.iter().flat_map(of_key).collect()
    }
}
