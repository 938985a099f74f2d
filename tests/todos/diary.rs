//! What an app was told, and what it makes of it: a mirror of the rows, which it read once and has kept by `change`s since.

use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::ids::{PushId, ReadId};
use sealwire::engine::notice::Outcome;
use sealwire::rows::io::Reply;
use sealwire::rows::notice::{Change, Notice, Refusal, View};
use serde_json::Value;
use std::collections::BTreeMap;

/// Rows by their ids.
pub type Rows = BTreeMap<String, Value>;

#[derive(Default)]
pub struct Diary {
    pub is_ready: bool,
    pub changes: Vec<Change>,
    pub errors: BTreeMap<ErrorCode, u32>,
    pub rejected: Vec<Refusal>,
    pub stored: BTreeMap<PushId, Result<String, ErrorCode>>,
    pub settled: BTreeMap<String, Outcome>,
    pub replies: BTreeMap<ReadId, Result<Reply, ErrorCode>>,
    /// Events of the server, as they came.
    pub events: u32,
    pub is_drained: bool,
    /// What was told once more than it may be: an end of the same change.
    pub doubled: Vec<String>,
    /// Changes that told the app what it knew, or that cannot be.
    pub flickers: Vec<String>,
    /// The first read of the page, which the mirror begins with.
    pub first_read: Option<ReadId>,
    /// The rows as the app shows them; `None` before its first read is answered.
    pub mirror: Option<Rows>,
    /// A mirror that is kept by asking what has changed since.
    pub since: (u64, Rows),
    has_failed: bool,
}

impl Diary {
    /// The page was opened anew.
    pub fn reopened(&mut self) {
        self.is_ready = false;
        self.is_drained = false;
        self.has_failed = false;
        self.first_read = None;
        self.mirror = None;
    }

    /// The database was dropped.
    pub fn forget(&mut self) {
        self.since = (0, Rows::new());
    }

    pub fn note(&mut self, notice: Notice) {
        match notice {
            Notice::Ready => self.is_ready = true,
            Notice::Change(change) => self.change(*change),
            Notice::Error(report) => {
                self.has_failed |= !self.is_ready;
                *self.errors.entry(report.code).or_default() += 1;
            }
            Notice::Rejected(refusal) => self.rejected.push(*refusal),
            Notice::Event(_) => self.events += 1,
            Notice::Drained => self.is_drained = true,
            Notice::Status(_) | Notice::Conflict(_) => {}
        }
    }

    fn change(&mut self, change: Change) {
        if let Some(mirror) = &mut self.mirror {
            let before = mirror.get(&change.id).cloned();
            let after = (change.operation != Operation::Delete).then(|| json_of(&change.data));
            if before == after {
                let what = if before.is_some() { "nothing new" } else { "the end of nothing" };
                self.flickers.push(format!("{what} of {} ({})", change.id, change.origin.as_str()));
            }
            match (change.operation, before.is_some()) {
                (Operation::Create, true) => self.flickers.push(format!("the beginning of {}, which it had", change.id)),
                (Operation::Update, false) => self.flickers.push(format!("an update of {}, which it had not", change.id)),
                _ => {}
            }
            match after {
                Some(row) => mirror.insert(change.id.clone(), row),
                None => mirror.remove(&change.id),
            };
        }
        self.changes.push(change);
    }

    /// A call was answered.
    pub fn reply(&mut self, read: ReadId, result: Result<Reply, ErrorCode>) {
        if self.first_read == Some(read) {
            match result {
                Ok(Reply::Rows(views)) => self.mirror = Some(rows_of(&views)),
                _ => self.has_failed = true,
            }
            return;
        }
        self.replies.insert(read, result);
    }

    /// What has changed since it asked last.
    pub fn catch_up(&mut self, reply: Reply) {
        let Reply::Changes { revision, reset, rows, gone } = reply else { panic!("{reply:?} tells of no changes") };
        let (since, mirror) = &mut self.since;
        if reset {
            mirror.clear();
        }
        gone.iter().for_each(|gone| {
            mirror.remove(&gone.id);
        });
        mirror.extend(rows_of(&rows));
        *since = revision;
    }

    pub fn settle(&mut self, event_id: String, outcome: Outcome) {
        if self.settled.insert(event_id.clone(), outcome).is_some() {
            self.doubled.push(format!("the end of {event_id}"));
        }
    }

    /// Whether the database could not be read when the page was opened.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    pub fn errors_of(&self, code: ErrorCode) -> u32 {
        self.errors.get(&code).copied().unwrap_or(0)
    }
}

pub fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

pub fn rows_of(views: &[View]) -> Rows {
    views.iter().map(|view| (view.id.clone(), json_of(&view.data))).collect()
}
