//! What other tabs have stored: their new entries of the outbox, then every entity whose head has a newer number than the last one read.
//!
//! A refresh and a transaction never run at the same time, so what is read is never older than what this tab has written.

use super::electing::Role;
use super::event::Stamp;
use super::ids::{EntityKey, Seq, TaskId};
use super::io::{Effect, Now};
use super::loading::Loading;
use super::meta;
use super::notice::Origin;
use super::outbox::{Entry, EntryState};
use super::planted::{self, Fault};
use super::replica::Head;
use super::session::Session;
use super::storage::{Read, Row, StorageFailure, Store, counter_value, number_of, seq_key};
use super::timers::Timer;
use super::{Engine, Task, settled};

/// Entries of the outbox read at once; they come with their bodies.
const OUTBOX_PAGE: u32 = 100;
/// Changed entities read at once.
const CHANGES_PAGE: u32 = 200;
/// Hints may be lost: so often a tab looks by itself, in milliseconds.
const REFRESH_EVERY_MS: u64 = 30_000;
/// The same for a tab that is not to be connected.
const IDLE_REFRESH_EVERY_MS: u64 = 300_000;

/// Milliseconds after which a refresh is tried again that the database did not answer.
const RETRY_AFTER_MS: u64 = 1_000;

/// How far a refresh has come.
#[derive(Debug, Default)]
pub(super) enum Refresh {
    #[default]
    Idle,
    /// New entries are being read.
    Outbox(TaskId),
    /// The list of changed entities is being read.
    Changes(TaskId),
    /// What is stored of them is being read.
    Entities { task: TaskId, keys: Vec<EntityKey>, through: u64 },
}

impl Engine {
    /// Begins a refresh, if something may have been missed and nothing else is under way.
    pub(super) fn refresh_if_stale(&mut self) {
        let is_the_others_turn = self.commits_next && !self.work.owes_refresh && !self.work.waiting.is_empty();
        if self.is_stale && !is_the_others_turn && self.can_use_storage() && self.loading == Loading::Done {
            self.is_stale = false;
            self.receipts_are_refreshed();
            self.read_new_entries();
        }
    }

    /// Whether neither a refresh nor a transaction is under way.
    pub(super) fn can_use_storage(&self) -> bool {
        self.work.running.is_none() && matches!(self.refresh, Refresh::Idle)
    }

    /// It is time to look, and to ask again for the lead, if that came to nothing.
    pub(super) fn refresh_timer(&mut self, now: Now) {
        self.is_stale |= !planted::has(Fault::DeafToTabs);
        self.elect();
        self.refresh_later(now);
    }

    pub(super) fn refresh_later(&mut self, now: Now) {
        let is_connected = !matches!(self.session, Session::Idle | Session::Stopped(_));
        self.timers.set(Timer::Refresh, now.mono + if is_connected { REFRESH_EVERY_MS } else { IDLE_REFRESH_EVERY_MS });
    }

    fn read_new_entries(&mut self) {
        let task = self.begin(Task::Refresh);
        self.refresh = Refresh::Outbox(task);
        let after = Some(seq_key(self.outbox.known_through));
        self.perform(Effect::Read { task, read: Read::Page { store: Store::Outbox, after, limit: OUTBOX_PAGE } });
    }

    fn read_changes(&mut self) {
        let task = self.begin(Task::Refresh);
        self.refresh = Refresh::Changes(task);
        let after = Some(seq_key(self.revision));
        self.perform(Effect::Read { task, read: Read::Page { store: Store::Changes, after, limit: CHANGES_PAGE } });
    }

    /// Reads what is stored of changed entities: their heads, what is left of their entries, and how the others ended.
    fn read_entities(&mut self, keys: Vec<EntityKey>, through: u64) {
        let mut wanted = vec![(Store::Meta, meta::RELEASED.to_owned())];
        if self.role != Role::Leader {
            wanted.extend(meta::SHARED.map(|key| (Store::Meta, key.to_owned())));
        }
        for key in &keys {
            wanted.push((Store::Heads, key.storage_key().to_owned()));
            for seq in self.outbox.seqs_of(key) {
                wanted.push((Store::Outbox, seq_key(seq.0)));
                wanted.push((Store::Settled, seq_key(seq.0)));
            }
        }
        let task = self.begin(Task::Refresh);
        self.refresh = Refresh::Entities { task, keys, through };
        self.perform(Effect::Read { task, read: Read::Values { keys: wanted } });
    }

    pub(super) fn refreshed(&mut self, now: Now, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let Ok(rows) = rows else {
            return self.refresh_failed(now);
        };
        match std::mem::take(&mut self.refresh) {
            Refresh::Outbox(reading) if reading == task => match rows.last() {
                Some(_) => {
                    self.take_new_entries(now, rows);
                    self.read_new_entries();
                }
                None => self.read_changes(),
            },
            Refresh::Changes(reading) if reading == task => {
                let through = rows.last().and_then(|(key, _)| number_of(key)).unwrap_or(self.revision);
                let keys = rows.iter().filter_map(|(_, key)| std::str::from_utf8(key).ok()).map(EntityKey::from_storage_key);
                self.read_entities(keys.collect(), through);
            }
            Refresh::Entities { task: reading, keys, through } if reading == task => {
                let is_last = keys.is_empty();
                self.take_entities(now, &keys, rows);
                self.revision = through;
                if is_last { self.end_refresh(now) } else { self.read_changes() }
            }
            // An answer to a question of another refresh: there is none.
            refresh @ (Refresh::Idle | Refresh::Outbox(_) | Refresh::Changes(_) | Refresh::Entities { .. }) => self.refresh = refresh,
        }
    }

    fn refresh_failed(&mut self, now: Now) {
        self.refresh = Refresh::Idle;
        self.timers.set(Timer::Refresh, now.mono + RETRY_AFTER_MS);
        self.answer_receipts(false);
        if self.work.owes_refresh {
            self.abandon(now, Vec::new(), StorageFailure::Broken);
        }
    }

    fn take_new_entries(&mut self, now: Now, rows: Vec<Row>) {
        for (key, record) in rows {
            let Some(seq) = number_of(&key) else { continue };
            self.outbox.known_through = self.outbox.known_through.max(seq);
            if let Some(mut entry) = Entry::from_bytes(&record).filter(|_| self.outbox.get(Seq(seq)).is_none()) {
                let (key, shown) = (entry.key.clone(), self.shown_stamp(&entry.key));
                self.clock.raise(entry.stamp.timestamp());
                if let Some(former) = self.outbox.of_event(&entry.key, entry.stamp.event_id()) {
                    self.outbox.remove(former); // It was stamped anew, and stands under this number now.
                }
                if entry.state == EntryState::Waiting {
                    entry.state = self.debounced(now);
                }
                self.outbox.insert(Seq(seq), entry);
                self.show_if_moved(key, shown.as_ref());
            }
        }
    }

    fn take_entities(&mut self, now: Now, keys: &[EntityKey], rows: Vec<Row>) {
        // Of the outbox and of what has ended there is one record under a number; which one, the record tells.
        let row = |wanted: &str| rows.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_slice());
        if self.role != Role::Leader {
            self.take_shared(row); // The one that sends has written them.
        }
        self.outbox.release(row(meta::RELEASED).map_or(0, counter_value));
        for key in keys {
            let (shown, head) = (self.shown_stamp(key), row(key.storage_key()).and_then(Head::from_bytes));
            if head.as_ref().and_then(Head::base_stamp) != self.replica.head(key).base_stamp() {
                self.last_sync = Some(now.wall); // By the tab that has the connection, a moment ago.
            }
            self.replica.set(key.clone(), head);
            for seq in self.outbox.seqs_of(key) {
                let record = row(&seq_key(seq.0));
                self.take_entry(seq, record);
            }
            self.show_if_moved(key.clone(), shown.as_ref());
        }
    }

    /// What has become of an entry: it is as it was, refused, or has ended.
    fn take_entry(&mut self, seq: Seq, record: Option<&[u8]>) {
        if let Some(entry) = record.and_then(Entry::from_bytes) {
            if let EntryState::Wedged(reason) = entry.state
                && self.outbox.land(seq, EntryState::Wedged(reason.clone()))
            {
                self.tell_rejected(seq, reason);
            }
            return;
        }
        match record.and_then(settled::outcome_of) {
            Some(outcome) => self.leave(seq, outcome),
            // It was stamped anew, and is in the outbox under another number; or it ended so long ago that nobody knows how.
            None => drop(self.outbox.remove(seq)),
        }
    }

    /// Tells what is shown of an entity, if it is not what was shown before.
    pub(super) fn show_if_moved(&mut self, key: EntityKey, before: Option<&Stamp>) {
        let after = self.shown_stamp(&key);
        if after.as_ref() == before {
            return;
        }
        let is_renewed = |stamp: &Stamp| before.is_some_and(|before| before.event_id() == stamp.event_id());
        let origin = match &after {
            Some(stamp) if (before < Some(stamp) || is_renewed(stamp)) && stamp.device_id() == self.identity.device_id => Origin::Tab,
            Some(stamp) if before < Some(stamp) => Origin::Remote,
            Some(_) | None => Origin::Restored,
        };
        self.show(key, Some(origin), None);
    }

    fn end_refresh(&mut self, now: Now) {
        self.work.owes_refresh = false;
        self.commits_next = true;
        self.refresh_later(now);
        self.answer_receipts(true);
        self.lead(now);
    }
}
