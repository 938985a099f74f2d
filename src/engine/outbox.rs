//! The durable queue of changes that the server has not confirmed, as the engine holds it in memory.

#[cfg(test)]
mod tests;

use super::by_entity::ByEntity;
use super::bytes::{Reader, Writer};
use super::dialect::{RemoteEvent, Resolution};
use super::event::{Operation, Stamp};
use super::ids::{EntityKey, Seq};
use super::replica::{read_stamp, write_stamp};
use std::collections::VecDeque;

/// First byte of a stored entry.
const RECORD_VERSION: u8 = 1;
/// Unconfirmed entries on the wire.
pub const WINDOW_ENTRIES: usize = 64;
/// The part of the window, as a divisor, that has to be free before more is sent.
const LEAST_ROOM: usize = 4;
/// Bodies of them, in bytes; one entry may always be on its way.
const WINDOW_BYTES: usize = 1_048_576;
/// Bodies kept in memory although they are not on the wire, in bytes.
const KEPT_BYTES: usize = 4 * 1_048_576;

/// A change that waits for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entity.
    pub key: EntityKey,
    /// What happens to it.
    pub operation: Operation,
    /// Of its event; the event's id is the change's.
    pub stamp: Stamp,
    /// `data_hash`.
    pub digest: [u8; 32],
    /// Length of the sealed body; `None`: it has none.
    pub body_length: Option<usize>,
    /// The sealed body, unless it is only in the database.
    pub body: Option<Vec<u8>>,
    /// It was sent under another number and another stamp, so it counts as attempted.
    pub was_sent: bool,
    /// Where it stands.
    pub state: EntryState,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// To be sent.
    Waiting,
    /// Held back until this time on the monotonic clock, so that a newer one can take its place.
    Debounced(u64),
    /// Not to be sent before this time on the monotonic clock.
    Resting(u64),
    /// Sent on this connection.
    InFlight,
    /// Refused for good, in the server's words.
    Wedged(String),
}

impl Entry {
    /// The stored record, body included.
    pub fn to_bytes(&self, body: &[u8]) -> Vec<u8> {
        let writer = Writer::default().u8(RECORD_VERSION).string(self.key.entity_type()).string(self.key.entity_id());
        let writer = write_stamp(writer.u8(self.operation.code()), &self.stamp).raw(&self.digest);
        let writer = writer.u8(self.was_sent.into());
        let writer = match &self.state {
            EntryState::Wedged(reason) => writer.u8(1).string(reason),
            EntryState::Waiting | EntryState::Debounced(_) | EntryState::Resting(_) | EntryState::InFlight => writer.u8(0),
        };
        writer.u8(self.body_length.is_some().into()).raw(body).finish()
    }

    /// Reads a stored record; `None` if it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != RECORD_VERSION {
            return None;
        }
        let key = EntityKey::new(&reader.string()?, &reader.string()?);
        let operation = Operation::from_code(reader.u8()?)?;
        let stamp = read_stamp(&mut reader)?;
        let digest = reader.array()?;
        let was_sent = reader.u8()? != 0;
        let state = if reader.u8()? == 0 { EntryState::Waiting } else { EntryState::Wedged(reader.string()?) };
        let has_body = reader.u8()? != 0;
        let body = reader.rest().to_vec();
        Some(Self { key, operation, stamp, digest, body_length: has_body.then_some(body.len()), body: Some(body), was_sent, state })
    }

    /// The event to send; `None` while the body is only in the database.
    pub fn event(&self) -> Option<RemoteEvent> {
        let body = match self.body_length {
            Some(_) => Some(self.body.clone()?),
            None => None,
        };
        let (key, stamp) = (self.key.clone(), self.stamp.clone());
        Some(RemoteEvent { key, operation: self.operation, stamp, body, resolution: Resolution::default() })
    }

    fn kept_bytes(&self) -> usize {
        self.body.as_ref().map_or(0, Vec::len)
    }

    /// Whether it was refused for good.
    pub fn is_wedged(&self) -> bool {
        self.reason().is_some()
    }

    /// Why it was refused for good, if it was.
    pub fn reason(&self) -> Option<&str> {
        match &self.state {
            EntryState::Wedged(reason) => Some(reason),
            EntryState::Waiting | EntryState::Debounced(_) | EntryState::Resting(_) | EntryState::InFlight => None,
        }
    }
}

/// All entries, in the order of their numbers.
#[derive(Debug, Default)]
pub struct Outbox {
    entries: Entries,
    by_entity: ByEntity<Seqs>,
    in_flight: Vec<Seq>,
    in_flight_bytes: usize,
    kept_bytes: usize,
    wedged: usize,
    /// All entries up to this number are known, other tabs' included.
    pub known_through: u64,
}

/// Entries of one entity, oldest first.
#[derive(Debug, Default)]
struct Seqs(Vec<Seq>);

/// In the order of their numbers; most leave near the front.
#[derive(Debug, Default)]
struct Entries(VecDeque<(Seq, Box<Entry>)>);

impl Entries {
    fn place(&self, seq: Seq) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(&seq))
    }

    fn get(&self, seq: Seq) -> Option<&Entry> {
        self.0.get(self.place(seq).ok()?).map(|(_, entry)| &**entry)
    }

    fn get_mut(&mut self, seq: Seq) -> Option<&mut Entry> {
        let place = self.place(seq).ok()?;
        self.0.get_mut(place).map(|(_, entry)| &mut **entry)
    }

    fn insert(&mut self, seq: Seq, entry: Entry) {
        let place = self.place(seq).unwrap_or_else(|place| place);
        self.0.insert(place, (seq, Box::new(entry)));
    }

    fn remove(&mut self, seq: Seq) -> Option<Box<Entry>> {
        let place = self.place(seq).ok()?;
        self.0.remove(place).map(|(_, entry)| entry)
    }

    fn iter(&self) -> impl Iterator<Item = (Seq, &Entry)> {
        self.0.iter().map(|(seq, entry)| (*seq, &**entry))
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = (Seq, &mut Entry)> {
        self.0.iter_mut().map(|(seq, entry)| (*seq, &mut **entry))
    }
}

/// What can be sent next.
#[derive(Debug, PartialEq)]
pub enum NextWindow {
    /// These entries, the oldest first.
    Ready(Vec<Seq>),
    /// Bodies have to be read first, these first of all.
    NeedBodies(Vec<Seq>),
    /// Nothing: the window is full or nothing waits.
    Nothing,
}

impl Outbox {
    /// Adds an entry that is stored. Its body stays in memory while there is room.
    pub fn insert(&mut self, seq: Seq, mut entry: Entry) {
        // Entries come in order, unless another tab has stored some in between.
        if seq.0 == self.known_through + 1 {
            self.known_through = seq.0;
        }
        if self.kept_bytes + entry.kept_bytes() > KEPT_BYTES {
            entry.body = None;
        }
        self.kept_bytes += entry.kept_bytes();
        match self.by_entity.get_mut(&entry.key) {
            Some(seqs) => seqs.0.push(seq),
            None => self.by_entity.insert(entry.key.clone(), Seqs(vec![seq])),
        }
        self.wedged += usize::from(entry.is_wedged());
        self.entries.insert(seq, entry);
    }

    /// Removes an entry that is stored no more.
    pub fn remove(&mut self, seq: Seq) -> Option<Entry> {
        self.land(seq, EntryState::Waiting);
        let entry = self.entries.remove(seq)?;
        self.kept_bytes -= entry.kept_bytes();
        self.wedged -= usize::from(entry.is_wedged());
        if let Some(seqs) = self.by_entity.get_mut(&entry.key) {
            seqs.0.retain(|other| *other != seq);
            if seqs.0.is_empty() {
                self.by_entity.remove(&entry.key);
            }
        }
        Some(*entry)
    }

    /// Takes an entry off the wire, if it is there, into another state. Whether it was refused by that.
    pub fn land(&mut self, seq: Seq, state: EntryState) -> bool {
        let Some(entry) = self.entries.get_mut(seq) else { return false };
        if let Some(index) = self.in_flight.iter().position(|other| *other == seq) {
            self.in_flight.swap_remove(index);
            self.in_flight_bytes -= entry.body_length.unwrap_or(0);
        }
        if entry.is_wedged() {
            return false;
        }
        entry.state = state;
        let is_wedged = entry.is_wedged();
        self.wedged += usize::from(is_wedged);
        is_wedged
    }

    /// The connection is gone: what was in flight or rests waits again.
    pub fn ground_all(&mut self) {
        self.in_flight.clear();
        self.in_flight_bytes = 0;
        for (_, entry) in self.entries.iter_mut().filter(|(_, entry)| !entry.is_wedged()) {
            entry.state = EntryState::Waiting;
        }
    }

    /// What rests or is held back and is due waits again; when the next one is.
    pub fn wake_due(&mut self, now: u64) -> Option<u64> {
        let mut next: Option<u64> = None;
        for (_, entry) in self.entries.iter_mut() {
            match entry.state {
                EntryState::Resting(until) | EntryState::Debounced(until) if until <= now => entry.state = EntryState::Waiting,
                EntryState::Resting(until) | EntryState::Debounced(until) => {
                    next = Some(next.map_or(until, |earliest| earliest.min(until)))
                }
                EntryState::Waiting | EntryState::InFlight | EntryState::Wedged(_) => {}
            }
        }
        next
    }

    /// What is held back, up to a number, waits from now on; the last of it.
    pub fn release(&mut self, through: u64) -> Option<Seq> {
        let mut last = None;
        for (seq, entry) in self.entries.iter_mut().take_while(|(seq, _)| seq.0 <= through) {
            if let EntryState::Debounced(_) = entry.state {
                entry.state = EntryState::Waiting;
                last = Some(seq);
            }
        }
        last
    }

    /// Whether something is to be sent.
    pub fn has_waiting(&self) -> bool {
        self.entries.iter().any(|(_, entry)| entry.state == EntryState::Waiting)
    }

    /// What the window lets go next, of at most `limit` entries on the wire. The `last` go alone, when nothing else waits.
    pub fn next_window(&self, limit: usize, last: &[Seq]) -> NextWindow {
        let room = limit.min(WINDOW_ENTRIES).saturating_sub(self.in_flight.len());
        // A window costs a transaction, so a busy one is filled up in larger pieces.
        if room * LEAST_ROOM < limit {
            return NextWindow::Nothing;
        }
        let (mut window, mut missing, mut bytes) = (Vec::new(), Vec::new(), self.in_flight_bytes);
        let waiting = || self.entries.iter().filter(|(_, entry)| entry.state == EntryState::Waiting);
        let alone = || waiting().filter(|_| self.in_flight.is_empty()).take(1);
        let others = waiting().filter(|(seq, _)| !last.contains(seq)).take(room);
        let has_others = waiting().any(|(seq, _)| !last.contains(&seq));
        for (seq, entry) in others.chain(alone().filter(|_| !has_others)) {
            bytes += entry.body_length.unwrap_or(0);
            if bytes > WINDOW_BYTES && !(window.is_empty() && self.in_flight.is_empty()) {
                break;
            }
            window.push(seq);
            if entry.body_length.is_some() && entry.body.is_none() {
                missing.push(seq);
            }
        }
        match (window.is_empty(), missing.is_empty()) {
            (true, _) => NextWindow::Nothing,
            (false, true) => NextWindow::Ready(window),
            (false, false) => NextWindow::NeedBodies(missing),
        }
    }

    /// Puts an entry that waits on the wire: the event to send.
    pub fn send(&mut self, seq: Seq) -> Option<(RemoteEvent, [u8; 32])> {
        let entry = self.entries.get_mut(seq).filter(|entry| entry.state == EntryState::Waiting)?;
        let event = entry.event()?;
        entry.state = EntryState::InFlight;
        self.in_flight.push(seq);
        self.in_flight_bytes += entry.body_length.unwrap_or(0);
        Some((event, entry.digest))
    }

    /// Bodies that were read from the database.
    pub fn supply_body(&mut self, seq: Seq, record: &[u8]) {
        let Some(body) = Entry::from_bytes(record).and_then(|entry| entry.body) else { return };
        let length = body.len();
        if let Some(entry) = self.entries.get_mut(seq)
            && entry.body.is_none()
        {
            entry.body = Some(body);
            self.kept_bytes += length;
        }
    }

    /// An entry.
    pub fn get(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(seq)
    }

    /// The entry on the wire of an event.
    pub fn in_flight_of_event(&self, event_id: &str) -> Option<Seq> {
        self.on_the_wire().find(|(_, entry)| entry.stamp.event_id() == event_id).map(|(seq, _)| seq)
    }

    /// The entry of an event of an entity, a refused one as well.
    pub fn of_event(&self, key: &EntityKey, event_id: &str) -> Option<Seq> {
        self.all_of_entity(key).find(|(_, entry)| entry.stamp.event_id() == event_id).map(|(seq, _)| seq)
    }

    /// The entries of an entity that count, oldest first: those that were not refused.
    pub fn of_entity(&self, key: &EntityKey) -> impl DoubleEndedIterator<Item = (Seq, &Entry)> {
        self.all_of_entity(key).filter(|(_, entry)| !entry.is_wedged())
    }

    /// The numbers of an entity's entries, refused ones included.
    pub fn seqs_of(&self, key: &EntityKey) -> Vec<Seq> {
        self.by_entity.get(key).map(|seqs| seqs.0.clone()).unwrap_or_default()
    }

    /// The entry of an event, whatever its entity.
    pub fn find(&self, event_id: &str) -> Option<(Seq, &Entry)> {
        self.entries.iter().find(|(_, entry)| entry.stamp.event_id() == event_id)
    }

    /// The entries that were refused, oldest first.
    pub fn refused(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|(_, entry)| entry).filter(|entry| entry.is_wedged())
    }

    fn all_of_entity(&self, key: &EntityKey) -> impl DoubleEndedIterator<Item = (Seq, &Entry)> {
        let seqs = self.by_entity.get(key).map(|seqs| seqs.0.as_slice()).unwrap_or_default();
        seqs.iter().filter_map(|seq| Some((*seq, self.get(*seq)?)))
    }

    /// The newest entry of an entity that counts.
    pub fn newest_of(&self, key: &EntityKey) -> Option<(Seq, &Entry)> {
        self.of_entity(key).max_by(|(_, a), (_, b)| a.stamp.cmp(&b.stamp))
    }

    /// The entity of each entry.
    pub fn keys(&self) -> impl Iterator<Item = &EntityKey> {
        self.entries.iter().map(|(_, entry)| &entry.key)
    }

    /// How many entries there are, refused ones included.
    pub fn len(&self) -> usize {
        self.entries.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.0.is_empty()
    }

    /// The entries on the wire.
    pub fn on_the_wire(&self) -> impl Iterator<Item = (Seq, &Entry)> {
        self.in_flight.iter().filter_map(|seq| Some((*seq, self.get(*seq)?)))
    }

    /// How many are on the wire.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// How many were refused for good.
    pub fn wedged(&self) -> usize {
        self.wedged
    }

    /// The highest number; 0 where there is none.
    pub fn last(&self) -> u64 {
        self.entries.0.back().map_or(0, |(seq, _)| seq.0)
    }

    /// When the oldest that counts was made.
    pub fn oldest(&self) -> Option<u64> {
        self.entries.iter().find(|(_, entry)| !entry.is_wedged()).map(|(_, entry)| entry.stamp.timestamp())
    }
}
