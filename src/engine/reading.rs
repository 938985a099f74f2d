//! `get` and `list`: what is shown, opened when it is asked for.

use super::error::{ErrorCode, ErrorReport};
use super::event::{Operation, Stamp};
use super::ids::{EntityKey, ReadId, TaskId};
use super::io::{CryptoFailure, Effect, Query};
use super::loading::Loading;
use super::notice::{Change, EntityView, Notice, Origin};
use super::outbox::Entry;
use super::payload::Payload;
use super::seal::{Format, read_plaintext};
use super::storage::{Read, Row, StorageFailure, Store, seq_key};
use super::{Engine, Task};
use std::collections::VecDeque;

/// Entities read and opened at once for one call.
const READ_PAGE: usize = 200;
/// How often an entity is looked for again that moved while it was read.
const MAX_MOVES: u32 = 8;

/// Calls that are under way.
#[derive(Debug, Default)]
pub(super) struct Readings {
    waiting: Vec<(ReadId, Query)>,
    calls: Vec<Reading>,
}

#[derive(Debug)]
struct Reading {
    purpose: Purpose,
    todo: VecDeque<EntityKey>,
    /// Rows asked for, by their key in the database.
    wanted: Vec<(String, Wanted)>,
    rows_task: Option<TaskId>,
    opening: Vec<(TaskId, Wanted)>,
    /// In the order of the keys.
    views: Vec<EntityView>,
    failure: Option<ErrorCode>,
    moves: u32,
}

#[derive(Debug)]
enum Purpose {
    Reply(ReadId),
    /// Shows what a refusal uncovered.
    Restore {
        key: EntityKey,
        /// Of what is to be shown. If something else is shown when it is read, that was told already.
        uncovered: Option<Stamp>,
    },
}

#[derive(Clone, Debug)]
struct Wanted {
    key: EntityKey,
    stamp: Stamp,
    pending: bool,
    store: Store,
}

impl Engine {
    pub(super) fn read(&mut self, read: ReadId, query: Query) {
        match self.loading {
            Loading::Underway => self.readings.waiting.push((read, query)),
            Loading::Failed => self.effects.push_back(Effect::Reply { read, result: Err(ErrorCode::StorageFailed) }),
            Loading::Done => self.begin_reading(Purpose::Reply(read), query),
        }
    }

    pub(super) fn begin_waiting_reads(&mut self) {
        for (read, query) in std::mem::take(&mut self.readings.waiting) {
            self.begin_reading(Purpose::Reply(read), query);
        }
    }

    pub(super) fn refuse_waiting_reads(&mut self, code: ErrorCode) {
        for (read, _) in std::mem::take(&mut self.readings.waiting) {
            self.effects.push_back(Effect::Reply { read, result: Err(code) });
        }
    }

    /// Shows an entity again as it is without a change that was refused.
    pub(super) fn restore(&mut self, key: EntityKey) {
        let uncovered = self.shown_stamp(&key);
        self.begin_reading(Purpose::Restore { key: key.clone(), uncovered }, Query::One(key));
    }

    fn begin_reading(&mut self, purpose: Purpose, query: Query) {
        let todo = match query {
            Query::One(key) => VecDeque::from([key]),
            Query::All(entity_type) => self.keys_of_type(&entity_type),
        };
        let mut reading =
            Reading { purpose, todo, wanted: Vec::new(), rows_task: None, opening: Vec::new(), views: Vec::new(), failure: None, moves: 0 };
        self.read_page(&mut reading);
        self.settle_or_keep(reading);
    }

    /// A change that waits may be all that is stored of an entity: in localStorage there are no heads. The order is that of the answer's map.
    fn keys_of_type(&self, entity_type: &str) -> VecDeque<EntityKey> {
        let mut keys = VecDeque::from(self.replica.keys_of_type(entity_type));
        let is_headless = |key: &&EntityKey| key.entity_type() == entity_type && self.replica.stored(key).is_none();
        keys.extend(self.outbox.keys().filter(is_headless).cloned());
        keys
    }

    /// Asks for the bodies of the next entities; those that are in memory are opened at once.
    fn read_page(&mut self, reading: &mut Reading) {
        let mut keys = Vec::new();
        for _ in 0..READ_PAGE {
            let Some(key) = reading.todo.pop_front() else { break };
            let overlay = self.outbox.newest_of(&key);
            let base = self.replica.head(&key).base;
            let is_overlaid = overlay.is_some_and(|(_, entry)| base.as_ref().is_none_or(|base| base.stamp < entry.stamp));
            match (overlay, base) {
                (Some((seq, entry)), _) if is_overlaid => {
                    if entry.operation == Operation::Delete {
                        continue;
                    }
                    let wanted = Wanted { key, stamp: entry.stamp.clone(), pending: true, store: Store::Outbox };
                    match entry.body.clone() {
                        Some(body) => self.open_wanted(reading, wanted, body),
                        None => {
                            keys.push((Store::Outbox, seq_key(seq.0)));
                            reading.wanted.push((seq_key(seq.0), wanted));
                        }
                    }
                }
                (overlay, Some(base)) if base.operation != Operation::Delete => {
                    let storage_key = key.storage_key().to_owned();
                    keys.push((Store::Bodies, storage_key.clone()));
                    let wanted = Wanted { key, stamp: base.stamp, pending: overlay.is_some(), store: Store::Bodies };
                    reading.wanted.push((storage_key, wanted));
                }
                (_, _) => {}
            }
        }
        if !keys.is_empty() {
            let task = self.begin(Task::ReadBodies);
            reading.rows_task = Some(task);
            self.effects.push_back(Effect::Read { task, read: Read::Values { keys } });
        }
    }

    fn open_wanted(&mut self, reading: &mut Reading, wanted: Wanted, body: Vec<u8>) {
        let task = self.begin(Task::OpenBody);
        reading.opening.push((task, wanted));
        self.effects.push_back(Effect::Open { task, format: self.config.format, body });
    }

    pub(super) fn bodies_read(&mut self, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(mut reading) = self.take_reading(|reading| reading.rows_task == Some(task)) else { return };
        reading.rows_task = None;
        let Ok(rows) = rows else {
            reading.todo.clear();
            reading.failure = Some(ErrorCode::StorageFailed);
            reading.wanted.clear();
            return self.settle_or_keep(reading);
        };
        for (storage_key, value) in rows {
            let Some(index) = reading.wanted.iter().position(|(key, _)| *key == storage_key) else { continue };
            let (_, wanted) = reading.wanted.swap_remove(index);
            let body = match wanted.store {
                Store::Outbox => Entry::from_bytes(&value).and_then(|entry| entry.body),
                Store::Bodies | Store::Heads | Store::Meta => Some(value),
            };
            if let Some(body) = body {
                self.open_wanted(&mut reading, wanted, body);
            }
        }
        // What was not found moved meanwhile, from the outbox to the base or to a newer change.
        let moved: Vec<EntityKey> = std::mem::take(&mut reading.wanted).into_iter().map(|(_, wanted)| wanted.key).collect();
        if !moved.is_empty() {
            reading.moves += 1;
            if reading.moves > MAX_MOVES {
                reading.failure = Some(ErrorCode::StorageFailed);
            } else {
                reading.todo.extend(moved);
            }
        }
        self.settle_or_keep(reading);
    }

    pub(super) fn body_opened(&mut self, task: TaskId, result: Result<Payload<Vec<u8>>, CryptoFailure>) {
        let is_it = |(opening, _): &(TaskId, Wanted)| *opening == task;
        let Some(mut reading) = self.take_reading(|reading| reading.opening.iter().any(is_it)) else { return };
        let Some(index) = reading.opening.iter().position(is_it) else { return };
        let (_, wanted) = reading.opening.swap_remove(index);
        match self.view(&wanted, result) {
            Ok(view) => {
                let place = reading.views.partition_point(|other| other.key < view.key);
                reading.views.insert(place, view);
            }
            Err(code) => {
                if let Purpose::Reply(_) = reading.purpose {
                    self.report(ErrorReport::new(code).about(&wanted.key));
                }
                reading.failure = Some(code);
            }
        }
        self.settle_or_keep(reading);
    }

    fn view(&self, wanted: &Wanted, result: Result<Payload<Vec<u8>>, CryptoFailure>) -> Result<EntityView, ErrorCode> {
        let plaintext = result.map_err(|failure| match failure {
            CryptoFailure::UnknownKey => ErrorCode::UnknownKey,
            CryptoFailure::Malformed | CryptoFailure::BadTag => ErrorCode::BadSeal,
            CryptoFailure::Broken => ErrorCode::NotSupported,
        })?;
        let Wanted { key, stamp, pending, .. } = wanted.clone();
        match self.config.format {
            Format::BitmarksPlain => {
                let data = String::from_utf8(plaintext.0).map_err(|_| ErrorCode::BadPayload)?;
                Ok(EntityView { key, data: Payload(data), stamp, pending })
            }
            Format::SealedV1 => {
                let (header, data) = read_plaintext(&plaintext).map_err(|_| ErrorCode::BadSeal)?;
                // The body may be newer than the head was when it was asked for; its own stamp is the true one.
                if header.key == key {
                    Ok(EntityView { key, data: Payload(data), stamp: header.stamp, pending })
                } else {
                    Err(ErrorCode::BadSeal)
                }
            }
        }
    }

    fn take_reading(&mut self, is_it: impl Fn(&Reading) -> bool) -> Option<Reading> {
        let index = self.readings.calls.iter().position(is_it)?;
        Some(self.readings.calls.swap_remove(index))
    }

    /// Goes on with a call, or answers it.
    fn settle_or_keep(&mut self, mut reading: Reading) {
        while reading.rows_task.is_none() && reading.opening.is_empty() && !reading.todo.is_empty() {
            self.read_page(&mut reading);
        }
        if reading.rows_task.is_some() || !reading.opening.is_empty() {
            self.readings.calls.push(reading);
            return;
        }
        let Reading { purpose, views, failure, .. } = reading;
        match purpose {
            Purpose::Reply(read) => {
                // A list leaves out what cannot be opened, each reported; a single entity has nothing else to give.
                let result = match failure {
                    Some(code) if views.is_empty() || code == ErrorCode::StorageFailed => Err(code),
                    Some(_) | None => Ok(views),
                };
                self.effects.push_back(Effect::Reply { read, result });
            }
            Purpose::Restore { key, uncovered } if uncovered != self.shown_stamp(&key) => {}
            Purpose::Restore { key, .. } => match failure {
                None => self.emit_restored(key, views.into_iter().next()),
                // What is below cannot be read, which is not to say that it is gone.
                Some(code) => self.report(ErrorReport::new(code).about(&key)),
            },
        }
    }

    fn emit_restored(&mut self, key: EntityKey, view: Option<EntityView>) {
        let Some(view) = view else {
            let stamp = Stamp::new(0, "", "");
            let stamp = self.replica.head(&key).base.map_or(stamp, |base| base.stamp);
            let change = Change { key, operation: Operation::Delete, data: Payload::default(), stamp, origin: Origin::Restored };
            return self.emit(Notice::Change(Box::new(change)));
        };
        let change = Change { key, operation: Operation::Update, data: view.data, stamp: view.stamp, origin: Origin::Restored };
        self.emit(Notice::Change(Box::new(change)));
    }
}
