//! What the server tells. Of another note than was asked about, or without a row, it is a hint: the row is asked for.

use super::frame::{Message, Unusable, read_frame};
use super::planted::{self, Fault};
use super::request::MAX_ROWS;
use super::row::{Kind, MINE, is_older};
use super::{Timer, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport, shorten};
use crate::engine::io::Now;
use crate::engine::notice::Origin;
use crate::engine::payload::Payload;
use crate::rows::Engine;
use crate::rows::io::Sealed;
use crate::rows::json::{Fields, Value};
use crate::rows::notice::Notice;

/// Milliseconds until what another device tells of has been done.
const DONE_WITHIN_MS: u64 = 2_000;
/// Unknown types of frames that are reported, each once.
const MAX_REPORTED: usize = 16;

impl Engine<Typelets> {
    pub(super) fn frame(&mut self, now: Now, text: String) {
        let message = match read_frame(&text) {
            Ok(message) => message,
            Err(Unusable::Malformed) => return self.report_code(ErrorCode::BadFrame),
            Err(Unusable::BadEvent) => return self.report_code(ErrorCode::BadEvent),
            Err(Unusable::UnknownType(kind)) => {
                let kind = shorten(&kind);
                if self.own.reported_types.count() < MAX_REPORTED && self.own.reported_types.insert(&kind) {
                    self.report(ErrorReport::new(ErrorCode::UnknownFrame).detail(&kind));
                }
                return;
            }
        };
        match message {
            Message::Greeting => {}
            Message::Authenticated { user_id, secret } => self.authenticated(now, &user_id, secret),
            Message::NotAuthenticated { .. } => self.not_authenticated(now),
            Message::Joined(id) => self.joined(&id, true),
            Message::Left(id) => self.joined(&id, false),
            Message::Pong(timestamp) => self.pong(now, timestamp),
            Message::Error(words) => self.hear_error(now, words),
            Message::Updated(id, row) => {
                if let Some(row) = &row {
                    self.learn_note(&id, row.clone());
                }
                self.told(&id, row.as_ref());
            }
            Message::Changed(id, row) => {
                let key = Kind::Note.key(&id);
                match row {
                    Some(row) => self.learn_note(&id, row),
                    None => self.fetch(&key),
                }
                self.emit_opened(&key, Payload(text));
            }
            Message::NoteMade(id) | Message::NoteDeleted(id) => {
                self.fetch(&Kind::Note.key(&id));
                self.emit(Notice::Event(Payload(text)));
            }
            Message::FolderTouched | Message::FolderGoes => {
                if message == Message::FolderTouched {
                    self.want_listing();
                }
                // It is told of before it is done.
                self.arm(Timer::ListAgain, now.mono + DONE_WITHIN_MS);
                self.emit(Notice::Event(Payload(text)));
            }
        }
    }

    fn hear_error(&mut self, now: Now, words: String) {
        if !self.telling_failed(now, &words) && !self.joining_failed(&words) {
            self.report(ErrorReport::new(ErrorCode::ServerError).detail(&words));
        }
    }

    /// A note is this now, unless what is known is newer.
    pub(super) fn learn_note(&mut self, id: &str, row: Fields) {
        let key = Kind::Note.key(id);
        if let Some(row) = self.news(&key, row)
            && (self.table.get(&key).is_some() || self.table.count() < MAX_ROWS)
            && self.table.learn(&key, Some(row))
        {
            self.show([key], Origin::Remote);
        }
    }

    /// The row as it is to be kept; `None` where what is known is newer.
    pub(super) fn news(&self, key: &str, mut row: Fields) -> Option<Fields> {
        let Some(known) = self.table.get(key) else { return Some(row) };
        if is_older(&row, known) == Some(true) && !planted::has(Fault::OlderIsTaken) {
            return None;
        }
        let sealed = Sealed::of(&row);
        if known.contains_key(MINE)
            && sealed.is_some()
            && Sealed::of(known).map(|sealed| sealed.mark()) == sealed.map(|sealed| sealed.mark())
        {
            row.insert(MINE, Value::Bool(true));
        }
        Some(row)
    }

    /// A row is gone.
    pub(super) fn learn_gone(&mut self, key: &str) {
        if self.table.learn(key, None) {
            self.own.opened.forget(key);
            self.show([key.to_owned()], Origin::Remote);
        }
    }
}
