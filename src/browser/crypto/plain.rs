//! `bitmarks-plain`: its cipher is software, because WebCrypto has none like it.

use super::sealed::{SealedKey, bytes, digest};
use crate::browser::done::{Done, later};
use crate::browser::guard::settle;
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::PLAIN_NONCE_LENGTH;
use crate::engine::software::{open_plain, seal_plain};
use std::rc::Rc;
use zeroize::Zeroizing;

/// The bytes of a key, in memory of ours, zeroed in the end.
pub(super) struct PlainKey {
    key: Rc<Zeroizing<[u8; 32]>>,
}

impl PlainKey {
    /// Of the bytes that an imported key was made to keep.
    pub(super) fn take(imported: &SealedKey) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        imported.take_bytes(key.as_mut_slice());
        Self { key: Rc::new(key) }
    }

    /// Seals under a nonce that may never be used again.
    pub(super) fn seal(&self, nonce: [u8; PLAIN_NONCE_LENGTH], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        let key = Rc::clone(&self.key);
        settle(Ok(digest(&plaintext)), move |digest| {
            let digest = digest.ok().and_then(|digest| bytes(&digest).try_into().ok());
            done(digest.ok_or(CryptoFailure::Broken).and_then(|digest| seal_plain(&key, nonce, &plaintext, digest)));
        });
    }

    /// Opens at once, and tells later.
    pub(super) fn open(&self, body: &[u8], done: Done<Result<Vec<u8>, CryptoFailure>>) {
        let opened = open_plain(&self.key, body);
        later(move || done(opened));
    }
}
