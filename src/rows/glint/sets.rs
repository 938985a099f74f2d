//! The sets of the team: from the server, else as they were seen last.

use super::{Glint, Task};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{ReadId, TaskId};
use crate::engine::io::HttpOutcome;
use crate::engine::storage::{Read, Row, StorageFailure, Store};
use crate::rows::committing::Work;
use crate::rows::io::{Effect, Reply};
use crate::rows::{Engine, meta};

/// Calls that are not answered.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// While the server, then the database, is asked.
    sets: Vec<(TaskId, ReadId)>,
    /// As the server gave them last, since the page was opened.
    last_sets: Option<String>,
}

impl Engine<Glint> {
    pub(super) fn ask_for_sets(&mut self, read: ReadId) {
        let task = if self.is_held_off() { self.last_task.advance() } else { self.request(Task::Sets, self.own.routes.sets()) };
        self.own.readings.sets.push((task, read));
        if self.is_held_off() {
            self.sets_told(task, HttpOutcome::Unreachable);
        }
    }

    pub(super) fn sets_told(&mut self, task: TaskId, outcome: HttpOutcome) {
        let Some(place) = self.own.readings.sets.iter().position(|(asked, _)| *asked == task) else { return };
        let (_, read) = self.own.readings.sets.swap_remove(place);
        match outcome {
            HttpOutcome::Response { status: 200, body, .. } if crate::rows::json::parse_object(&body).is_some() => {
                if self.own.readings.last_sets.as_ref() != Some(&body) {
                    self.commits.queue(Work::Keep { key: meta::SETS.to_owned(), text: Some(body.clone()) });
                    self.own.readings.last_sets = Some(body.clone());
                }
                self.reply(read, Ok(Reply::Text(body)));
            }
            HttpOutcome::Response { status: 401, .. } => self.reply(read, Err(ErrorCode::NeedsAuth)),
            HttpOutcome::Response { status: 403, .. } => self.reply(read, Err(ErrorCode::Refused)),
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => {
                if let Some(text) = self.own.readings.last_sets.clone() {
                    return self.reply(read, Ok(Reply::Text(text)));
                }
                let task = self.begin(crate::rows::Task::Own(Task::FindSets));
                self.own.readings.sets.push((task, read));
                self.perform(Effect::Read { task, read: Read::Values { keys: vec![(Store::Meta, meta::SETS.to_owned())] } });
            }
        }
    }

    pub(super) fn sets_read(&mut self, task: TaskId, rows: Result<Vec<Row>, StorageFailure>) {
        let Some(place) = self.own.readings.sets.iter().position(|(asked, _)| *asked == task) else { return };
        let (_, read) = self.own.readings.sets.swap_remove(place);
        let kept = rows.ok().and_then(|mut rows| rows.pop()).and_then(|(_, text)| String::from_utf8(text).ok());
        self.reply(read, kept.map(Reply::Text).ok_or(ErrorCode::RequestFailed));
    }
}
