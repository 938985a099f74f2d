//! The key of an account: sealing and opening as PROTOCOL.md has it.

mod plain;
mod sealed;
#[cfg(test)]
mod tests;

use super::done::{Done, later};
use super::guard::settle;
use super::random::random;
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::Format;
use plain::PlainKey;
use sealed::{SealedKey, import_key};
use wasm_bindgen::{JsCast, JsValue};

/// The key of an account, in each form that a format needs.
pub(crate) struct AccountKey {
    sealed: SealedKey,
    /// Only of an account whose format is `bitmarks-plain`.
    plain: Option<PlainKey>,
}

impl AccountKey {
    /// Makes what `readKey` gave ready for use. It can open and seal `sealwire-v1`, and `bitmarks-plain` if that is the account's
    /// format. `None` where the browser has no WebCrypto with HKDF and PBKDF2: the page is without https, or the browser too old.
    pub(crate) fn import(source: &JsValue, format: Format, done: Done<Option<Self>>) {
        let is_plain = format == Format::BitmarksPlain;
        settle(Ok(import_key(source, is_plain)), move |key| {
            done(key.ok().map(|key| {
                let sealed: SealedKey = key.unchecked_into();
                Self { plain: is_plain.then(|| PlainKey::take(&sealed)), sealed }
            }));
        });
    }

    /// Seals a plaintext under a fresh nonce. `salt` is the installation's.
    pub(crate) fn seal(&self, format: Format, salt: [u8; 16], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        match (format, &self.plain) {
            (Format::SealedV1, _) => self.sealed.seal(&salt, &random(), plaintext, done),
            (Format::BitmarksPlain, Some(key)) => key.seal(random(), plaintext, done),
            (Format::BitmarksPlain, None) => later(move || done(Err(CryptoFailure::UnknownKey))),
        }
    }

    /// Opens a body.
    pub(crate) fn open(&self, format: Format, body: Vec<u8>, done: Done<Result<Vec<u8>, CryptoFailure>>) {
        match (format, &self.plain) {
            (Format::SealedV1, _) => self.sealed.open(body, done),
            (Format::BitmarksPlain, Some(key)) => key.open(&body, done),
            (Format::BitmarksPlain, None) => later(move || done(Err(CryptoFailure::UnknownKey))),
        }
    }
}
