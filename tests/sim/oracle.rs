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
    abandoned: BTreeSet<Stamp>,
    arrived: BTreeSet<Stamp>,
}

impl Oracle {
    /// A change is on a device's disk, under its only or its newest stamp; without content it is a delete.
    pub fn stored(&mut self, key: Key, stamp: Stamp, content: Option<String>) {
        let events = self.events.entry(key).or_default();
        let former = events.keys().filter(|known| known.2 == stamp.2 && **known != stamp);
        self.abandoned.extend(former.cloned());
        events.insert(stamp, content);
    }

    /// A change will not be sent any more under this stamp: it was refused, taken back, given up, replaced or stamped anew, or its disk is
    /// lost. It counts if it has arrived, or still does.
    pub fn abandoned(&mut self, stamp: &Stamp) {
        self.abandoned.insert(stamp.clone());
    }

    /// The server has taken a change.
    pub fn arrived(&mut self, stamp: Stamp) {
        self.arrived.insert(stamp);
    }

    /// Whether the server has a change, under whatever stamp.
    pub fn has_arrived(&self, event_id: &str) -> bool {
        self.arrived.iter().any(|stamp| stamp.2 == event_id)
    }

    /// Whether a change has to be with the server, or on a disk.
    pub fn counts(&self, stamp: &Stamp) -> bool {
        !self.abandoned.contains(stamp) || self.arrived.contains(stamp)
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

    /// Key, present stamp and content of all changes, by the id of their event.
    pub fn changes(&self) -> BTreeMap<&str, (&Key, &Stamp, &Option<String>)> {
        let of_key =
            |(key, events)| BTreeMap::iter(events).map(move |(stamp, content): (&Stamp, _)| (stamp.2.as_str(), (key, stamp, content)));
        let mut all: Vec<_> = self.events.iter().flat_map(of_key).collect();
        all.sort_by_key(|(_, (_, stamp, _))| !self.abandoned.contains(*stamp)); // The last of an event counts.
        all.into_iter().collect()
    }
}
