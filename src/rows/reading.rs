//! What the app asks for. Rows are in memory; how a change ended may have to be read.

use super::by_id::Ids;
use super::dialect::Dialect;
use super::io::{Effect, Query, Reply};
use super::notice::Gone;
use super::planted::{self, Fault};
use super::{Engine, Task};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{ReadId, TaskId};
use crate::engine::io::Standing;
use crate::engine::settled;
use crate::engine::storage::{Read, Row, StorageFailure, Store};

/// Records of ended changes read at once.
const SETTLED_PAGE: u32 = 1_000;

/// Calls that are not answered.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// Until everything is loaded.
    waiting: Vec<(ReadId, Query)>,
    /// Until what other tabs have stored is known.
    receipts: Vec<(ReadId, String)>,
    /// While records are read.
    searches: Vec<(TaskId, ReadId, String)>,
}

impl<D: Dialect> Engine<D> {
    pub(super) fn read(&mut self, read: ReadId, query: Query) {
        if self.has_failed {
            return self.reply(read, Err(ErrorCode::StorageFailed));
        }
        match query {
            Query::Sets => D::sets(self, read),
            query if !self.is_ready => self.readings.waiting.push((read, query)),
            Query::One(id) => {
                let row = self.view(self.aliases.resolve(&id));
                self.reply(read, Ok(Reply::Rows(row.into_iter().collect())));
            }
            Query::All => {
                let rows = self.told.iter().filter_map(|(id, _)| self.view(id)).collect();
                self.reply(read, Ok(Reply::Rows(rows)));
            }
            Query::Since(revision) => {
                let changes = self.changes_since(revision);
                self.reply(read, Ok(changes));
            }
            Query::Wedged => {
                let refused = self.outbox.iter().filter_map(|(_, entry)| self.refusal(entry)).collect();
                self.reply(read, Ok(Reply::Wedged(refused)));
            }
            Query::Receipt(event_id) => match self.outbox.find(&event_id) {
                Some(_) => self.reply(read, Ok(Reply::Receipt { event_id, standing: Some(Standing::Pending) })),
                None => {
                    self.readings.receipts.push((read, event_id));
                    self.is_stale = true;
                }
            },
        }
    }

    pub(super) fn reply(&mut self, read: ReadId, result: Result<Reply, ErrorCode>) {
        self.perform(Effect::Reply { read, result });
    }

    fn changes_since(&self, since: u64) -> Reply {
        let reset = since < self.floor || since > self.revision;
        let ids: Vec<String> = if reset {
            self.told.iter().map(|(id, _)| id.clone()).collect()
        } else {
            // What is below a row that goes or comes back has not changed itself.
            let mut all = Ids::default();
            for id in self.table.revised_since(since).iter() {
                all.extend(D::family(self, self.aliases.resolve(id)));
                all.insert(id);
            }
            all.to_vec()
        };
        let rows = ids.iter().filter_map(|id| self.view(id)).collect();
        let ids = if planted::has(Fault::MirrorKeepsGone) { Vec::new() } else { ids };
        let gone = ids.into_iter().filter(|id| self.told.get(id).is_none()).map(|id| Gone { id }).collect();
        Reply::Changes { revision: self.shown_through(), reset, rows, gone }
    }

    /// All changes up to this number are shown: what is not open yet is told when it is asked for again.
    fn shown_through(&self) -> u64 {
        let unopened = D::unopened(self);
        let marks = unopened.iter().filter_map(|id| self.aliases.former(id));
        let ids = unopened.iter().map(String::as_str).chain(marks);
        ids.filter_map(|id| self.table.revision_of(id)).map(|revision| revision.saturating_sub(1)).fold(self.revision, u64::min)
    }

    /// Everything is loaded.
    pub(super) fn answer_waiting(&mut self) {
        for (read, query) in std::mem::take(&mut self.readings.waiting) {
            self.read(read, query);
        }
    }

    /// Nothing can be loaded.
    pub(super) fn refuse_waiting(&mut self, code: ErrorCode) {
        for (read, _) in std::mem::take(&mut self.readings.waiting) {
            self.reply(read, Err(code));
        }
        self.commits.refuse(&mut self.effects, code);
    }

    /// What other tabs have stored is known.
    pub(super) fn answer_receipts(&mut self) {
        for (read, event_id) in std::mem::take(&mut self.readings.receipts) {
            if self.outbox.find(&event_id).is_some() {
                self.reply(read, Ok(Reply::Receipt { event_id, standing: Some(Standing::Pending) }));
            } else {
                self.search_settled(read, event_id, None);
            }
        }
    }

    fn search_settled(&mut self, read: ReadId, event_id: String, after: Option<String>) {
        let task = self.begin(Task::FindSettled);
        self.readings.searches.push((task, read, event_id));
        self.perform(Effect::Read { task, read: Read::Page { store: Store::Settled, after, limit: SETTLED_PAGE } });
    }

    pub(super) fn settled_read(&mut self, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(place) = self.readings.searches.iter().position(|(asked, ..)| *asked == task) else { return };
        let (_, read, event_id) = self.readings.searches.swap_remove(place);
        let Ok(rows) = rows else { return self.reply(read, Err(ErrorCode::StorageFailed)) };
        let outcome = rows.iter().find_map(|(_, record)| settled::outcome_of_event(record, &event_id));
        match (outcome, rows.into_iter().last()) {
            (Some(outcome), _) => self.reply(read, Ok(Reply::Receipt { event_id, standing: Some(Standing::Ended(outcome)) })),
            (None, Some((last, _))) => self.search_settled(read, event_id, Some(last)),
            (None, None) => self.reply(read, Ok(Reply::Receipt { event_id, standing: None })),
        }
    }
}
