//! Over the socket: updates that are not sealed, and telling the account's other devices of what went over REST.

use super::planted::{self, Fault};
use super::row::Kind;
use super::send;
use super::writing::Writing;
use super::{Timer, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::Seq;
use crate::engine::io::Now;
use crate::engine::notice::Outcome;
use crate::rows::Engine;
use crate::rows::io::{Sealed, Verb};
use crate::rows::json::{Fields, text_of};
use crate::rows::outbox::EntryState;

/// Milliseconds that the server may take to confirm an update.
const DEADLINE_MS: u64 = 10_000;
/// Longest row that is told of whole, in bytes: with the frame around it, it has to be below the server's limit.
const MAX_TOLD: usize = 900_000;

impl Engine<Typelets> {
    /// Sends an update; it is confirmed where the row holds `values`.
    pub(super) fn send_update(&mut self, now: Now, seqs: Vec<Seq>, id: String, changes: Fields, values: Fields) {
        let frame = send::update(&id, changes);
        self.own.writing = Writing::Telling { seqs, id, values };
        self.arm(Timer::Answer, now.mono + DEADLINE_MS);
        self.say(now, frame);
    }

    /// Tells the others of what the server has.
    pub(super) fn tell_others(&mut self, now: Now, seqs: Vec<Seq>) {
        let Some((entry, op)) = self.entry_of(&seqs) else { return self.writing_is_over() };
        let (key, id) = (self.aliases.resolve(&entry.id).to_owned(), self.id_of(&entry.id));
        let row = self.told_row(self.table.get(&key));
        let frame = match (op.kind, op.verb) {
            (Kind::Note, Verb::Update) => {
                // It carries no ciphertext, which could meet another device's IV; and what is not sealed.
                let values = self.placed(&op);
                let mut changes = send::poke();
                changes.extend(values.clone());
                if let Some(sealed) = self.table.get(&key).and_then(Sealed::of).filter(|_| planted::has(Fault::SealedOverSocket)) {
                    changes.insert("encryptedTitle", sealed.title.as_deref().unwrap_or_default().into());
                    changes.insert("encryptedContent", sealed.content.as_deref().unwrap_or_default().into());
                }
                return self.send_update(now, seqs, id, changes, values);
            }
            (Kind::Note, Verb::Create) => send::note_created(&id, &row),
            (Kind::Note, _) => send::note_deleted(&id),
            (Kind::Folder, Verb::Create) => send::folder_created(&id, &row),
            (Kind::Folder, Verb::Update) => send::folder_updated(&id, &self.placed(&op), &row),
            (Kind::Folder, _) => return self.settle(seqs, Outcome::Confirmed), // They were told before.
        };
        self.say(now, frame);
        self.settle(seqs, Outcome::Confirmed);
    }

    /// A row as others are told of it: with its user, and what is large left out.
    fn told_row(&self, row: Option<&Fields>) -> Fields {
        let row = row.cloned().unwrap_or_default();
        let mut told = if text_of(&row).len() <= MAX_TOLD { row } else { row.filtered(|name, value| (name == "id").then_some(value)) };
        told.remove(super::row::MINE);
        told.insert_missing("userId", self.own.config.user_id.as_str().into());
        told
    }

    /// The server has carried out an update of this account and socket: the one in flight, if the row holds all that was sent.
    pub(super) fn told(&mut self, id: &str, row: Option<&Fields>) {
        let Writing::Telling { id: told, values, seqs } = &self.own.writing else { return };
        let holds_all = row.is_some_and(|row| row.holds(values));
        if told == id && (holds_all || planted::has(Fault::ConfirmedByAny)) {
            let seqs = seqs.clone();
            self.disarm(Timer::Answer);
            self.own.erred = None;
            self.settle(seqs, Outcome::Confirmed);
        }
    }

    /// An error came: whether it can be about the update in flight. It has no id, so at first it is looked whether the update was carried out.
    pub(super) fn telling_failed(&mut self, now: Now, words: &str) -> bool {
        let Writing::Telling { seqs, values, .. } = &self.own.writing else { return false };
        let (seqs, is_poke) = (seqs.clone(), values.count() == 0);
        let Some(first) = seqs.first().copied() else { return false };
        self.disarm(Timer::Answer);
        let is_second = self.own.erred.replace(first) == Some(first);
        match (is_second, self.outbox.get(first).map(|entry| entry.state == EntryState::Untold)) {
            (false, _) if !planted::has(Fault::ErrorRefuses) => self.look_for(now, seqs),
            // The row is saved, and there is nobody to tell.
            (true, Some(true)) if is_poke => {
                self.report_server(words);
                self.settle(seqs, Outcome::Confirmed);
            }
            (_, _) => {
                self.own.erred = None; // Sent again, it is another one.
                self.refuse(&seqs, words.to_owned());
            }
        }
        true
    }

    pub(super) fn telling_timed_out(&mut self, now: Now) {
        if let Writing::Telling { seqs, .. } = &self.own.writing {
            let seqs = seqs.clone();
            self.report(ErrorReport::new(ErrorCode::NoAnswer).detail("note_update"));
            self.look_for(now, seqs);
        }
    }

    /// The connection is lost.
    pub(super) fn telling_is_cut_off(&mut self, now: Now) {
        if let Writing::Telling { seqs, .. } = &self.own.writing {
            let seqs = seqs.clone();
            self.disarm(Timer::Answer);
            self.look_for(now, seqs);
        }
    }
}
