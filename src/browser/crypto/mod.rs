//! The key of an account: sealing and opening as PROTOCOL.md has it.

mod plain;
mod sealed;
#[cfg(test)]
mod tests;

use super::done::{Done, later};
use super::guard::settle;
use super::object::Fields;
use super::random::random;
use crate::engine::error::ErrorCode;
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::Format;
use plain::PlainKey;
use sealed::{SealedKey, open_ring};
use wasm_bindgen::{JsCast, JsValue};

/// The keys of an account, in each form that a format needs.
pub(crate) struct AccountKey {
    sealed: SealedKey,
    /// Only where `bitmarks-plain` is the account's format, or is accepted.
    plain: Option<PlainKey>,
}

impl AccountKey {
    /// Makes a ring of the keys in `options` and of those that `database` keeps, and keeps it there as the app wants it. Fails with
    /// `key_missing`, `key_mismatch`, or `not_supported` where the browser has no WebCrypto with HKDF and PBKDF2: the page is without
    /// https, or the browser too old.
    pub(crate) fn of_ring(database: &JsValue, options: &Fields, done: Done<Result<Self, ErrorCode>>) {
        let needs_bytes = options.truth("needsBytes");
        let ring = open_ring(database, &options.any("keys"), needs_bytes, options.number("compressAbove"));
        settle(Ok(ring), move |ring| {
            done(match ring {
                Ok(ring) => {
                    let sealed: SealedKey = ring.unchecked_into();
                    Ok(Self { plain: needs_bytes.then(|| PlainKey::take(&sealed)), sealed })
                }
                Err(error) => Err(code_of(error)),
            });
        });
    }

    /// The ids of the keys, the newest first.
    pub(crate) fn ids(&self) -> Vec<[u8; 16]> {
        self.sealed.ids().as_chunks().0.to_vec()
    }

    /// Seals a plaintext under a fresh nonce. `salt` is the installation's.
    #[inline(never)]
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

/// The code of a `SyncError`; whatever else was thrown, the browser lacks something.
#[inline(never)]
fn code_of(error: JsValue) -> ErrorCode {
    match error.unchecked_into::<Fields>().text("code").as_deref() {
        Some("key_missing") => ErrorCode::KeyMissing,
        Some("key_mismatch") => ErrorCode::KeyMismatch,
        Some("storage_failed") => ErrorCode::StorageFailed,
        _ => ErrorCode::NotSupported,
    }
}
