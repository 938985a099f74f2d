//! One transaction out of several pieces of work; each sees what the ones before it did.

use super::bytes::mark_of;
use super::dialect::{Cursor, Resolution};
use super::event::{Operation, Stamp};
use super::holding::Until;
use super::ids::{EntityKey, Generation, Seq};
use super::notice::{Change, Origin, Outcome};
use super::outbox::{Entry, EntryState};
use super::payload::Payload;
use super::planted::{self, Fault};
use super::replica::{Base, Head};
use super::storage::{Guard, Store, Write, seq_key};
use super::work::{AfterCommit, Append, Asker, Batch, Condition, Known, Merge, Withdrawal, Work};
use super::{Engine, holding, meta, settled};

impl Engine {
    /// Makes a transaction of work.
    pub(super) fn compose(&self, work: &[Work]) -> Batch {
        let (attempted, batch) = (self.attempted, Batch::default());
        let mut composer = Composer { engine: self, attempted, heads: Vec::new(), gone: Vec::new(), overtaken_keys: Vec::new(), batch };
        for item in work {
            composer.add(item);
        }
        composer.finish()
    }
}

/// Most entities of which an event is kept until the same thing comes.
const MAX_KEPT: usize = 1_000;

struct Composer<'a> {
    engine: &'a Engine,
    /// The last number in the outbox that may have been sent.
    attempted: u64,
    /// At most a batch.
    heads: Vec<(EntityKey, Option<Head>)>,
    /// Entries that leave the outbox or are refused in this transaction.
    gone: Vec<Seq>,
    overtaken_keys: Vec<EntityKey>,
    batch: Batch,
}

impl<'a> Composer<'a> {
    fn add(&mut self, item: &Work) {
        if item.is_the_leaders() && !planted::has(Fault::NoEpochCheck) {
            self.require(Condition::Epoch);
        }
        match item {
            Work::Append(append) => self.append(append),
            Work::Merge(merge) => self.merge(merge),
            Work::Confirm { seq, known, outcome } => self.confirm(*seq, known, *outcome),
            Work::Wedge { seq, reason } => self.wedge(*seq, reason),
            Work::Advance(cursor) => self.advance(*cursor),
            Work::Keep(until, merge) => self.keep(*until, merge),
            Work::Raise { key, value } => {
                self.raise(key, *value);
                self.batch.after.push(AfterCommit::Raised);
            }
            Work::Sweep { old, vanished } => {
                old.iter().for_each(|key| self.sweep(key));
                vanished.iter().for_each(|key| self.vanish(key));
                self.batch.after.push(AfterCommit::Raised);
            }
            Work::Withdraw(withdrawal) => self.withdraw(withdrawal),
            Work::Begin { generation, seqs } => self.begin(*generation, seqs),
            Work::Rise => self.rise(),
        }
    }

    fn append(&mut self, append: &Append) {
        let (entry, key) = (&append.entry, &append.entry.key);
        let replaced = append.replaces.and_then(|seq| Some((seq, self.entry(seq)?)));
        if append.replaces.is_some() && replaced.is_none() {
            return self.batch.after.push(AfterCommit::Overtaken(append.asker)); // It has ended meanwhile.
        }
        if self.overtaken_keys.contains(key) || !self.is_newest(append) {
            self.overtaken_keys.push(key.clone());
            self.batch.overtaken.push(append.clone());
            return;
        }
        if let Some((seq, replaced)) = replaced {
            if append.asker == Asker::Clock {
                self.supersede_below(seq, replaced);
            }
            self.write(Write::Delete { store: Store::Outbox, key: seq_key(seq.0) });
            self.forget_pending(seq, replaced);
        }
        let head = self.head(key);
        let pending = head.pending.clone().max(Some(entry.stamp.clone()));
        self.set_head(key, Some(Head { pending, ..head }));
        self.write(Write::Append { value: entry.to_bytes(entry.body.as_deref().unwrap_or_default()) });
        let timestamp = entry.stamp.timestamp();
        match append.asker {
            Asker::Push(_) | Asker::Decision(_) if planted::has(Fault::ClockNotStored) => {}
            Asker::Push(_) | Asker::Decision(_) | Asker::Server => self.raise(meta::CLOCK, timestamp),
            Asker::Ring => {}
            // It was too far ahead, and so was the clock.
            Asker::Clock => {
                let value = timestamp.to_be_bytes().to_vec();
                self.write(Write::Put { store: Store::Meta, key: meta::CLOCK.to_owned(), value });
            }
        }
        self.batch.after.push(AfterCommit::Appended(Box::new(append.clone())));
    }

    /// What an entry was above it stays above when it is brought back: those that were never attempted end with it.
    fn supersede_below(&mut self, seq: Seq, entry: &Entry) {
        for (other, older) in self.engine.outbox.of_entity(&entry.key) {
            if older.stamp < entry.stamp && !self.was_attempted(other, older) && !self.gone.contains(&other) && other != seq {
                self.settle(other, older, Outcome::Superseded);
                self.batch.after.push(AfterCommit::Coalesced(other));
            }
        }
    }

    fn was_attempted(&self, seq: Seq, entry: &Entry) -> bool {
        seq.0 <= self.attempted || entry.was_sent
    }

    /// Whether a change is above all that is known of its entity; one that is brought back from the future, above what may have been sent.
    fn is_newest(&self, append: &Append) -> bool {
        let (stamp, head) = (&append.entry.stamp, self.head(&append.entry.key));
        match append.asker {
            Asker::Push(_) if planted::has(Fault::StampWithoutEntity) => true,
            Asker::Push(_) | Asker::Decision(_) | Asker::Server => head.newest_timestamp() < stamp.timestamp(),
            Asker::Clock => head.base_stamp() < Some(stamp),
            Asker::Ring => true,
        }
    }

    fn merge(&mut self, merge: &Merge) {
        let Merge { event, data, page } = merge.clone();
        for until in [Until::Valid, Until::Key] {
            if self.kept(until, &event.key).is_some_and(|kept| *kept <= event.stamp) {
                self.write(Write::Delete { store: Store::Held, key: until.storage_key(&event.key) });
                self.batch.after.push(AfterCommit::Released(until, event.key.clone()));
            }
        }
        if self.head(&event.key).base_stamp() >= Some(&event.stamp) && !planted::has(Fault::LastComerWins) {
            self.batch.after.push(AfterCommit::Stale { page });
            return;
        }
        let base = Base { stamp: event.stamp.clone(), operation: event.operation, resolution: event.resolution, mark: 0 };
        self.set_base(&event.key, base, event.body.as_deref());
        let change = Box::new(Change { key: event.key, operation: event.operation, data, stamp: event.stamp, origin: Origin::Remote });
        self.batch.after.push(AfterCommit::Merged { change, page });
    }

    /// Of an entity's events that have to wait for the same thing, the newest is kept.
    fn keep(&mut self, until: Until, merge: &Merge) {
        let Merge { event, page, .. } = merge;
        let (key, page, known) = (event.key.clone(), *page, self.kept(until, &event.key));
        if known >= Some(&event.stamp) {
            return self.batch.after.push(AfterCommit::Stale { page });
        }
        let has_room = known.is_some() || self.engine.kept(until).len() + self.batch.after.len() < MAX_KEPT;
        if has_room {
            self.write(Write::Put { store: Store::Held, key: until.storage_key(&key), value: holding::to_bytes(event) });
        }
        self.batch.after.push(AfterCommit::Kept { until, key, stamp: has_room.then(|| event.stamp.clone()), page });
    }

    /// The stamp of the event of an entity that is kept, be it in this transaction.
    #[inline(never)]
    fn kept(&self, until: Until, of: &EntityKey) -> Option<&Stamp> {
        let mut known = self.engine.kept(until).get(of);
        for after in &self.batch.after {
            if let AfterCommit::Kept { until: kind, key, stamp: Some(stamp), .. } = after
                && (*kind, key) == (until, of)
            {
                known = Some(stamp);
            }
        }
        known
    }

    fn sweep(&mut self, key: &EntityKey) {
        let head = self.head(key);
        if head.pending.is_none() && head.base.is_some_and(|base| base.operation == Operation::Delete) {
            self.set_head(key, None);
        }
    }

    /// The server has an entity no more.
    fn vanish(&mut self, key: &EntityKey) {
        let head = self.head(key);
        if let (None, Some(base)) = (head.pending, head.base) {
            let change = Change {
                key: key.clone(),
                operation: Operation::Delete,
                data: Payload::default(),
                stamp: base.stamp.clone(),
                origin: Origin::Remote,
            };
            self.set_base(key, Base { operation: Operation::Delete, ..base }, None);
            self.batch.after.push(AfterCommit::Merged { change: Box::new(change), page: None });
        }
    }

    fn confirm(&mut self, seq: Seq, known: &Known, outcome: Outcome) {
        let Some(entry) = self.entry(seq) else { return };
        if let Known::AsSent(body) = known
            && self.head(&entry.key).base_stamp() < Some(&entry.stamp)
            && !planted::has(Fault::ConfirmWithoutBase)
        {
            let body = entry.body.as_deref().filter(|_| entry.body_length.is_some()).or(body.as_deref());
            if body.is_none() && entry.body_length.is_some() {
                return; // It was not sent in this session, so it will be, and confirmed then.
            }
            let base = Base { stamp: entry.stamp.clone(), operation: entry.operation, resolution: Resolution::default(), mark: 0 };
            self.set_base(&entry.key, base, body);
        }
        self.settle(seq, entry, outcome);
        self.batch.after.push(AfterCommit::Confirmed { seq, outcome });
    }

    fn wedge(&mut self, seq: Seq, reason: &str) {
        let Some(entry) = self.entry(seq) else { return };
        if entry.body.is_none() && entry.body_length.is_some() {
            return; // As in `confirm`.
        }
        if planted::has(Fault::RefusedIsRemoved) {
            self.write(Write::Delete { store: Store::Outbox, key: seq_key(seq.0) });
            self.forget_pending(seq, entry);
            return self.batch.after.push(AfterCommit::Coalesced(seq));
        }
        let refused = Entry { state: EntryState::Wedged(reason.to_owned()), ..entry.clone() };
        let value = refused.to_bytes(entry.body.as_deref().unwrap_or_default());
        self.write(Write::Put { store: Store::Outbox, key: seq_key(seq.0), value });
        self.forget_pending(seq, entry);
        self.batch.after.push(AfterCommit::Wedged { seq, reason: reason.to_owned() });
    }

    fn advance(&mut self, cursor: Cursor) {
        self.write(Write::Put { store: Store::Meta, key: meta::CURSOR.to_owned(), value: meta::cursor_to_bytes(cursor) });
        self.batch.after.push(AfterCommit::Advanced(cursor));
    }

    fn withdraw(&mut self, withdrawal: &Withdrawal) {
        let Withdrawal { read, event_id, outcome } = withdrawal;
        let is_to_be_refused = *outcome == Outcome::Discarded;
        let found = self.engine.outbox.find(event_id).filter(|(seq, entry)| {
            let is_such = if is_to_be_refused { entry.is_wedged() } else { !self.was_attempted(*seq, entry) && !entry.is_wedged() };
            is_such && !self.gone.contains(seq)
        });
        let entry = found.map(|(seq, entry)| {
            if !is_to_be_refused {
                self.require(Condition::Attempted);
            }
            self.settle(seq, entry, *outcome);
            (seq, *outcome)
        });
        self.batch.after.push(AfterCommit::Withdrawn { read: *read, entry });
    }

    /// Of an entity's never-attempted entries only the newest is sent.
    fn begin(&mut self, generation: Generation, seqs: &[Seq]) {
        let mut begun = Vec::new();
        for seq in seqs {
            let Some(entry) = self.entry(*seq) else { continue };
            let is_replaced = |(other, newer): (Seq, &Entry)| !self.gone.contains(&other) && newer.stamp > entry.stamp;
            let was_attempted = self.was_attempted(*seq, entry) && !planted::has(Fault::CoalesceAfterSend);
            if !was_attempted && self.engine.outbox.of_entity(&entry.key).any(is_replaced) {
                self.settle(*seq, entry, Outcome::Superseded);
                self.batch.after.push(AfterCommit::Coalesced(*seq));
            } else {
                self.batch.watched.push(entry.key.clone()); // Another tab may have taken it back.
                begun.push(*seq);
            }
        }
        if let Some(last) = begun.iter().max().filter(|_| !planted::has(Fault::AttemptedNotStored)) {
            self.raise(meta::ATTEMPTED, last.0);
        }
        let attempted = begun.iter().map(|seq| seq.0).max().unwrap_or(0);
        self.attempted = self.attempted.max(attempted);
        self.batch.after.push(AfterCommit::Begun { generation, seqs: begun });
    }

    fn rise(&mut self) {
        let epoch = self.engine.epoch + 1;
        self.write(Write::Put { store: Store::Meta, key: meta::EPOCH.to_owned(), value: epoch.to_be_bytes().to_vec() });
        self.batch.after.push(AfterCommit::Risen(epoch));
    }

    fn entry(&self, seq: Seq) -> Option<&'a Entry> {
        self.engine.outbox.get(seq).filter(|_| !self.gone.contains(&seq))
    }

    fn head(&self, key: &EntityKey) -> Head {
        let changed = self.heads.iter().find(|(known, _)| known == key);
        changed.map_or_else(|| self.engine.replica.head(key), |(_, head)| head.clone().unwrap_or_default())
    }

    /// `None`: it is forgotten.
    fn set_head(&mut self, key: &EntityKey, head: Option<Head>) {
        match self.heads.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = head,
            None => self.heads.push((key.clone(), head)),
        }
    }

    fn set_base(&mut self, key: &EntityKey, base: Base, body: Option<&[u8]>) {
        let (store, storage_key) = (Store::Bodies, key.storage_key().to_owned());
        self.write(match body.filter(|_| base.operation != Operation::Delete) {
            Some(body) => Write::Put { store, key: storage_key, value: body.to_vec() },
            None => Write::Delete { store, key: storage_key },
        });
        let base = Base { mark: mark_of(body), ..base };
        let head = Head { base: Some(base), ..self.head(key) };
        self.set_head(key, Some(head));
    }

    /// Takes an entry out of the outbox, and keeps for a while how it ended.
    fn settle(&mut self, seq: Seq, entry: &Entry, outcome: Outcome) {
        self.write(Write::Delete { store: Store::Outbox, key: seq_key(seq.0) });
        self.write(Write::Delete { store: Store::Settled, key: seq_key(seq.0.saturating_sub(settled::KEPT)) });
        let value = settled::to_bytes(entry.stamp.event_id(), outcome);
        self.write(Write::Put { store: Store::Settled, key: seq_key(seq.0), value });
        self.forget_pending(seq, entry);
    }

    /// The head's `pending` is lowered to the newest entry that is left, unless another tab's entry is newer than all of ours. The head is
    /// written in any case: by its number the other tabs learn that the entry has moved.
    fn forget_pending(&mut self, seq: Seq, entry: &Entry) {
        self.gone.push(seq);
        let of_entity: Vec<_> = self.engine.outbox.of_entity(&entry.key).map(|(seq, entry)| (seq, entry.stamp.clone())).collect();
        let ours = |stamp: &Stamp| of_entity.iter().any(|(_, known)| known == stamp);
        let left = of_entity.iter().filter(|(seq, _)| !self.gone.contains(seq)).map(|(_, stamp)| stamp).max().cloned();
        let mut head = self.head(&entry.key);
        if head.pending.as_ref().is_some_and(ours) && !planted::has(Fault::PendingNotLowered) {
            head.pending = left;
        }
        self.set_head(&entry.key, Some(head));
    }

    fn raise(&mut self, key: &str, value: u64) {
        self.write(Write::Raise { key: key.to_owned(), value });
    }

    #[inline(never)]
    fn write(&mut self, write: Write) {
        self.batch.transaction.writes.push(write);
    }

    fn require(&mut self, condition: Condition) {
        if !self.batch.conditions.contains(&condition) {
            self.batch.conditions.push(condition);
        }
    }

    fn finish(mut self) -> Batch {
        for (key, head) in std::mem::take(&mut self.heads) {
            let (stored, storage_key) = (self.engine.replica.stored(&key), key.storage_key().to_owned());
            let expected = stored.map(Head::to_bytes);
            self.batch.transaction.guards.push(Guard { store: Store::Heads, key: storage_key.clone(), expected });
            match &head {
                Some(head) => self.write(Write::Revise { key: storage_key, value: head.to_bytes() }),
                None => {
                    self.write(Write::Delete { store: Store::Heads, key: storage_key });
                    self.write(Write::Delete { store: Store::Changes, key: seq_key(stored.map_or(0, |head| head.revision)) });
                }
            }
            self.batch.heads.push((key, head));
        }
        self.batch.watched.retain(|key| self.batch.heads.iter().all(|(written, _)| written != key));
        for key in &self.batch.watched {
            let expected = self.engine.replica.stored(key).map(Head::to_bytes);
            self.batch.transaction.guards.push(Guard { store: Store::Heads, key: key.storage_key().to_owned(), expected });
        }
        for condition in &self.batch.conditions {
            let (key, value) = match condition {
                Condition::Epoch => (meta::EPOCH, self.engine.epoch),
                Condition::Attempted => (meta::ATTEMPTED, self.engine.attempted),
            };
            let expected = (value > 0).then(|| value.to_be_bytes().to_vec());
            self.batch.transaction.guards.push(Guard { store: Store::Meta, key: key.to_owned(), expected });
        }
        self.batch
    }
}
