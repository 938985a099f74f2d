//! What may have been done, and was not confirmed, is looked for before it is done again: a server without idempotency keys would do it twice.

use super::planted::{self, Fault};
use super::request::read_row;
use super::row::Kind;
use super::writing::Writing;
use super::{Entry, Task, Timer, Typelets};
use crate::engine::ids::{Seq, TaskId};
use crate::engine::io::{HttpOutcome, Now};
use crate::engine::notice::Outcome;
use crate::rows::Engine;
use crate::rows::io::Verb;
use crate::rows::json::{Fields, Value, text};
use crate::rows::outbox::EntryState;
use crate::rows::sending::{LATEST_MS, next_look};

impl Engine<Typelets> {
    /// The server may have carried these out, or may do so yet.
    pub(super) fn look_for(&mut self, now: Now, seqs: Vec<Seq>) {
        self.look_from(now, seqs, now.mono);
    }

    /// The same where it may have been sent until a moment to come.
    pub(super) fn look_from(&mut self, now: Now, seqs: Vec<Seq>, given_up: u64) {
        self.own.writing = Writing::Looking { seqs, since: now.mono, given_up, is_answered: false, task: None };
        self.look(now, None);
    }

    /// Looks at what is known by now; `listed` is when the list was asked for, if there is a new one.
    pub(super) fn look(&mut self, now: Now, listed: Option<u64>) {
        let Writing::Looking { seqs, since, given_up, is_answered, task } = &self.own.writing else { return };
        let (seqs, is_new) = (seqs.clone(), listed.filter(|listed| listed >= since));
        let (dead_at, is_answered, is_asking) = (given_up + LATEST_MS, *is_answered, task.is_some());
        let Some((entry, _)) = self.entry_of(&seqs) else { return self.writing_is_over() };
        match (entry.verb, entry.op.kind) {
            (Verb::Create, _) => self.look_for_made(now, seqs, &entry, is_new, dead_at, is_answered),
            (_, Kind::Folder) => self.look_at_folder(now, seqs, &entry, is_new, dead_at),
            (_, Kind::Note) if is_asking || !self.is_talking() => {}
            (_, Kind::Note) => {
                let id = self.id_of(&entry.id);
                if let Some(request) = self.authorized(self.own.routes.note(&id)) {
                    let asked = self.request(Task::Look, request);
                    if let Writing::Looking { task, .. } = &mut self.own.writing {
                        *task = Some(asked);
                    }
                }
            }
        }
    }

    fn look_for_made(&mut self, now: Now, seqs: Vec<Seq>, entry: &Entry, listed: Option<u64>, dead_at: u64, is_answered: bool) {
        let Some(seq) = seqs.first().copied() else { return };
        let made = self.table.iter().filter(|(key, row)| self.is_made_by(entry, key, row));
        // Several are alike only where another device of the account made the same: then it does not matter which is ours.
        if let Some((_, row)) = made.min_by_key(|(key, row)| (text(row, "createdAt").map(str::to_owned), (*key).to_owned())) {
            let row = row.clone();
            return self.born(now, seq, row);
        }
        let Some(listed) = listed else {
            if !self.is_armed(Timer::Look) {
                self.want_listing();
            }
            return;
        };
        if listed >= dead_at || planted::has(Fault::CreatedTooSoon) {
            // Done twice it would stand twice, so the first copy has to be dead.
            return if is_answered { self.settle(seqs, Outcome::Confirmed) } else { self.rest_alone(now, seqs) };
        }
        self.arm(Timer::Look, next_look(now, dead_at));
    }

    fn look_at_folder(&mut self, now: Now, seqs: Vec<Seq>, entry: &Entry, listed: Option<u64>, dead_at: u64) {
        if listed.is_none() {
            return self.want_listing();
        }
        let key = self.aliases.resolve(&entry.id).to_owned();
        self.haunt(now, &seqs, vec![key.clone()], dead_at);
        let row = self.table.get(&key);
        let is_done = if entry.verb == Verb::Delete { row.is_none() } else { row.is_some_and(|row| row.holds(&self.placed(&entry.op))) };
        if is_done { self.is_untold(seqs, None) } else { self.rest_alone(now, seqs) }
    }

    /// The note, as the server has it after the write was given up.
    pub(super) fn looked(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let Writing::Looking { seqs, given_up, task: asked, .. } = &mut self.own.writing else { return };
        if asked.take_if(|asked| *asked == task).is_none() {
            return;
        }
        let (seqs, dead_at) = (seqs.clone(), *given_up + LATEST_MS);
        let Some((entry, op)) = self.entry_of(&seqs) else { return self.writing_is_over() };
        let key = self.aliases.resolve(&entry.id).to_owned();
        let row = match outcome {
            HttpOutcome::Response { status: 200, body, .. } => read_row(Kind::Note, &body),
            HttpOutcome::Response { status: 404 | 410, .. } => {
                self.learn_gone(&key);
                self.haunt(now, &seqs, vec![key.clone()], dead_at);
                return if entry.verb == Verb::Delete { self.is_untold(seqs, None) } else { self.rest_alone(now, seqs) };
            }
            HttpOutcome::Response { status: 401, .. } => {
                self.token_is_bad();
                None
            }
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => None,
        };
        let Some(row) = row else {
            let delay = self.sending.backoff.next_delay_from(crate::rows::FIRST_DELAY_MS);
            return self.arm(Timer::Look, now.mono + delay);
        };
        let id = text(&row, "id").unwrap_or_default().to_owned();
        let iv = text(&row, "iv").map(str::to_owned);
        let is_deleted = row.get("deleted").and_then(Value::as_bool) == Some(true);
        let is_done = match (&entry.state, entry.verb) {
            // It was saved before; the others are told again.
            (EntryState::Untold, _) => false,
            (_, Verb::Delete) => is_deleted,
            (EntryState::Attempted { known }, _) if op.has_texts() => known.iter().any(|known| Some(known) == iv.as_ref()),
            (_, _) => row.holds(&self.placed(&op)),
        };
        self.learn_note(&id, row);
        self.haunt(now, &seqs, vec![key.clone()], dead_at);
        if !is_done {
            return self.rest_alone(now, seqs);
        }
        if let (true, EntryState::Attempted { known }) = (op.has_texts(), &entry.state) {
            self.is_mine(&key, known);
        }
        if op.has_texts() || entry.verb == Verb::Delete { self.is_untold(seqs, None) } else { self.settle(seqs, Outcome::Confirmed) }
    }

    /// The version of a row that is known is this device's, if it is one of these; another one may have come meanwhile.
    fn is_mine(&mut self, key: &str, saved: &[String]) {
        let is_it = |row: &&Fields| planted::has(Fault::OthersAreMine) || saved.iter().any(|iv| text(row, "iv") == Some(iv));
        if let Some(mut row) = self.table.get(key).filter(is_it).cloned() {
            row.insert(super::row::MINE, Value::Bool(true));
            self.table.learn(key, Some(row));
        }
    }
}
