//! The key of an account: sealing and opening as PROTOCOL.md has it.

mod import;
mod plain;
mod sealed;
#[cfg(test)]
mod tests;
mod web;

use super::done::{Done, later};
use super::random::random;
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::Format;
pub(crate) use import::{ImportFailure, KeySource};
use plain::PlainKey;
use sealed::SealedKey;

/// The key of an account, in each form that a format needs.
pub(crate) struct AccountKey {
    sealed: SealedKey,
    /// Only of an account whose format is `bitmarks-plain`.
    plain: Option<PlainKey>,
}

impl AccountKey {
    /// Makes a key ready for use. It can open and seal `sealwire-v1`, and `bitmarks-plain` if that is the account's format.
    pub(crate) fn import(source: KeySource, format: Format, done: Done<Result<Self, ImportFailure>>) {
        import::import(source, format, done);
    }

    /// Seals a plaintext under a fresh nonce. `salt` is the installation's.
    pub(crate) fn seal(&self, format: Format, salt: [u8; 16], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        match (format, &self.plain) {
            (Format::SealedV1, _) => self.sealed.seal(salt, random(), plaintext, done),
            (Format::BitmarksPlain, Some(key)) => key.seal(random(), plaintext, done),
            (Format::BitmarksPlain, None) => later(move || done(Err(CryptoFailure::UnknownKey))),
        }
    }

    /// Opens a body.
    pub(crate) fn open(&self, format: Format, body: &[u8], done: Done<Result<Vec<u8>, CryptoFailure>>) {
        match (format, &self.plain) {
            (Format::SealedV1, _) => self.sealed.open(body, done),
            (Format::BitmarksPlain, Some(key)) => key.open(body, done),
            (Format::BitmarksPlain, None) => later(move || done(Err(CryptoFailure::UnknownKey))),
        }
    }
}
