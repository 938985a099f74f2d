//! Whether the key is the account's. A device with a wrong one, of a mistyped password say, would seal what nobody can open: so until
//! something of the account has opened, or the account has proved to be empty, nothing is sent.

use super::error::ErrorCode;
use super::io::Now;
use super::notice::KeyCheck;
use super::seal::{Format, Prefix};
use super::session::Session;
use super::work::Work;
use super::{Engine, meta};

impl Engine {
    /// Something of the account opened.
    pub(super) fn prove_key(&mut self) {
        if self.key_check != KeyCheck::Verified {
            self.key_check = KeyCheck::Verified;
            self.queue(Work::Raise { key: meta::PROVEN, value: 1 });
        }
    }

    /// A body of a page does not open with any key that is at hand. Where none has opened yet, the page is to be read again with the right one.
    pub(super) fn key_failed(&mut self) {
        if self.key_check == KeyCheck::Unknown {
            self.catch_up.has_unopened = true;
            self.catch_up.is_held = true;
        }
    }

    /// A whole catch-up has been read. Whether the key is not known to be wrong; if it is, the connection stops. One event that does
    /// not open proves nothing, all of them do.
    pub(super) fn is_key_plausible(&mut self) -> bool {
        let is_wrong = self.key_check == KeyCheck::Unknown && self.catch_up.has_unopened;
        if is_wrong {
            self.stop(ErrorCode::KeyMismatch);
        } else {
            self.prove_key();
        }
        !is_wrong
    }

    /// The server cannot be asked for anything of the account.
    pub(super) fn cannot_check_key(&mut self) {
        if self.key_check == KeyCheck::Unknown {
            self.key_check = KeyCheck::Unchecked;
        }
    }

    /// The app says that the key is right.
    pub(super) fn accept_key(&mut self, now: Now) {
        self.prove_key();
        if matches!(self.session, Session::Stopped(ErrorCode::KeyMismatch)) {
            self.reconnect(now);
        }
    }

    /// How a body is sealed: as the account's are, unless it is of another format that the app accepts.
    pub(super) fn format_of(&self, body: &[u8]) -> Format {
        if !self.config.accepts_other {
            return self.config.format;
        }
        if self.key_of(body).is_some() { Format::SealedV1 } else { Format::BitmarksPlain }
    }

    /// The place in the key ring of the key that a body is sealed under, 0 being the newest.
    pub(super) fn key_of(&self, body: &[u8]) -> Option<usize> {
        let (Prefix { key_id, .. }, ..) = Prefix::split(body)?;
        self.config.key_ids.iter().position(|known| *known == key_id)
    }

    /// Whether a body is of the account's format and under its newest key.
    pub(super) fn is_sealed_as_now(&self, body: &[u8]) -> bool {
        match self.config.format {
            Format::SealedV1 => self.key_of(body) == Some(0),
            Format::BitmarksPlain => self.key_of(body).is_none(),
        }
    }

    /// Whether a body is sealed under a key of the ring that has been replaced.
    pub(super) fn is_retired(&self, body: &[u8]) -> bool {
        self.key_of(body).is_some_and(|place| place > 0)
    }
}
