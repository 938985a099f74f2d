//! `bitmarks-plain`: its cipher is software, because WebCrypto has none like it.

use super::sealed::{SealedKey, bytes, digest};
use crate::browser::done::{Done, later};
use crate::browser::guard::settle;
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::PLAIN_NONCE_LENGTH;
use crate::engine::software::{open_plain, seal_plain};
use std::rc::Rc;
use zeroize::Zeroizing;

/// The bytes of the keys, the newest first, in memory of ours, zeroed in the end.
pub(super) struct PlainKey {
    keys: Rc<Vec<Zeroizing<[u8; 32]>>>,
}

impl PlainKey {
    /// Of the bytes that a ring was made to keep.
    pub(super) fn take(ring: &SealedKey) -> Self {
        let bytes = Zeroizing::new(ring.take_bytes());
        let (keys, _) = bytes.as_chunks::<32>();
        Self { keys: Rc::new(keys.iter().map(|key| Zeroizing::new(*key)).collect()) }
    }

    /// Seals under a nonce that may never be used again.
    pub(super) fn seal(&self, nonce: [u8; PLAIN_NONCE_LENGTH], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        let keys = Rc::clone(&self.keys);
        settle(Ok(digest(&plaintext)), move |digest| {
            let digest = digest.ok().and_then(|digest| bytes(&digest).try_into().ok());
            let sealed = digest.zip(keys.first()).map(|(digest, key)| seal_plain(key, nonce, &plaintext, digest));
            done(sealed.unwrap_or(Err(CryptoFailure::Broken)));
        });
    }

    /// Opens at once, and tells later.
    pub(super) fn open(&self, body: &[u8], done: Done<Result<Vec<u8>, CryptoFailure>>) {
        let failure = Err(CryptoFailure::UnknownKey);
        let opened = self.keys.iter().map(|key| open_plain(key, body)).reduce(Result::or).unwrap_or(failure);
        later(move || done(opened));
    }
}
