//! From `pushChange` to the work queue: check, stamp, compare, seal. The order of commands is kept.

use super::dialect::{MAX_FRAME, RemoteEvent, Resolution, bitmarks};
use super::error::ErrorCode;
use super::event::{Operation, Stamp};
use super::ids::{EntityKey, Seq, TaskId, is_long_id, is_short_id};
use super::io::{CryptoFailure, Effect, Now, Push, Sealed};
use super::loading::Loading;
use super::notice::Outcome;
use super::outbox::{Entry, EntryState};
use super::payload::Payload;
use super::planted::{self, Fault};
use super::seal::{Format, Header, read_plaintext, write_plaintext};
use super::storage::{Read, Row, StorageFailure, Store};
use super::work::{Append, Asker, Work};
use super::{Engine, Task};
use std::collections::VecDeque;

/// Largest content that is compressed, in bytes.
const MAX_COMPRESSED: usize = 8_388_608;
/// Bodies being sealed at once.
const MAX_SEALING: usize = 64;

/// SHA-256 of nothing: the `data_hash` of a plain delete.
const EMPTY_DIGEST: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
    0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// Changes that are not in the work queue yet.
#[derive(Debug, Default)]
pub(super) struct Pushes {
    /// Not stamped yet.
    waiting: VecDeque<Push>,
    /// Stamped; compared with the base, sealed, or being sealed. They leave from the front.
    sealing: VecDeque<Sealing>,
}

/// A change on its way into the outbox.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) asker: Asker,
    pub(super) key: EntityKey,
    pub(super) operation: Operation,
    pub(super) data: Payload,
    pub(super) event_id: String,
    /// The entry whose place it takes.
    pub(super) replaces: Option<Seq>,
}

#[derive(Debug)]
struct Sealing {
    change: Outgoing,
    stamp: Stamp,
    state: SealState,
}

#[derive(Debug)]
enum SealState {
    /// The base, of this stamp, is read and opened, because the change may be none.
    Comparing {
        task: TaskId,
        base: Stamp,
    },
    Underway(TaskId),
    Done(Result<Sealed, CryptoFailure>),
}

impl Pushes {
    /// Whether a change is about to take the place of an entry.
    pub(super) fn replaces(&self, seq: Seq) -> bool {
        self.sealing.iter().any(|sealing| sealing.change.replaces == Some(seq))
    }
}

impl Engine {
    pub(super) fn push(&mut self, now: Now, push: Push) {
        let refusal = match self.loading {
            Loading::Failed => Some(ErrorCode::StorageFailed),
            Loading::Underway | Loading::Done => self.refusal(now, &push),
        };
        if let Some(code) = refusal {
            self.perform(Effect::Stored { push: push.push, result: Err(code) });
            return;
        }
        self.pushes.waiting.push_back(push);
        self.begin_waiting_pushes(now);
    }

    fn refusal(&self, now: Now, push: &Push) -> Option<ErrorCode> {
        let is_valid = bitmarks::is_entity_type(push.key.entity_type())
            && is_long_id(push.key.entity_id())
            && is_short_id(&push.event_id)
            && (push.operation == Operation::Delete) == push.data.is_empty();
        if !is_valid {
            return Some(ErrorCode::BadChange);
        }
        let is_too_large = if self.config.compresses { push.data.len() > MAX_COMPRESSED } else { self.frame_length(now, push) > MAX_FRAME };
        if is_too_large {
            return Some(ErrorCode::TooLarge);
        }
        let queued = self.outbox.len() + self.pushes.waiting.len() + self.pushes.sealing.len() + self.work.backlog();
        (queued >= self.config.max_queue).then_some(ErrorCode::QueueFull)
    }

    fn frame_length(&self, now: Now, push: &Push) -> usize {
        let stamp = Stamp::new(now.wall, &self.identity.device_id, &push.event_id);
        let body_length = match self.config.format {
            Format::SealedV1 => Some(self.plaintext(&push.key, push.operation, &push.data, &stamp).len()),
            Format::BitmarksPlain => (push.operation != Operation::Delete).then_some(push.data.len()),
        };
        let event = RemoteEvent { key: push.key.clone(), operation: push.operation, stamp, body: None, resolution: Resolution::default() };
        bitmarks::sync_length(&self.config.user_id, &event, body_length.map(|length| length + self.config.format.overhead()))
    }

    /// Stamps and seals what waits, as far as not too much is being sealed.
    pub(super) fn begin_waiting_pushes(&mut self, now: Now) {
        if self.loading != Loading::Done {
            return;
        }
        while self.pushes.sealing.len() < MAX_SEALING {
            let Some(Push { push, key, operation, data, event_id }) = self.pushes.waiting.pop_front() else { break };
            self.prepare(now, Outgoing { asker: Asker::Push(push), key, operation, data, event_id, replaces: None });
        }
        self.take_sealed();
    }

    /// Stamps a change, and compares or seals it.
    pub(super) fn prepare(&mut self, now: Now, change: Outgoing) {
        let stamp = self.stamp_for(now, &change);
        let base = self.base_to_compare(&change);
        let state = match base {
            Some(base) => {
                let task = self.begin(Task::CompareBase);
                let keys = vec![(Store::Bodies, change.key.storage_key().to_owned())];
                self.perform(Effect::Read { task, read: Read::Values { keys } });
                SealState::Comparing { task, base }
            }
            None => self.begin_sealing(&change, &stamp),
        };
        self.pushes.sealing.push_back(Sealing { change, stamp, state });
    }

    fn stamp_for(&mut self, now: Now, change: &Outgoing) -> Stamp {
        let newest = self.replica.head(&change.key).newest_timestamp();
        let replaced = change.replaces.and_then(|seq| self.outbox.get(seq)).map(|entry| entry.stamp.clone());
        let timestamp = match (change.asker, replaced) {
            (Asker::Ring, Some(stamp)) => return stamp,
            (Asker::Push(_), _) if planted::has(Fault::StampWithoutEntity) => self.clock.stamp(now.wall, 0),
            (Asker::Push(_) | Asker::Decision(_) | Asker::Server | Asker::Ring, _) => self.clock.stamp(now.wall, newest),
            // What was stamped too far ahead is brought back, above all that may have been sent.
            (Asker::Clock, _) => self.clock.stamp_lower(now.wall, self.sent_timestamp(&change.key, change.replaces)),
        };
        Stamp::new(timestamp, &self.identity.device_id, &change.event_id)
    }

    /// The newest timestamp of an entity that others may know, leaving out one entry.
    pub(super) fn sent_timestamp(&self, key: &EntityKey, except: Option<Seq>) -> u64 {
        let attempted = self.outbox.of_entity(key).filter(|(seq, _)| Some(*seq) != except && self.was_attempted(*seq));
        let newest = attempted.map(|(_, entry)| entry.stamp.timestamp()).max();
        newest.max(self.replica.head(key).base_stamp().map(Stamp::timestamp)).unwrap_or(0)
    }

    /// The stamp of the base, if a change may be equal to it: where nothing else of the entity waits.
    fn base_to_compare(&self, change: &Outgoing) -> Option<Stamp> {
        if change.replaces.is_some() || change.operation == Operation::Delete || self.has_changes_of(&change.key) {
            return None;
        }
        let base = self.replica.head(&change.key).base?;
        (base.operation != Operation::Delete).then_some(base.stamp)
    }

    /// Whether something is pushed that is not in the outbox yet.
    pub(super) fn has_pushes_under_way(&self) -> bool {
        let running = self.work.running.iter().flat_map(|running| &running.work);
        let is_push = |work: &Work| matches!(work, Work::Append(append) if !append.asker.is_the_engine());
        !self.pushes.waiting.is_empty() || !self.pushes.sealing.is_empty() || self.work.waiting.iter().chain(running).any(is_push)
    }

    pub(super) fn has_changes_of(&self, key: &EntityKey) -> bool {
        let running = self.work.running.iter().flat_map(|running| &running.work);
        self.replica.head(key).pending.is_some()
            || self.outbox.newest_of(key).is_some()
            || self.pushes.sealing.iter().any(|sealing| sealing.change.key == *key)
            || self.work.waiting.iter().chain(running).any(|work| matches!(work, Work::Append(append) if append.entry.key == *key))
    }

    /// The base was read: opened, it can be compared.
    pub(super) fn base_read(&mut self, now: Now, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let body = rows.ok().and_then(|rows| rows.into_iter().next()).map(|(_, body)| body);
        let body = body.filter(|body| self.is_sealed_as_now(body)); // Else the same content sealed anew is a change.
        let opening = body.map(|body| self.open(Task::CompareOpened, body));
        let of_task = |sealing: &&mut Sealing| matches!(sealing.state, SealState::Comparing { task: asked, .. } if asked == task);
        if let (Some(opening), Some(sealing)) = (opening, self.pushes.sealing.iter_mut().find(of_task))
            && let SealState::Comparing { task, .. } = &mut sealing.state
        {
            *task = opening;
            return;
        }
        self.compared(now, task, None);
    }

    pub(super) fn base_opened(&mut self, now: Now, task: TaskId, format: Format, result: Result<Payload<Vec<u8>>, CryptoFailure>) {
        let data = result.ok().and_then(|plaintext| data_of(format, &plaintext));
        self.compared(now, task, data);
    }

    /// What equals the base is no change; anything else is sealed.
    fn compared(&mut self, now: Now, task: TaskId, data: Option<Payload>) {
        let of_task = |sealing: &Sealing| matches!(sealing.state, SealState::Comparing { task: asked, .. } if asked == task);
        let Some(index) = self.pushes.sealing.iter().position(of_task) else { return };
        let Some(Sealing { change, stamp, state }) = self.pushes.sealing.remove(index) else { return };
        let is_equal = data.as_ref() == Some(&change.data)
            && !self.has_changes_of(&change.key)
            && matches!(state, SealState::Comparing { base, .. } if self.replica.head(&change.key).base_stamp() == Some(&base));
        if is_equal && let Asker::Push(push) = change.asker {
            self.perform(Effect::Stored { push, result: Ok(change.event_id.clone()) });
            self.perform(Effect::Settled { event_id: change.event_id, outcome: Outcome::Unchanged });
        } else {
            let state = self.begin_sealing(&change, &stamp);
            self.pushes.sealing.insert(index, Sealing { change, stamp, state });
        }
        self.begin_waiting_pushes(now);
    }

    fn begin_sealing(&mut self, change: &Outgoing, stamp: &Stamp) -> SealState {
        if self.config.format == Format::BitmarksPlain && change.operation == Operation::Delete {
            return SealState::Done(Ok(Sealed { body: Vec::new(), digest: EMPTY_DIGEST }));
        }
        let plaintext = self.plaintext(&change.key, change.operation, &change.data, stamp);
        let task = self.begin(Task::Seal);
        self.perform(Effect::Seal { task, format: self.config.format, salt: self.identity.salt, plaintext });
        SealState::Underway(task)
    }

    fn plaintext(&self, key: &EntityKey, operation: Operation, data: &Payload, stamp: &Stamp) -> Payload<Vec<u8>> {
        match self.config.format {
            Format::BitmarksPlain => Payload(data.0.clone().into_bytes()),
            Format::SealedV1 => {
                let header = Header { user_id: self.config.user_id.clone(), key: key.clone(), operation, stamp: stamp.clone() };
                Payload(write_plaintext(&header, data))
            }
        }
    }

    pub(super) fn sealed(&mut self, now: Now, task: TaskId, result: Result<Sealed, CryptoFailure>) {
        let of_task = |sealing: &&mut Sealing| matches!(sealing.state, SealState::Underway(underway) if underway == task);
        if let Some(sealing) = self.pushes.sealing.iter_mut().find(of_task) {
            sealing.state = SealState::Done(result);
        }
        self.begin_waiting_pushes(now);
    }

    /// Moves what is sealed into the work queue, in the order of the commands.
    fn take_sealed(&mut self) {
        while let Some(Sealing { change, stamp, state: SealState::Done(result) }) =
            self.pushes.sealing.pop_front_if(|sealing| matches!(sealing.state, SealState::Done(_)))
        {
            let Outgoing { asker, key, operation, data, replaces, .. } = change;
            match result {
                Ok(Sealed { body, .. }) if self.is_beyond_a_frame(&key, operation, &stamp, body.len()) => {
                    self.refuse(asker, ErrorCode::TooLarge);
                }
                Ok(Sealed { body, digest }) => {
                    let has_body = operation != Operation::Delete || self.config.format == Format::SealedV1;
                    let body_length = has_body.then_some(body.len());
                    let was_sent = replaces.is_some_and(|seq| self.was_attempted(seq));
                    let entry =
                        Entry { key, operation, stamp, digest, body_length, body: Some(body), was_sent, state: EntryState::Waiting };
                    self.queue(Work::Append(Box::new(Append { asker, entry, data, replaces })));
                }
                Err(_) => self.refuse(asker, ErrorCode::NotSupported),
            }
        }
    }

    /// Whether a body that was compressed is still too large to be sent.
    fn is_beyond_a_frame(&self, key: &EntityKey, operation: Operation, stamp: &Stamp, length: usize) -> bool {
        let resolution = Resolution::default();
        let event = RemoteEvent { key: key.clone(), operation, stamp: stamp.clone(), body: None, resolution };
        self.config.compresses && bitmarks::sync_length(&self.config.user_id, &event, Some(length)) > MAX_FRAME
    }

    /// A change will not be stored.
    pub(super) fn refuse(&mut self, asker: Asker, code: ErrorCode) {
        match asker {
            Asker::Push(push) => self.perform(Effect::Stored { push, result: Err(code) }),
            Asker::Decision(read) => self.reply_done(read, Err(code)),
            Asker::Clock | Asker::Ring | Asker::Server => {}
        }
    }

    /// Stamps and seals anew what another event has overtaken, and every later change of the same entities, so that their order stays.
    pub(super) fn seal_again(&mut self, now: Now, overtaken: Vec<Append>) {
        let keys: Vec<EntityKey> = overtaken.iter().map(|append| append.entry.key.clone()).collect();
        let mut again: Vec<Outgoing> = overtaken.into_iter().map(outgoing_of).collect();
        for item in std::mem::take(&mut self.work.waiting) {
            if let Work::Append(append) = &item
                && keys.contains(&append.entry.key)
            {
                again.push(outgoing_of((**append).clone()));
            } else {
                self.queue(item);
            }
        }
        let (same, other): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.pushes.sealing).into_iter().partition(|sealing| keys.contains(&sealing.change.key));
        again.extend(same.into_iter().map(|sealing| sealing.change));
        self.pushes.sealing = other;
        for change in again {
            self.prepare(now, change);
        }
        self.take_sealed();
    }

    /// The start failed: nothing that waits will be stored or read.
    pub(super) fn refuse_waiting(&mut self, code: ErrorCode) {
        for push in std::mem::take(&mut self.pushes.waiting) {
            self.perform(Effect::Stored { push: push.push, result: Err(code) });
        }
        self.refuse_waiting_reads(code);
    }
}

fn outgoing_of(append: Append) -> Outgoing {
    let Append { asker, entry, data, replaces } = append;
    let event_id = entry.stamp.event_id().to_owned();
    Outgoing { asker, key: entry.key, operation: entry.operation, data, event_id, replaces }
}

/// The content of an opened body; `None` if it is damaged.
pub(super) fn data_of(format: Format, plaintext: &[u8]) -> Option<Payload> {
    match format {
        Format::BitmarksPlain => std::str::from_utf8(plaintext).ok().map(|data| Payload(data.to_owned())),
        Format::SealedV1 => read_plaintext(plaintext).ok().map(|(_, data)| Payload(data)),
    }
}
