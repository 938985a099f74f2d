//! What a machine's disk says of its changes, and what its tabs may do by it: written down from the transactions that were carried out.

use crate::tab::TabId;
use sealwire::engine::event::Stamp;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::meta;
use sealwire::engine::notice::Outcome;
use sealwire::engine::replica::{Base, Head};
use sealwire::engine::storage::{REVISION_COUNTER, Store, Transaction, Write, counter_value};
use std::collections::{BTreeMap, BTreeSet};

/// What any tab may put.
const EVERYBODYS: [&str; 8] =
    [meta::DEVICE_ID, meta::SALT, meta::CLOCK, meta::EPOCH, meta::RELEASED, meta::PROVEN, meta::FLOOR_REVISION, REVISION_COUNTER];

/// An entry of the outbox.
#[derive(Clone)]
pub struct Queued {
    pub key: EntityKey,
    pub stamp: Stamp,
    pub is_wedged: bool,
}

#[derive(Default)]
pub struct Ledger {
    /// The outbox, by the keys there.
    pub outbox: BTreeMap<String, Queued>,
    /// How changes ended.
    pub ended: BTreeMap<String, Outcome>,
    /// Changes that may be with the server.
    pub sent: BTreeSet<String>,
    /// Of each entity, the newest change that its head says is waiting.
    pending: BTreeMap<EntityKey, Stamp>,
    /// The key in the outbox that an event has, or had.
    places: BTreeMap<String, String>,
    /// All stamps of an entity that were ever on the disk, by their event.
    stamps: BTreeMap<EntityKey, BTreeMap<String, Stamp>>,
    epoch: u64,
    pages: BTreeMap<(TabId, u32), Page>,
    /// The largest timestamp of an entry, unless it was lowered since.
    clock: u64,
}

/// What a page may do.
#[derive(Default)]
struct Page {
    /// The epoch that it raised to become the one that sends.
    epoch: u64,
    /// The last number in the outbox that it may send over its present socket.
    begun_through: u64,
    /// What `clock` was when it was opened. It stamps above that.
    opened_at: u64,
}

impl Ledger {
    /// A page is opened.
    pub fn opened(&mut self, page: (TabId, u32)) {
        self.pages.insert(page, Page { opened_at: self.clock, ..Page::default() });
    }

    /// A page put an entry into the outbox. Whether its stamp is above all that the disk had of its entity, and above those that were given
    /// before the page was opened. One that is stamped anew may be below those that will be next.
    pub fn queue(&mut self, page: (TabId, u32), place: &str, entry: Queued) -> bool {
        let (event_id, timestamp) = (entry.stamp.event_id().to_owned(), entry.stamp.timestamp());
        let is_new = !self.places.contains_key(&event_id);
        let stamps = self.stamps.entry(entry.key.clone()).or_default();
        let is_above = stamps.values().all(|stamp| *stamp < entry.stamp) && timestamp > self.pages.entry(page).or_default().opened_at;
        self.clock = self.clock.max(timestamp);
        stamps.insert(event_id.clone(), entry.stamp.clone());
        self.places.insert(event_id, place.to_owned());
        if entry.is_wedged {
            self.forget(&entry);
        }
        self.outbox.insert(place.to_owned(), entry);
        is_above || !is_new
    }

    /// A change does not count, at least not under this stamp: nothing has to be above it.
    pub fn forget(&mut self, entry: &Queued) {
        self.stamps.entry(entry.key.clone()).or_default().remove(entry.stamp.event_id());
    }

    /// An entity has this head.
    pub fn has_head(&mut self, key: EntityKey, head: Head) {
        match head.pending {
            Some(stamp) => self.pending.insert(key.clone(), stamp),
            None => self.pending.remove(&key),
        };
        if let Some(Base { stamp, .. }) = head.base {
            self.stamps.entry(key).or_default().insert(stamp.event_id().to_owned(), stamp);
        }
    }

    /// Entities whose heads speak of a change that is not waiting any more.
    pub fn overstated(&self) -> impl Iterator<Item = &EntityKey> {
        let waits = |key: &EntityKey, stamp: &Stamp| {
            self.outbox.values().any(|entry| entry.key == *key && entry.stamp == *stamp && !entry.is_wedged)
        };
        self.pending.iter().filter(move |(key, stamp)| !waits(key, stamp)).map(|(key, _)| key)
    }

    pub fn entry_of(&self, event_id: &str) -> Option<&Queued> {
        self.outbox.get(self.places.get(event_id)?)
    }

    /// Takes down what a transaction of a page means for who may send. Whether it was the page's to make.
    pub fn follow(&mut self, page: (TabId, u32), transaction: &Transaction, is_decided: impl Fn(&Queued) -> bool) -> bool {
        let is_set_aside = transaction.writes.iter().any(|write| matches!(write, Write::Put { store: Store::Corrupt, .. }));
        let is_the_leaders = !is_set_aside
            && transaction.writes.iter().any(|write| match write {
                Write::Put { store: Store::Outbox, key, .. } | Write::Delete { store: Store::Outbox, key } => {
                    self.outbox.get(key).is_some_and(|entry| !is_decided(entry))
                }
                Write::Put { store, key, .. } | Write::Delete { store, key } => match store {
                    Store::Meta => !EVERYBODYS.contains(&key.as_str()),
                    Store::Bodies | Store::Held => true,
                    Store::Heads | Store::Outbox | Store::Changes | Store::Settled | Store::Corrupt => false,
                },
                Write::Raise { key, .. } => !EVERYBODYS.contains(&key.as_str()),
                Write::Append { .. } | Write::Revise { .. } => false,
            });
        if let Some(clock) = lowered_clock(transaction) {
            self.clock = clock;
            self.pages.values_mut().for_each(|page| page.opened_at = page.opened_at.min(clock));
        }
        let page = self.pages.entry(page).or_default();
        if let Some(epoch) = counter_in(transaction, meta::EPOCH) {
            (page.epoch, page.begun_through) = (epoch, 0);
            self.epoch = self.epoch.max(epoch);
        }
        if let Some(through) = counter_in(transaction, meta::ATTEMPTED) {
            page.begun_through = page.begun_through.max(through);
        }
        !is_the_leaders || page.epoch == self.epoch
    }

    /// A page dials: what it began to send it has to begin anew.
    pub fn dialled(&mut self, page: (TabId, u32)) {
        self.pages.entry(page).or_default().begun_through = 0;
    }

    /// Whether a page may send an event.
    pub fn may_send(&self, page: (TabId, u32), event_id: &str) -> bool {
        let through = self.pages.get(&page).map_or(0, |page| page.begun_through);
        let place = self.places.get(event_id).and_then(|place| u64::from_str_radix(place, 16).ok());
        place.is_some_and(|place| place <= through)
    }
}

/// What a transaction sets a counter to, or raises it to.
fn counter_in(transaction: &Transaction, wanted: &str) -> Option<u64> {
    let values = transaction.writes.iter().filter_map(|write| match write {
        Write::Put { store: Store::Meta, key, value } if key == wanted => Some(counter_value(value)),
        Write::Raise { key, value } if key == wanted => Some(*value),
        _ => None,
    });
    values.max()
}

/// To what a transaction lowers the device clock: entries that were too far ahead were stamped anew.
fn lowered_clock(transaction: &Transaction) -> Option<u64> {
    transaction.writes.iter().find_map(|write| match write {
        Write::Put { store: Store::Meta, key, value } if key == meta::CLOCK => Some(counter_value(value)),
        _ => None,
    })
}
