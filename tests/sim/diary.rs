//! What an app was told.

use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::{Operation, Stamp};
use sealwire::engine::ids::{EntityKey, PushId, ReadId};
use sealwire::engine::io::Reply;
use sealwire::engine::notice::{Change, Notice, Origin, Outcome, Rejected};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Diary {
    pub is_ready: bool,
    pub changes: Vec<Change>,
    pub errors: BTreeMap<ErrorCode, u32>,
    pub rejected: Vec<Rejected>,
    pub stored: BTreeMap<PushId, Result<String, ErrorCode>>,
    pub settled: BTreeMap<String, Outcome>,
    pub replies: BTreeMap<ReadId, Result<Reply, ErrorCode>>,
    /// What was told once more than it may be: a change of the same stamp, an end of the same event.
    pub doubled: Vec<String>,
    has_failed: bool,
    told: BTreeSet<(EntityKey, Stamp)>,
    /// The entities as an app shows them that does nothing but follow `change`.
    pub mirror: BTreeMap<EntityKey, Option<(Stamp, String)>>,
}

impl Diary {
    /// The page was opened anew: it is told again what is shown.
    pub fn reopened(&mut self) {
        self.is_ready = false;
        self.has_failed = false;
        self.told.clear();
        self.mirror.clear();
    }

    pub fn note(&mut self, notice: Notice) {
        match notice {
            Notice::Ready { .. } => self.is_ready = true,
            Notice::Change(change) => self.change(*change),
            Notice::Error(report) => {
                self.has_failed |= !self.is_ready;
                *self.errors.entry(report.code).or_default() += 1;
                // What cannot be read cannot be shown, as the app was told.
                self.mirror.retain(|key, _| report.entity.as_ref() != Some(key));
            }
            Notice::Rejected(rejected) => self.rejected.push(*rejected),
            Notice::Status(_) | Notice::Progress { .. } => {}
        }
    }

    fn change(&mut self, change: Change) {
        if change.origin == Origin::Restored {
            self.told.retain(|(key, _)| *key != change.key);
        } else if !self.told.insert((change.key.clone(), change.stamp.clone())) {
            self.doubled.push(format!("{} of {:?}", change.stamp.event_id(), change.key));
        }
        let is_there = change.operation != Operation::Delete;
        self.mirror.insert(change.key.clone(), is_there.then(|| (change.stamp.clone(), change.data.0.clone())));
        self.changes.push(change);
    }

    pub fn settle(&mut self, event_id: String, outcome: Outcome) {
        if self.settled.insert(event_id.clone(), outcome).is_some() {
            self.doubled.push(format!("end of {event_id}"));
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
