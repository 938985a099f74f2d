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
    refused: BTreeSet<String>,
}

impl Oracle {
    /// A change is on a device's disk; without content it is a delete.
    pub fn stored(&mut self, key: Key, stamp: Stamp, content: Option<String>) {
        self.events.entry(key).or_default().insert(stamp, content);
    }

    /// The server refused a change for good.
    pub fn refused(&mut self, event_id: &str) {
        self.refused.insert(event_id.to_owned());
    }

    pub fn is_refused(&self, event_id: &str) -> bool {
        self.refused.contains(event_id)
    }

    /// What is to be shown: stamp and content of all entities that are not deleted.
    pub fn shown(&self) -> BTreeMap<Key, (Stamp, String)> {
        self.events.iter().filter_map(|(key, events)| Some((key.clone(), self.winner(events)?))).collect()
    }

    /// Key and stamp of all changes, by the id of their event.
    pub fn stamps(&self) -> BTreeMap<String, (&Key, &Stamp)> {
        self.events.iter().flat_map(|(key, events)| events.keys().map(move |stamp| (stamp.2.clone(), (key, stamp)))).collect()
    }

    fn winner(&self, events: &BTreeMap<Stamp, Option<String>>) -> Option<(Stamp, String)> {
        let (stamp, content) = events.iter().rev().find(|((_, _, event_id), _)| !self.refused.contains(event_id))?;
        Some((stamp.clone(), content.clone()?))
    }
}
