//! The durable queue of changes that the server has not confirmed, as the engine holds it in memory.

use super::aliases::Aliases;
use super::by_id::{ById, Ids};
use super::dialect::Operation;
use super::io::Verb;
use super::planted::{self, Fault};
use crate::engine::by_entity::ByEntity;
use crate::engine::bytes::{Reader, Writer};
use crate::engine::error::ErrorCode;
use crate::engine::ids::Seq;
use crate::engine::payload::Payload;

/// First byte of a stored entry; those of `settled` begin with 0.
const RECORD_VERSION: u8 = 1;

/// A change that waits for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<O> {
    /// The change's id.
    pub event_id: String,
    /// The row, by the id that the app knew when it made the change; of a reorder the first.
    pub id: String,
    /// What it does.
    pub verb: Verb,
    /// The same, read.
    pub op: O,
    /// As the app gave it.
    pub data: Payload,
    /// When it was made, on the wall clock.
    pub made_at: u64,
    /// Where it stands.
    pub state: EntryState,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// To be sent; the server has not seen it.
    Waiting,
    /// It may have been sent, and so has to be looked for before it is sent again.
    Attempted {
        /// The rows that a create cannot have made: those like it that were there before.
        known: Vec<String>,
    },
    /// The server has it, and others are yet to be told.
    Untold,
    /// Refused for good.
    Wedged(Reason),
}

/// Why a change was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The server's words.
    pub words: String,
    /// The id of the refused change that this one depends on.
    pub blocked_by: Option<String>,
}

impl Reason {
    /// Its code in the API.
    pub fn code(&self) -> ErrorCode {
        if self.blocked_by.is_some() { ErrorCode::BlockedBy } else { ErrorCode::Refused }
    }
}

impl<O: Operation> Entry<O> {
    /// The stored record.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::default().u8(RECORD_VERSION).u8(self.verb.code()).string(&self.event_id).string(&self.id).u64(self.made_at);
        let writer = match &self.state {
            EntryState::Waiting => writer.u8(0),
            EntryState::Attempted { known } => known.iter().fold(writer.u8(1).u64(known.len() as u64), |writer, id| writer.string(id)),
            EntryState::Untold => writer.u8(4),
            EntryState::Wedged(Reason { words, blocked_by: None }) => writer.u8(2).string(words),
            EntryState::Wedged(Reason { words, blocked_by: Some(event_id) }) => writer.u8(3).string(words).string(event_id),
        };
        writer.raw(self.data.as_bytes()).finish()
    }

    /// Reads a stored record; `None` if it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != RECORD_VERSION {
            return None;
        }
        let code = reader.u8()?;
        let verb = Verb::find(|verb| verb.code() == code)?;
        let (event_id, id, made_at) = (reader.string()?, reader.string()?, reader.u64()?);
        let state = match reader.u8()? {
            0 => EntryState::Waiting,
            1 => {
                let count = reader.u64()?;
                let mut known = Vec::new();
                for _ in 0..count {
                    known.push(reader.string()?);
                }
                EntryState::Attempted { known }
            }
            2 => EntryState::Wedged(Reason { words: reader.string()?, blocked_by: None }),
            3 => EntryState::Wedged(Reason { words: reader.string()?, blocked_by: Some(reader.string()?) }),
            4 => EntryState::Untold,
            _ => return None,
        };
        let data = Payload(std::str::from_utf8(reader.rest()).ok()?.to_owned());
        Some(Self { op: O::read(verb, &id, &data)?, event_id, id, verb, data, made_at, state })
    }

    /// Whether the server has not seen it.
    pub fn can_be_taken_back(&self) -> bool {
        self.state == EntryState::Waiting || planted::has(Fault::SentIsTakenBack)
    }

    /// Why it was refused for good, if it was.
    pub fn reason(&self) -> Option<&Reason> {
        match &self.state {
            EntryState::Wedged(reason) => Some(reason),
            EntryState::Waiting | EntryState::Attempted { .. } | EntryState::Untold => None,
        }
    }

    /// All rows that it is about.
    pub fn touches(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.op.others())
    }
}

/// Adds a number at its place.
fn add(seqs: &mut Vec<Seq>, seq: Seq) {
    if let Err(place) = seqs.binary_search(&seq) {
        seqs.insert(place, seq);
    }
}

/// All entries, in the order of their numbers.
#[derive(Debug)]
pub struct Outbox<O> {
    entries: ByEntity<Entry<O>, Seq>,
    /// By the id of each row that it is about, as the entry has it.
    by_id: ById<Vec<Seq>>,
    /// Those that may have been sent; few.
    attempted: Vec<Seq>,
    /// How many were refused.
    wedged: usize,
    /// All entries up to this number are known, other tabs' included.
    pub known_through: u64,
}

impl<O> Default for Outbox<O> {
    fn default() -> Self {
        Self { entries: ByEntity::default(), by_id: ById::default(), attempted: Vec::new(), wedged: 0, known_through: 0 }
    }
}

impl<O: Operation> Outbox<O> {
    /// Adds an entry that is stored, or takes over what has become of it.
    pub fn set(&mut self, seq: Seq, entry: Entry<O>) {
        // Entries come in order, unless another tab has stored some in between.
        if seq.0 == self.known_through + 1 {
            self.known_through = seq.0;
        }
        self.remove(seq);
        for id in entry.touches() {
            match self.by_id.get_mut(id) {
                Some(seqs) => add(seqs, seq),
                None => self.by_id.insert(id.to_owned(), vec![seq]),
            }
        }
        match entry.state {
            EntryState::Waiting | EntryState::Untold => {}
            EntryState::Attempted { .. } => add(&mut self.attempted, seq),
            EntryState::Wedged(_) => self.wedged += 1,
        }
        self.entries.insert(seq, entry);
    }

    /// Removes an entry that is stored no more.
    pub fn remove(&mut self, seq: Seq) -> Option<Entry<O>> {
        let entry = self.entries.get(&seq)?.clone();
        self.entries.remove(&seq);
        self.attempted.retain(|other| *other != seq);
        self.wedged -= usize::from(entry.reason().is_some());
        for id in entry.touches() {
            if let Some(seqs) = self.by_id.get_mut(id) {
                seqs.retain(|other| *other != seq);
                if seqs.is_empty() {
                    self.by_id.remove(id);
                }
            }
        }
        Some(entry)
    }

    /// An entry.
    pub fn get(&self, seq: Seq) -> Option<&Entry<O>> {
        self.entries.get(&seq)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Seq, &Entry<O>)> {
        self.entries.iter().map(|(seq, entry)| (*seq, entry))
    }

    /// Those that count: that were not refused.
    pub fn live(&self) -> impl Iterator<Item = (Seq, &Entry<O>)> {
        self.iter().filter(|(_, entry)| entry.reason().is_none())
    }

    /// Those that may have been sent.
    pub fn attempted(&self) -> impl Iterator<Item = &Entry<O>> {
        self.attempted.iter().filter_map(|seq| self.entries.get(seq))
    }

    /// How many were refused.
    pub fn wedged(&self) -> usize {
        self.wedged
    }

    /// When the oldest was made.
    pub fn oldest(&self) -> Option<u64> {
        self.entries.iter().next().map(|(_, entry)| entry.made_at)
    }

    /// The entries that count of a row, by whichever of its ids, oldest first.
    pub fn of_row(&self, id: &str, aliases: &Aliases) -> Vec<(Seq, &Entry<O>)> {
        let former = aliases.former(id).and_then(|former| self.by_id.get(former));
        let mut seqs = self.by_id.get(id).cloned().unwrap_or_default();
        former.into_iter().flatten().for_each(|seq| add(&mut seqs, *seq));
        let entry = |seq| Some((seq, self.entries.get(&seq).filter(|entry| entry.reason().is_none())?));
        seqs.into_iter().filter_map(entry).collect()
    }

    /// The numbers of all entries of a row, refused ones included, by this id alone.
    pub fn seqs_of(&self, id: &str) -> Vec<Seq> {
        self.by_id.get(id).into_iter().flatten().copied().collect()
    }

    /// The entry of a change.
    pub fn find(&self, event_id: &str) -> Option<(Seq, &Entry<O>)> {
        self.iter().find(|(_, entry)| entry.event_id == event_id)
    }

    /// A change and all later ones that cannot be without it: of a create, whatever is about its row, and what is about the rows below.
    pub fn with_dependants(&self, seq: Seq) -> Vec<Seq> {
        let Some(first) = self.entries.get(&seq) else { return Vec::new() };
        let (mut made, mut found) = (Ids::default(), vec![seq]);
        if first.verb == Verb::Create {
            made.insert(&first.id);
        }
        for (later, entry) in self.entries.from(&Seq(seq.0 + 1)) {
            if entry.touches().any(|id| made.contains(id)) {
                found.push(*later);
                if entry.verb == Verb::Create {
                    made.insert(&entry.id);
                }
            }
        }
        found
    }

    /// Why an entry cannot be sent: a create on which it depends was refused.
    pub fn blocked_by(&self, entry: &Entry<O>) -> Option<Reason> {
        if self.wedged == 0 {
            return None;
        }
        let refused = self.iter().filter(|(_, other)| other.verb == Verb::Create && other.event_id != entry.event_id);
        let mut reasons = refused.filter_map(|(_, other)| Some((other, other.reason()?)));
        let (create, reason) = reasons.find(|(create, _)| entry.touches().any(|id| id == create.id))?;
        Some(Reason { words: reason.words.clone(), blocked_by: Some(reason.blocked_by.clone().unwrap_or(create.event_id.clone())) })
    }

    /// How many there are, refused ones included.
    pub fn count(&self) -> usize {
        self.entries.len()
    }
}
