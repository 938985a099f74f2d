//! `get`, `list` and `changesSince`: what is shown, opened when it is asked for.

use super::error::{ErrorCode, ErrorReport};
use super::event::{Operation, Stamp};
use super::ids::{EntityKey, ReadId, TaskId};
use super::io::{CryptoFailure, Effect, Query, Reply, Standing};
use super::loading::Loading;
use super::notice::{Change, EntityView, Notice, Origin, Rejected};
use super::outbox::Entry;
use super::payload::Payload;
use super::seal::{Format, read_plaintext};
use super::storage::{Read, Row, StorageFailure, Store, seq_key};
use super::{Engine, Task, settled};
use std::collections::VecDeque;

/// Entities read and opened at once for one call.
const READ_PAGE: usize = 200;
/// Records of ended changes read at once.
const SETTLED_PAGE: u32 = 1_000;
/// How often an entity is looked for again that moved while it was read.
const MAX_MOVES: u32 = 8;

/// Calls that are under way.
#[derive(Debug, Default)]
pub(super) struct Readings {
    waiting: Vec<(ReadId, Query)>,
    calls: Vec<Reading>,
    /// Receipts that no tab's memory need know of: they wait for the next refresh, or for the one under way, and are looked for after it
    /// among those that have ended.
    asked: Vec<(ReadId, String)>,
    refreshing: Vec<(ReadId, String)>,
    settled: Vec<(TaskId, ReadId, String)>,
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
    /// Asked for, and not there or deleted.
    gone: Vec<(EntityKey, Stamp)>,
    failure: Option<ErrorCode>,
    moves: u32,
}

#[derive(Debug)]
enum Purpose {
    Reply(ReadId),
    /// What has changed up to a revision.
    Since {
        read: ReadId,
        revision: u64,
        reset: bool,
    },
    /// Tells what is shown now.
    Show {
        key: EntityKey,
        /// Of what is to be shown. If something else is shown when it is read, that was told already.
        stamp: Option<Stamp>,
        /// Of the change that is told; `None`: what is shown is no news.
        origin: Option<Origin>,
        /// Told as well.
        rejected: Option<Box<Rejected>>,
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
            Loading::Failed => self.perform(Effect::Reply { read, result: Err(ErrorCode::StorageFailed) }),
            Loading::Done => self.ask_for(read, query),
        }
    }

    fn ask_for(&mut self, read: ReadId, query: Query) {
        let reply = match query {
            Query::One(key) => return self.begin_reading(Purpose::Reply(read), VecDeque::from([key])),
            Query::All(entity_type) => return self.begin_reading(Purpose::Reply(read), self.keys_of_type(&entity_type)),
            Query::Since(revision) => return self.list_changes(read, revision),
            Query::Wedged => Reply::Wedged(self.wedged_list()),
            Query::Receipt(event_id) => match self.standing(&event_id) {
                None => {
                    self.is_stale = true; // It may be in the outbox by another tab.
                    return self.readings.asked.push((read, event_id));
                }
                standing => Reply::Receipt { event_id, standing },
            },
        };
        self.perform(Effect::Reply { read, result: Ok(reply) });
    }

    pub(super) fn begin_waiting_reads(&mut self) {
        for (read, query) in std::mem::take(&mut self.readings.waiting) {
            self.ask_for(read, query);
        }
    }

    pub(super) fn refuse_waiting_reads(&mut self, code: ErrorCode) {
        for (read, _) in std::mem::take(&mut self.readings.waiting) {
            self.perform(Effect::Reply { read, result: Err(code) });
        }
    }

    /// Tells what is shown of an entity now.
    pub(super) fn show(&mut self, key: EntityKey, origin: Option<Origin>, rejected: Option<Box<Rejected>>) {
        let stamp = self.shown_stamp(&key);
        self.begin_reading(Purpose::Show { key: key.clone(), stamp, origin, rejected }, VecDeque::from([key]));
    }

    /// Reads everything that has changed since a revision; all there is, where the revision is not this database's.
    fn list_changes(&mut self, read: ReadId, revision: u64) {
        // Below the floor are also the numbers of a database that was lost. A copy that is just begun has nothing to lose.
        let reset = revision > self.revision || (revision < self.floor_revision && revision > 0);
        let since = if reset { 0 } else { revision };
        let todo = self.replica.revised_since(since);
        self.begin_reading(Purpose::Since { read, revision: self.revision, reset }, todo.into());
    }

    fn begin_reading(&mut self, purpose: Purpose, todo: VecDeque<EntityKey>) {
        let mut reading = Reading {
            purpose,
            todo,
            wanted: Vec::new(),
            rows_task: None,
            opening: Vec::new(),
            views: Vec::new(),
            gone: Vec::new(),
            failure: None,
            moves: 0,
        };
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
                        reading.gone.push((key, entry.stamp.clone()));
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
                (_, base) => reading.gone.push((key, base.map_or_else(Stamp::none, |base| base.stamp))),
            }
        }
        if !keys.is_empty() {
            let task = self.begin(Task::ReadBodies);
            reading.rows_task = Some(task);
            self.perform(Effect::Read { task, read: Read::Values { keys } });
        }
    }

    fn open_wanted(&mut self, reading: &mut Reading, wanted: Wanted, body: Vec<u8>) {
        let task = self.open(Task::OpenBody, body);
        reading.opening.push((task, wanted));
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
                Store::Bodies | Store::Heads | Store::Meta | Store::Changes | Store::Settled | Store::Held | Store::Corrupt => Some(value),
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

    pub(super) fn body_opened(&mut self, task: TaskId, format: Format, result: Result<Payload<Vec<u8>>, CryptoFailure>) {
        let is_it = |(opening, _): &(TaskId, Wanted)| *opening == task;
        let Some(mut reading) = self.take_reading(|reading| reading.opening.iter().any(is_it)) else { return };
        let Some(index) = reading.opening.iter().position(is_it) else { return };
        let (_, wanted) = reading.opening.swap_remove(index);
        match view(&wanted, format, result) {
            Ok(view) => {
                let place = reading.views.partition_point(|other| other.key < view.key);
                reading.views.insert(place, view);
            }
            Err(code) => {
                if !matches!(reading.purpose, Purpose::Show { .. }) {
                    self.report(ErrorReport::new(code).about(&wanted.key));
                }
                reading.failure = Some(code);
            }
        }
        self.settle_or_keep(reading);
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
        let Reading { purpose, views, gone, failure, .. } = reading;
        // A list leaves out what cannot be opened, each reported; a single entity has nothing else to give.
        let refusal = failure.filter(|code| views.is_empty() || *code == ErrorCode::StorageFailed);
        let (read, reply) = match purpose {
            Purpose::Reply(read) => (read, Reply::Entities(views)),
            Purpose::Since { read, revision, reset } => (read, Reply::Changes { revision, reset, entities: views, deleted: gone }),
            Purpose::Show { key, stamp, origin, rejected } => {
                let view = views.into_iter().next();
                // What is newer than was asked for is told when its head is known.
                let is_current = stamp == self.shown_stamp(&key) && view.as_ref().is_none_or(|view| Some(&view.stamp) == stamp.as_ref());
                return self.tell_shown(key, origin.filter(|_| is_current), rejected, view, failure);
            }
        };
        self.perform(Effect::Reply { read, result: refusal.map_or(Ok(reply), Err) });
    }

    fn tell_shown(
        &mut self,
        key: EntityKey,
        origin: Option<Origin>,
        rejected: Option<Box<Rejected>>,
        view: Option<EntityView>,
        failure: Option<ErrorCode>,
    ) {
        if let Some(mut rejected) = rejected {
            rejected.shown.clone_from(&view);
            self.emit(Notice::Rejected(rejected));
        }
        match (origin, failure) {
            (None, _) => {}
            (Some(origin), None) => self.tell_change(key, view, origin),
            // What is shown cannot be read, which is not to say that it is gone.
            (Some(_), Some(code)) => self.report(ErrorReport::new(code).about(&key)),
        }
    }

    fn tell_change(&mut self, key: EntityKey, view: Option<EntityView>, origin: Origin) {
        let change = match view {
            Some(view) => Change { key, operation: Operation::Update, data: view.data, stamp: view.stamp, origin },
            None => {
                let stamp = self.shown_stamp(&key).unwrap_or_else(Stamp::none);
                Change { key, operation: Operation::Delete, data: Payload::default(), stamp, origin }
            }
        };
        self.emit(Notice::Change(Box::new(change)));
    }

    /// A refresh begins: what it shows answers what was asked before.
    pub(super) fn receipts_are_refreshed(&mut self) {
        let asked = std::mem::take(&mut self.readings.asked);
        self.readings.refreshing.extend(asked);
    }

    /// A refresh has ended. What is not in the outbox by now has ended, or never was.
    pub(super) fn answer_receipts(&mut self, is_refreshed: bool) {
        for (read, event_id) in std::mem::take(&mut self.readings.refreshing) {
            match self.standing(&event_id) {
                standing @ Some(_) => self.perform(Effect::Reply { read, result: Ok(Reply::Receipt { event_id, standing }) }),
                None if is_refreshed => self.look_for_settled(read, event_id, None),
                None => self.perform(Effect::Reply { read, result: Err(ErrorCode::StorageFailed) }),
            }
        }
    }

    /// Looks for an event among those that have ended, page by page.
    fn look_for_settled(&mut self, read: ReadId, event_id: String, after: Option<String>) {
        let task = self.begin(Task::LookForSettled);
        self.readings.settled.push((task, read, event_id));
        self.perform(Effect::Read { task, read: Read::Page { store: Store::Settled, after, limit: SETTLED_PAGE } });
    }

    pub(super) fn settled_read(&mut self, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(index) = self.readings.settled.iter().position(|(asked, ..)| *asked == task) else { return };
        let (_, read, event_id) = self.readings.settled.swap_remove(index);
        let Ok(rows) = rows else {
            return self.perform(Effect::Reply { read, result: Err(ErrorCode::StorageFailed) });
        };
        let outcome = rows.iter().find_map(|(_, record)| settled::outcome_of_event(record, &event_id));
        match (outcome, rows.last()) {
            (None, Some((last, _))) => self.look_for_settled(read, event_id, Some(last.clone())),
            (outcome, _) => {
                let standing = outcome.map(Standing::Ended).or_else(|| self.standing(&event_id));
                self.perform(Effect::Reply { read, result: Ok(Reply::Receipt { event_id, standing }) });
            }
        }
    }
}

fn view(wanted: &Wanted, format: Format, result: Result<Payload<Vec<u8>>, CryptoFailure>) -> Result<EntityView, ErrorCode> {
    let plaintext = result.map_err(|failure| match failure {
        CryptoFailure::UnknownKey => ErrorCode::UnknownKey,
        CryptoFailure::Malformed | CryptoFailure::BadTag => ErrorCode::BadSeal,
        CryptoFailure::TooLarge => ErrorCode::TooLarge,
        CryptoFailure::Broken => ErrorCode::NotSupported,
    })?;
    let Wanted { key, stamp, pending, .. } = wanted.clone();
    match format {
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
