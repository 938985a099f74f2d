//! `bitmarks-plain`: its cipher is software, because WebCrypto has none like it.

use super::web::{WebCrypto, attempt, bytes};
use crate::browser::done::{Done, later};
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::PLAIN_NONCE_LENGTH;
use crate::engine::software::{open_plain, seal_plain};
use std::rc::Rc;
use zeroize::Zeroizing;

/// The bytes of a key, in memory of ours, zeroed in the end.
pub(super) struct PlainKey {
    web: WebCrypto,
    key: Rc<Zeroizing<[u8; 32]>>,
}

impl PlainKey {
    pub(super) fn new(web: WebCrypto, key: Zeroizing<[u8; 32]>) -> Self {
        Self { web, key: Rc::new(key) }
    }

    /// Seals under a nonce that may never be used again.
    pub(super) fn seal(&self, nonce: [u8; PLAIN_NONCE_LENGTH], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        let key = Rc::clone(&self.key);
        attempt(self.web.digest(&plaintext), CryptoFailure::Broken, done, move |digest, done| {
            let digest = bytes(&digest).try_into().map_err(|_| CryptoFailure::Broken);
            done(digest.and_then(|digest| seal_plain(&key, nonce, &plaintext, digest)));
        });
    }

    /// Opens at once, and tells later.
    pub(super) fn open(&self, body: &[u8], done: Done<Result<Vec<u8>, CryptoFailure>>) {
        let opened = open_plain(&self.key, body);
        later(move || done(opened));
    }
}
