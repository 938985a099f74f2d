//! The durable queue of changes that the server has not confirmed, as the engine holds it in memory.

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
const WINDOW_ENTRIES: usize = 64;
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
    /// Where it stands.
    pub state: EntryState,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// To be sent.
    Waiting,
    /// To be sent again, not before this time on the monotonic clock; `None`: not on this connection.
    Resting(Option<u64>),
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
        let writer = match &self.state {
            EntryState::Wedged(reason) => writer.u8(1).string(reason),
            EntryState::Waiting | EntryState::Resting(_) | EntryState::InFlight => writer.u8(0),
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
        let state = if reader.u8()? == 0 { EntryState::Waiting } else { EntryState::Wedged(reader.string()?) };
        let has_body = reader.u8()? != 0;
        let body = reader.rest().to_vec();
        Some(Self { key, operation, stamp, digest, body_length: has_body.then_some(body.len()), body: Some(body), state })
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

    fn is_wedged(&self) -> bool {
        matches!(self.state, EntryState::Wedged(_))
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

/// What the window lets go next.
#[derive(Debug, PartialEq)]
pub enum NextToSend {
    /// This entry; it is in flight now.
    Send(Box<RemoteEvent>, [u8; 32]),
    /// Bodies have to be read first, these first of all.
    NeedBodies(Vec<Seq>),
    /// Nothing: the window is full or nothing waits.
    Nothing,
}

impl Outbox {
    /// Adds an entry that is stored. Its body stays in memory while there is room.
    pub fn insert(&mut self, seq: Seq, mut entry: Entry) {
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

    /// Takes an entry off the wire, if it is there, into another state.
    pub fn land(&mut self, seq: Seq, state: EntryState) {
        let Some(entry) = self.entries.get_mut(seq) else { return };
        if let Some(index) = self.in_flight.iter().position(|other| *other == seq) {
            self.in_flight.swap_remove(index);
            self.in_flight_bytes -= entry.body_length.unwrap_or(0);
        }
        if !entry.is_wedged() {
            self.wedged += usize::from(matches!(state, EntryState::Wedged(_)));
            entry.state = state;
        }
    }

    /// The connection is gone: what was in flight or rests waits again.
    pub fn ground_all(&mut self) {
        self.in_flight.clear();
        self.in_flight_bytes = 0;
        for (_, entry) in self.entries.iter_mut().filter(|(_, entry)| !entry.is_wedged()) {
            entry.state = EntryState::Waiting;
        }
    }

    /// What rests and is due waits again; when the next one is.
    pub fn wake_resting(&mut self, now: u64) -> Option<u64> {
        let mut next = None;
        for (_, entry) in self.entries.iter_mut() {
            match entry.state {
                EntryState::Resting(Some(until)) if until <= now => entry.state = EntryState::Waiting,
                EntryState::Resting(Some(until)) => next = Some(next.map_or(until, |earliest: u64| earliest.min(until))),
                EntryState::Resting(None) | EntryState::Waiting | EntryState::InFlight | EntryState::Wedged(_) => {}
            }
        }
        next
    }

    /// Takes the next entry that the window allows.
    pub fn next_to_send(&mut self) -> NextToSend {
        // In front of the first that waits are those in flight or resting, at most a window, and the refused.
        let first = self.entries.iter_mut().find(|(_, entry)| entry.state == EntryState::Waiting);
        let Some((seq, entry)) = first else { return NextToSend::Nothing };
        let bytes = entry.body_length.unwrap_or(0);
        let is_full = self.in_flight.len() >= WINDOW_ENTRIES || self.in_flight_bytes + bytes > WINDOW_BYTES;
        if is_full && !self.in_flight.is_empty() {
            return NextToSend::Nothing;
        }
        let Some(event) = entry.event() else { return NextToSend::NeedBodies(self.missing_bodies()) };
        entry.state = EntryState::InFlight;
        let digest = entry.digest;
        self.in_flight.push(seq);
        self.in_flight_bytes += bytes;
        NextToSend::Send(Box::new(event), digest)
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

    fn missing_bodies(&self) -> Vec<Seq> {
        let mut bytes = 0;
        let waiting = self.entries.iter().filter(|(_, entry)| entry.state == EntryState::Waiting);
        waiting
            .take(WINDOW_ENTRIES)
            .take_while(|(_, entry)| {
                let is_first = bytes == 0;
                bytes += entry.body_length.unwrap_or(0);
                is_first || bytes <= WINDOW_BYTES
            })
            .filter(|(_, entry)| entry.body.is_none())
            .map(|(seq, _)| seq)
            .collect()
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

    /// When the oldest that counts was made.
    pub fn oldest(&self) -> Option<u64> {
        self.entries.iter().find(|(_, entry)| !entry.is_wedged()).map(|(_, entry)| entry.stamp.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(event_id: &str, length: usize) -> Entry {
        Entry {
            key: EntityKey::new("bookmark", "b"),
            operation: Operation::Create,
            stamp: Stamp::new(1, "d", event_id),
            digest: [7; 32],
            body_length: Some(length),
            body: Some(vec![1; length]),
            state: EntryState::Waiting,
        }
    }

    fn filled(lengths: &[usize]) -> Outbox {
        let mut outbox = Outbox::default();
        for (seq, length) in (1..).zip(lengths) {
            outbox.insert(Seq(seq), entry(&format!("e{seq}"), *length));
        }
        outbox
    }

    fn send_all(outbox: &mut Outbox) -> usize {
        (0..1_000).take_while(|_| matches!(outbox.next_to_send(), NextToSend::Send(..))).count()
    }

    #[test]
    fn records_come_back_and_damaged_ones_are_noticed() {
        let mut entry = entry("e", 3);
        for state in [EntryState::Waiting, EntryState::Wedged("why".into())] {
            entry.state = state;
            let bytes = entry.to_bytes(&[1, 1, 1]);
            assert_eq!(Entry::from_bytes(&bytes), Some(entry.clone()));
            assert!((0..bytes.len() - 3).all(|length| Entry::from_bytes(&bytes[..length]).is_none()));
        }
    }

    #[test]
    fn the_window_bounds_entries_and_bytes_and_lets_one_large_entry_through() {
        assert_eq!(send_all(&mut filled(&[1; 100])), 64);
        assert_eq!(send_all(&mut filled(&[600_000; 3])), 1);
        assert_eq!(send_all(&mut filled(&[2_000_000, 1])), 1);
    }

    #[test]
    fn a_lost_connection_grounds_what_was_in_flight_in_the_same_order() {
        let mut outbox = filled(&[1; 3]);
        send_all(&mut outbox);
        outbox.land(Seq(2), EntryState::Resting(None));
        outbox.ground_all();
        assert_eq!(outbox.in_flight(), 0);
        let NextToSend::Send(first, _) = outbox.next_to_send() else { panic!() };
        assert_eq!(first.stamp.event_id(), "e1");
        assert_eq!(send_all(&mut outbox), 2);
    }

    #[test]
    fn a_refused_entry_is_not_sent_again_and_does_not_count() {
        let mut outbox = filled(&[1; 2]);
        send_all(&mut outbox);
        outbox.land(Seq(2), EntryState::Wedged("no".into()));
        outbox.ground_all();
        assert_eq!((send_all(&mut outbox), outbox.wedged(), outbox.len()), (1, 1, 2));
        assert_eq!(outbox.newest_of(&entry("", 0).key).map(|(seq, _)| seq), Some(Seq(1)));
        outbox.remove(Seq(2));
        assert_eq!((outbox.wedged(), outbox.len()), (0, 1));
    }

    #[test]
    fn bodies_beyond_the_bound_are_read_when_their_turn_comes() {
        let mut outbox = filled(&[1_000_000; 6]);
        let mut sent = 0;
        for _ in 0..100 {
            match outbox.next_to_send() {
                NextToSend::Send(..) => sent += 1,
                NextToSend::Nothing if sent < 6 => {
                    let seq = outbox.in_flight.first().copied().unwrap();
                    outbox.remove(seq);
                }
                NextToSend::Nothing => break,
                NextToSend::NeedBodies(seqs) => {
                    assert_eq!(seqs.len(), 1);
                    let record = entry("", 1_000_000).to_bytes(&vec![1; 1_000_000]);
                    seqs.into_iter().for_each(|seq| outbox.supply_body(seq, &record));
                }
            }
        }
        assert_eq!(sent, 6);
    }

    #[test]
    fn what_rests_is_woken_at_its_time() {
        let mut outbox = filled(&[1; 2]);
        send_all(&mut outbox);
        outbox.land(Seq(1), EntryState::Resting(Some(50)));
        outbox.land(Seq(2), EntryState::Resting(Some(90)));
        assert_eq!((outbox.wake_resting(49), outbox.wake_resting(50), outbox.wake_resting(90)), (Some(50), Some(90), None));
        assert_eq!(send_all(&mut outbox), 2);
    }
}
