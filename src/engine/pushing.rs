//! From `pushChange` to the work queue: check, stamp, seal. The order of commands is kept.

use super::dialect::{MAX_FRAME, RemoteEvent, Resolution, bitmarks};
use super::error::ErrorCode;
use super::event::{Operation, Stamp};
use super::ids::{EntityKey, TaskId, is_long_id, is_short_id};
use super::io::{CryptoFailure, Effect, Now, Push, Sealed};
use super::loading::Loading;
use super::outbox::{Entry, EntryState};
use super::payload::Payload;
use super::seal::{Format, Header, write_plaintext};
use super::work::{Append, Work};
use super::{Engine, Task};
use std::collections::VecDeque;

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
    /// Stamped; sealed or being sealed. They leave from the front.
    sealing: VecDeque<Sealing>,
}

#[derive(Debug)]
struct Sealing {
    push: Push,
    stamp: Stamp,
    state: SealState,
}

#[derive(Debug)]
enum SealState {
    Underway(TaskId),
    Done(Result<Sealed, CryptoFailure>),
}

impl Engine {
    pub(super) fn push(&mut self, now: Now, push: Push) {
        let refusal = match self.loading {
            Loading::Failed => Some(ErrorCode::StorageFailed),
            Loading::Underway | Loading::Done => self.refusal(now, &push),
        };
        if let Some(code) = refusal {
            self.effects.push_back(Effect::Stored { push: push.push, result: Err(code) });
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
        if self.frame_length(now, push) > MAX_FRAME {
            return Some(ErrorCode::TooLarge);
        }
        let queued = self.outbox.len() + self.pushes.waiting.len() + self.pushes.sealing.len() + self.work.backlog();
        (queued >= self.config.max_queue).then_some(ErrorCode::QueueFull)
    }

    fn frame_length(&self, now: Now, push: &Push) -> usize {
        let stamp = self.stamp_of(now.wall, push);
        let body_length = match self.config.format {
            Format::SealedV1 => Some(self.plaintext(push, &stamp).len()),
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
            let Some(push) = self.pushes.waiting.pop_front() else { break };
            let sealing = self.begin_sealing(now, push);
            self.pushes.sealing.push_back(sealing);
        }
        self.take_sealed();
    }

    fn begin_sealing(&mut self, now: Now, push: Push) -> Sealing {
        let seen = self.replica.head(&push.key).newest_timestamp();
        let timestamp = self.clock.stamp(now.wall, seen);
        let stamp = self.stamp_of(timestamp, &push);
        if self.config.format == Format::BitmarksPlain && push.operation == Operation::Delete {
            let state = SealState::Done(Ok(Sealed { body: Vec::new(), digest: EMPTY_DIGEST }));
            return Sealing { push, stamp, state };
        }
        let plaintext = self.plaintext(&push, &stamp);
        let task = self.begin(Task::Seal);
        self.effects.push_back(Effect::Seal { task, format: self.config.format, salt: self.identity.salt, plaintext });
        Sealing { push, stamp, state: SealState::Underway(task) }
    }

    fn stamp_of(&self, timestamp: u64, push: &Push) -> Stamp {
        Stamp::new(timestamp, &self.identity.device_id, &push.event_id)
    }

    fn plaintext(&self, push: &Push, stamp: &Stamp) -> Payload<Vec<u8>> {
        match self.config.format {
            Format::BitmarksPlain => Payload(push.data.0.clone().into_bytes()),
            Format::SealedV1 => {
                let header =
                    Header { user_id: self.config.user_id.clone(), key: push.key.clone(), operation: push.operation, stamp: stamp.clone() };
                Payload(write_plaintext(&header, &push.data))
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
        while let Some(Sealing { push, stamp, state: SealState::Done(result) }) =
            self.pushes.sealing.pop_front_if(|sealing| matches!(sealing.state, SealState::Done(_)))
        {
            let Push { push, key, operation, data, .. } = push;
            match result {
                Ok(Sealed { body, digest }) => {
                    let has_body = operation != Operation::Delete || self.config.format == Format::SealedV1;
                    let body_length = has_body.then_some(body.len());
                    let entry = Entry { key, operation, stamp, digest, body_length, body: Some(body), state: EntryState::Waiting };
                    self.work.waiting.push_back(Work::Append(Box::new(Append { push, entry, data })));
                }
                Err(_) => self.effects.push_back(Effect::Stored { push, result: Err(ErrorCode::NotSupported) }),
            }
        }
    }

    /// Stamps and seals anew what another device's event has overtaken, and every later change of the same entities, so that their order stays.
    pub(super) fn seal_again(&mut self, now: Now, overtaken: Vec<Append>) {
        let keys: Vec<EntityKey> = overtaken.iter().map(|append| append.entry.key.clone()).collect();
        let mut again: Vec<Push> = overtaken.into_iter().map(push_of).collect();
        for item in std::mem::take(&mut self.work.waiting) {
            match item {
                Work::Append(append) if keys.contains(&append.entry.key) => again.push(push_of(*append)),
                Work::Append(_) | Work::Merge(_) | Work::Confirm { .. } | Work::Wedge { .. } | Work::Advance(_) => {
                    self.work.waiting.push_back(item);
                }
            }
        }
        let (same, other): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.pushes.sealing).into_iter().partition(|sealing| keys.contains(&sealing.push.key));
        again.extend(same.into_iter().map(|sealing| sealing.push));
        self.pushes.sealing = other;
        for push in again {
            let sealing = self.begin_sealing(now, push);
            self.pushes.sealing.push_back(sealing);
        }
        self.take_sealed();
    }

    /// The start failed: nothing that waits will be stored or read.
    pub(super) fn refuse_waiting(&mut self, code: ErrorCode) {
        for push in std::mem::take(&mut self.pushes.waiting) {
            self.effects.push_back(Effect::Stored { push: push.push, result: Err(code) });
        }
        self.refuse_waiting_reads(code);
    }
}

fn push_of(append: Append) -> Push {
    let Append { push, entry, data } = append;
    Push { push, key: entry.key, operation: entry.operation, data, event_id: entry.stamp.event_id().to_string() }
}
