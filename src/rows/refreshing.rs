//! What other tabs have stored, and at the start everything: new changes, then what has become of rows and changes, by the number of each.

use super::aliases::{Alias, PREFIX, key_of};
use super::by_id::{ById, Ids};
use super::committing::Work;
use super::dialect::Dialect;
use super::electing::Role;
use super::io::Effect;
use super::notice::Notice;
use super::outbox::Entry;
use super::planted::{self, Fault};
use super::table::{MARK, ROW, is_head, row_of_head};
use super::{Engine, Task, Timer, meta};
use crate::engine::error::ErrorCode;
use crate::engine::ids::Seq;
use crate::engine::io::Now;
use crate::engine::notice::Origin;
use crate::engine::settled;
use crate::engine::storage::{REVISION_COUNTER, Read, Row, SEQ_COUNTER, StorageFailure, Store, counter_value, number_of, seq_key};

/// Entries read at once.
const OUTBOX_PAGE: u32 = 200;
/// Heads read at once.
const CHANGES_PAGE: u32 = 500;
/// Aliases read at once.
const ALIASES_PAGE: u32 = 1_000;
/// Milliseconds after which a tab looks without having been hinted.
const EVERY_MS: u64 = 30_000;
/// A new database numbers its changes from the time on, so that no number of one that was lost before lies among them. No database writes
/// that fast for long.
const REVISIONS_PER_MS: u64 = 1_000;
/// The app gets revisions as numbers of JavaScript, which are exact up to 2^53.
const MAX_FIRST_MS: u64 = 8_000_000_000_000;
/// Milliseconds until a refresh that failed is tried again.
const AGAIN_AFTER_MS: u64 = 1_000;

/// A refresh.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    step: Step,
    /// All changes of heads up to this number were read.
    through: u64,
    /// All up to this number were known when it began.
    began: u64,
    /// Rows that were not read, where everything is read anew.
    unseen: Option<Ids>,
    is_whole: bool,
    /// Something has changed since the outbox was read.
    has_changes: bool,
    /// The last one failed.
    is_owed: bool,
    /// The first one is over.
    has_loaded: bool,
}

#[derive(Debug, Default)]
enum Step {
    #[default]
    Idle,
    Outbox,
    Changes,
    Values {
        heads: Vec<String>,
        through: u64,
    },
    Floor,
}

impl Refresh {
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.step, Step::Idle)
    }

    /// Whether what other tabs had stored is known, as far as it was asked for.
    pub(super) fn is_settled(&self) -> bool {
        self.is_idle() && !self.is_owed
    }

    /// The next one reads everything anew.
    pub(super) fn start_over(&mut self) {
        self.is_whole = true;
    }
}

impl<D: Dialect> Engine<D> {
    /// Begins to read what is stored.
    pub(super) fn load(&mut self) {
        let task = self.begin(Task::LoadMeta);
        let keys = [meta::EPOCH, meta::FLOOR, REVISION_COUNTER, SEQ_COUNTER].map(|key| (Store::Meta, key.to_owned()));
        self.perform(Effect::Read { task, read: Read::Values { keys: keys.to_vec() } });
    }

    pub(super) fn meta_loaded(&mut self, rows: Result<Vec<Row>, StorageFailure>) {
        let Ok(rows) = rows else { return self.cannot_load() };
        let counter = |key: &str| rows.iter().find(|(found, _)| found == key).map_or(0, |(_, value)| counter_value(value));
        (self.epoch, self.floor) = (counter(meta::EPOCH), counter(meta::FLOOR));
        for row in rows {
            if row.1.len() != 8 {
                self.corrupt.push((Store::Meta, row));
            }
        }
        self.load_aliases(PREFIX.to_owned());
    }

    fn load_aliases(&mut self, after: String) {
        let task = self.begin(Task::LoadAliases);
        self.perform(Effect::Read { task, read: Read::Page { store: Store::Meta, after: Some(after), limit: ALIASES_PAGE } });
    }

    pub(super) fn aliases_loaded(&mut self, rows: Result<Vec<Row>, StorageFailure>) {
        let Ok(rows) = rows else { return self.cannot_load() };
        let mut last = None;
        for (key, value) in rows {
            let Some(temporary) = key.strip_prefix(PREFIX) else { continue };
            match Alias::from_bytes(&value) {
                Some(alias) => self.aliases.set(temporary, alias),
                None => self.corrupt.push((Store::Meta, (key.clone(), value))),
            }
            last = Some(key);
        }
        match last {
            Some(last) => self.load_aliases(last),
            None => self.refresh_now(),
        }
    }

    fn cannot_load(&mut self) {
        self.has_failed = true;
        self.report_code(ErrorCode::StorageFailed);
        self.refuse_waiting(ErrorCode::StorageFailed);
    }

    /// Begins to read what other tabs have stored, unless the database is in use.
    pub(super) fn refresh_if_stale(&mut self) {
        if self.is_stale && self.is_ready && self.refresh.is_idle() && !self.commits.is_running() {
            self.is_stale = false;
            self.refresh.began = self.revision;
            if std::mem::take(&mut self.refresh.is_whole) {
                self.read_all_anew();
            }
            self.refresh_now();
        }
    }

    fn read_all_anew(&mut self) {
        (self.refresh.through, self.refresh.began) = (0, 0);
        self.refresh.unseen = Some(Ids::of(self.table.iter().map(|(id, _)| id)));
    }

    fn refresh_now(&mut self) {
        self.refresh.step = Step::Outbox;
        self.read_stored(Read::Page { store: Store::Outbox, after: Some(seq_key(self.outbox.known_through)), limit: OUTBOX_PAGE });
    }

    fn read_changes(&mut self) {
        self.refresh.step = Step::Changes;
        self.read_stored(Read::Page { store: Store::Changes, after: Some(seq_key(self.refresh.through)), limit: CHANGES_PAGE });
    }

    fn read_stored(&mut self, read: Read) {
        let task = self.begin(Task::Refresh);
        self.perform(Effect::Read { task, read });
    }

    pub(super) fn refreshed(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let Ok(rows) = rows else { return self.refresh_failed(now) };
        match std::mem::take(&mut self.refresh.step) {
            Step::Idle => {}
            Step::Outbox if rows.is_empty() => {
                if self.refresh.unseen.is_none() {
                    self.refresh.through = self.revision;
                    return self.read_changes();
                }
                // What has become of a change may be forgotten as well.
                let marks = Ids::of(self.outbox.iter().map(|(_, entry)| [MARK, &entry.id].concat()));
                self.read_heads(marks.to_vec(), self.refresh.through);
            }
            Step::Outbox => {
                self.take_new_entries(rows);
                self.refresh_now();
            }
            Step::Changes => match rows.last().and_then(|(key, _)| number_of(key)) {
                Some(through) => {
                    self.refresh.has_changes = true;
                    self.read_heads(rows.into_iter().filter_map(|(_, head)| String::from_utf8(head).ok()).collect(), through);
                }
                // What was stored since the outbox was read is in it by now.
                None if std::mem::take(&mut self.refresh.has_changes) && !planted::has(Fault::OutboxReadOnce) => self.refresh_now(),
                None => {
                    self.refresh.step = Step::Floor;
                    self.read_stored(Read::Values { keys: vec![(Store::Meta, meta::FLOOR.to_owned())] });
                }
            },
            Step::Values { heads, through } => {
                self.take_values(now, &heads, &rows);
                self.refresh.through = through;
                self.revision = through.max(self.revision);
                self.read_changes();
            }
            Step::Floor => {
                let floor = rows.first().map_or(0, |(_, value)| counter_value(value));
                let is_higher = floor > self.floor;
                self.floor = floor.max(self.floor);
                if is_higher && floor > self.refresh.began {
                    // What is forgotten meanwhile may be rows that this tab still has.
                    self.read_all_anew();
                    self.refresh_now();
                } else {
                    self.end_refresh(now);
                }
            }
        }
    }

    fn refresh_failed(&mut self, now: Now) {
        self.refresh.step = Step::Idle;
        if !self.is_ready {
            return self.cannot_load();
        }
        self.refresh.is_whole |= self.refresh.unseen.take().is_some();
        self.refresh.is_owed = true;
        self.timers.set(Timer::Refresh, now.mono + AGAIN_AFTER_MS);
        self.report_code(ErrorCode::StorageFailed);
    }

    fn take_new_entries(&mut self, rows: Vec<Row>) {
        for (key, record) in rows {
            let Some(seq) = number_of(&key) else { continue };
            self.outbox.known_through = self.outbox.known_through.max(seq);
            match Entry::from_bytes(&record) {
                Some(entry) => {
                    let affected = D::affected(self, &entry);
                    self.outbox.set(Seq(seq), entry);
                    self.show(affected, Origin::Tab);
                }
                None => self.corrupt.push((Store::Outbox, (key, record))),
            }
        }
    }

    /// Reads what is stored of what has changed.
    fn read_heads(&mut self, heads: Vec<String>, through: u64) {
        let mut keys = Vec::new();
        for head in &heads {
            if let Some(id) = head.strip_prefix(MARK) {
                keys.push((Store::Meta, key_of(id)));
                for seq in self.outbox.seqs_of(id) {
                    keys.extend([(Store::Outbox, seq_key(seq.0)), (Store::Settled, seq_key(seq.0))]);
                }
            }
            keys.push((Store::Heads, head.clone()));
        }
        self.refresh.step = Step::Values { heads, through };
        self.read_stored(Read::Values { keys });
    }

    fn take_values(&mut self, now: Now, heads: &[String], rows: &[Row]) {
        // Of the outbox and of what has ended there is one record under a number; which one, the record tells.
        let mut stored: ById<&[u8]> = ById::default();
        rows.iter().for_each(|(key, value)| stored.insert(key.clone(), value));
        for head in heads {
            let bytes = stored.get(head.as_str()).copied();
            if let Some(bytes) = bytes.filter(|bytes| !is_head(bytes)) {
                self.corrupt.push((Store::Heads, (head.clone(), bytes.to_vec())));
            }
            if let Some(revision) = bytes.and_then(|bytes| bytes.first_chunk()) {
                self.table.revise(head, u64::from_be_bytes(*revision));
            }
            match (head.strip_prefix(ROW), head.strip_prefix(MARK)) {
                (Some(id), _) => self.take_row(now, id, bytes),
                (None, Some(id)) => {
                    if let Some(alias) = stored.get(key_of(id).as_str()).and_then(|bytes| Alias::from_bytes(bytes)) {
                        self.is_born(id, alias);
                    }
                    for seq in self.outbox.seqs_of(id) {
                        self.take_entry(seq, stored.get(seq_key(seq.0).as_str()).copied());
                    }
                }
                (None, None) => {}
            }
        }
    }

    /// What is stored of a row. The tab that sends has stored it itself, and may know more by now.
    fn take_row(&mut self, now: Now, id: &str, head: Option<&[u8]>) {
        if self.role == Role::Leader {
            return;
        }
        if let Some(unseen) = &mut self.refresh.unseen {
            unseen.remove(id);
        }
        let row = head.and_then(row_of_head);
        if self.table.get(id) != row.as_ref() {
            self.last_sync = Some(now.wall); // By the tab that has the connection, a moment ago.
            let was_there = self.table.get(id).is_some();
            let affected = if was_there && row.is_none() { D::family(self, id) } else { vec![id.to_owned()] };
            self.table.load(id, row);
            self.show(affected, Origin::Remote);
        }
    }

    /// What has become of an entry: it stands elsewhere, or has ended.
    fn take_entry(&mut self, seq: Seq, record: Option<&[u8]>) {
        let Some(known) = self.outbox.get(seq) else { return };
        match (record.and_then(Entry::<D::Op>::from_bytes), record.and_then(settled::outcome_of)) {
            (Some(entry), _) if entry.state == known.state => {}
            (Some(entry), _) => match entry.reason().cloned() {
                Some(reason) => self.is_refused(seq, reason),
                None => self.set_state(seq, entry.state, Origin::Tab),
            },
            (None, Some(outcome)) => self.leave(&[(seq, outcome)], Origin::Tab),
            // It ended so long ago that nobody knows how.
            (None, None) => {
                let affected = D::affected(self, known);
                self.outbox.remove(seq);
                self.show(affected, Origin::Tab);
            }
        }
    }

    fn end_refresh(&mut self, now: Now) {
        if let Some(unseen) = self.refresh.unseen.take() {
            for id in unseen.to_vec() {
                self.take_row(now, &id, None);
            }
        }
        (self.commits.owes_refresh, self.refresh.is_owed) = (false, false);
        self.timers.set(Timer::Refresh, now.mono + EVERY_MS);
        self.refresh.has_loaded = true;
        self.become_ready(now);
        if !self.corrupt.is_empty() {
            self.commits.queue_first(Work::SetAside { now: now.wall });
        }
        self.answer_receipts();
        self.lead(now);
        D::refreshed(self);
    }

    /// Once what is stored is loaded, and can be shown.
    pub(super) fn become_ready(&mut self, now: Now) {
        if self.is_ready || !self.refresh.has_loaded || !D::has_opened(self) {
            return;
        }
        self.is_ready = true;
        if self.revision == 0 {
            self.commits.queue_first(Work::Found { first: now.wall.min(MAX_FIRST_MS) * REVISIONS_PER_MS });
        }
        self.emit(Notice::Ready);
        self.answer_waiting();
        self.elect();
    }
}
