//! What a write needs before it is sent. An edit of sealed texts needs the row as it is: both texts are sealed anew, also the one that stays.

use super::op::Op;
use super::planted::{self, Fault};
use super::request::{read_refusal, read_row};
use super::row::{Kind, MINE};
use super::writing::{Composed, Draft, Writing};
use super::{Entry, Task, Typelets};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{Seq, TaskId};
use crate::engine::io::{CryptoFailure, HttpOutcome, Now};
use crate::engine::notice::{Origin, Outcome};
use crate::rows::io::{Effect, Sealed, Texts, Verb};
use crate::rows::json::text;
use crate::rows::outbox::EntryState;
use crate::rows::sending::Rest;
use crate::rows::{Engine, FIRST_DELAY_MS};

/// Most changes of one row that go in one request.
const MAX_MERGED: usize = 256;
/// Milliseconds until it is looked again whether what cannot be sent can be.
const LOCKED_MS: u64 = 2_000;

impl Engine<Typelets> {
    /// Does what these need before they are sent.
    pub(super) fn prepare(&mut self, now: Now, seqs: Vec<Seq>) {
        let Some((entry, op)) = self.entry_of(&seqs) else { return self.writing_is_over() };
        if entry.state == EntryState::Untold {
            if planted::has(Fault::PokeForgotten) {
                return self.settle(seqs, Outcome::Confirmed);
            }
            return self.tell_others(now, seqs);
        }
        if seqs.iter().any(|seq| self.is_locked(*seq)) || op.has_texts() && !self.has_good_key() {
            return self.rest_alone_for(now, seqs, LOCKED_MS);
        }
        let unopened = seqs.iter().any(|seq| self.outbox.get(*seq).is_some_and(|entry| !self.is_opened(*seq, entry)));
        if unopened {
            let key = self.aliases.resolve(&entry.id).to_owned();
            self.want_open(&key, Origin::Remote);
            return self.rest_alone_for(now, seqs, LOCKED_MS);
        }
        if entry.verb == Verb::Create && !self.own.listing.is_known {
            return self.want_listing_first(now, seqs); // What was there before is not what it will have made.
        }
        if entry.verb == Verb::Update && op.has_texts() && planted::has(Fault::SavedUnread) {
            return self.own.writing = Writing::Opening { seqs, read_at: now.mono };
        }
        if entry.verb == Verb::Update && op.has_texts() {
            let id = self.id_of(&entry.id);
            return match self.authorized(self.own.routes.note(&id)) {
                Some(request) => self.own.writing = Writing::Reading { task: self.request(Task::ReadRow, request), seqs },
                None => self.rest_alone(now, seqs),
            };
        }
        self.begin_write(now, seqs, None);
    }

    fn want_listing_first(&mut self, now: Now, seqs: Vec<Seq>) {
        self.want_listing();
        self.rest_alone_for(now, seqs, FIRST_DELAY_MS);
    }

    /// The first of some entries, and what they do together.
    pub(super) fn entry_of(&self, seqs: &[Seq]) -> Option<(Entry, Op)> {
        let mut entries = seqs.iter().filter_map(|seq| self.outbox.get(*seq));
        let first = entries.next()?;
        let mut op = first.op.clone();
        entries.for_each(|entry| op.merge(&entry.op));
        Some((first.clone(), op))
    }

    /// An update together with those of the same row that follow, before anything else comes to it.
    pub(super) fn merged_with(&self, first: Seq) -> Vec<Seq> {
        let Some(entry) = self.outbox.get(first).filter(|entry| entry.verb == Verb::Update) else { return vec![first] };
        let key = self.aliases.resolve(&entry.id);
        let own = self.outbox.of_row(key, &self.aliases).into_iter().skip_while(|(seq, _)| *seq < first);
        let is_alike = |other: &Entry| {
            std::mem::discriminant(&other.state) == std::mem::discriminant(&entry.state)
                && (other.state == EntryState::Waiting || other.op.has_texts() == entry.op.has_texts())
                && self.aliases.resolve(&other.id) == key
        };
        let updates = own.take_while(|(_, other)| other.verb == Verb::Update && is_alike(other));
        updates.map(|(seq, _)| seq).take(MAX_MERGED).collect()
    }

    /// The row onto which an edit goes, as the server has it now.
    pub(super) fn row_read(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        if !matches!(&self.own.writing, Writing::Reading { task: asked, .. } if *asked == task) {
            return;
        }
        let Writing::Reading { seqs, .. } = std::mem::replace(&mut self.own.writing, Writing::Idle) else { return };
        match outcome {
            HttpOutcome::Response { status: 200, body, .. } => match read_row(Kind::Note, &body) {
                Some(row) => {
                    let id = text(&row, "id").unwrap_or_default().to_owned();
                    self.learn_note(&id, row);
                    self.own.writing = Writing::Opening { seqs, read_at: now.mono };
                }
                None => {
                    self.report_code(ErrorCode::BadEvent);
                    self.rest_alone(now, seqs);
                }
            },
            HttpOutcome::Response { status: 401, .. } => {
                self.rest_alone(now, seqs);
                self.token_is_bad();
            }
            HttpOutcome::Response { status: 404 | 410, body, .. } => {
                let key = self.entry_of(&seqs).map(|(entry, _)| self.aliases.resolve(&entry.id).to_owned());
                self.refuse(&seqs, read_refusal(&body));
                if let Some(key) = key {
                    self.learn_gone(&key);
                }
            }
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => self.rest_alone(now, seqs),
        }
    }

    /// Puts an edit onto the row that was read. What another device has saved since the edited version is lost by that, so the app is told.
    pub(super) fn seal_if_opened(&mut self, now: Now, seqs: Vec<Seq>, read_at: u64) {
        let Some((entry, op)) = self.entry_of(&seqs) else { return self.writing_is_over() };
        let key = self.aliases.resolve(&entry.id).to_owned();
        let Some(row) = self.table.get(&key).cloned() else { return self.rest_alone(now, seqs) };
        let Some(opened) = self.opened_of(&key, &row) else { return self.want_open(&key, Origin::Remote) };
        let edit = op.texts.clone().unwrap_or_default();
        let texts = match (opened, &edit) {
            (Some(texts), _) => Texts {
                title: edit.title.or(texts.title).or(Some(String::new())),
                content: edit.content.or(texts.content).or(Some(String::new())),
            },
            // Of a row that nobody can open nothing is kept.
            (None, Texts { title: Some(_), content: Some(_) }) => edit,
            (None, _) => return self.refuse(&seqs, "the rest of the note cannot be opened".to_owned()),
        };
        let iv = text(&row, "iv").unwrap_or_default();
        let own = match &entry.state {
            EntryState::Attempted { known } => known.iter().any(|known| known == iv),
            EntryState::Waiting | EntryState::Untold | EntryState::Wedged(_) => false,
        };
        if iv != op.base && !own && !row.contains_key(MINE) {
            let theirs = self.texts_of(&key).unwrap_or_default();
            let version = [&key, " ", iv].concat();
            if !planted::has(Fault::OverwrittenUntold) && theirs != texts && self.own.contested.as_ref() != Some(&version) {
                self.own.contested = Some(version);
                self.tell_conflict(&key, &texts, &theirs);
            }
        }
        let task = self.begin(crate::rows::Task::Own(Task::SealRow));
        self.perform(Effect::Seal { task, texts: texts.clone() });
        let draft = Draft { texts, onto: iv.to_owned(), read_at };
        self.own.writing = Writing::Sealing { task, seqs, draft };
    }

    pub(super) fn row_sealed(&mut self, now: Now, task: TaskId, result: Result<Sealed, CryptoFailure>) {
        if !matches!(&self.own.writing, Writing::Sealing { task: asked, .. } if *asked == task) {
            return;
        }
        let Writing::Sealing { seqs, draft, .. } = std::mem::replace(&mut self.own.writing, Writing::Idle) else { return };
        match result {
            Ok(sealed) => self.begin_write(now, seqs, Some(Composed { sealed, draft })),
            Err(_) => {
                self.report_code(ErrorCode::NotSupported);
                self.rest_alone(now, seqs);
            }
        }
    }

    fn rest_alone_for(&mut self, now: Now, seqs: Vec<Seq>, millis: u64) {
        self.own.writing = Writing::Idle;
        self.sending.rests.push(Rest { seqs, until: now.mono + millis });
    }
}
