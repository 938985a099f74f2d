//! `sealwire-v1`, by WebCrypto: the page never has the bytes of a subkey, nor of the key after its import.

use super::web::{WebCrypto, attempt, bytes};
use crate::browser::done::{Done, later};
use crate::browser::guard::settle;
use crate::engine::io::{CryptoFailure, Sealed};
use crate::engine::seal::{Prefix, SUBKEY_INFO};
use js_sys::Promise;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, DomException};

/// How many subkeys are kept at a time, one for each installation of the account that was heard of last.
const MAX_SUBKEYS: usize = 256;

/// An HKDF key, and the subkeys that were derived of it.
pub(super) struct SealedKey {
    web: WebCrypto,
    key: CryptoKey,
    id: [u8; 16],
    /// By salt, each a promise: whoever needs one while it is being derived waits for the same.
    pub(super) subkeys: RefCell<VecDeque<([u8; 16], Promise)>>,
}

impl SealedKey {
    pub(super) fn new(web: WebCrypto, key: CryptoKey, id: [u8; 16]) -> Self {
        Self { web, key, id, subkeys: RefCell::default() }
    }

    /// Seals under a nonce that may never be used again with this salt.
    pub(super) fn seal(&self, salt: [u8; 16], nonce: [u8; 12], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        let web = self.web.clone();
        let prefix = Prefix { key_id: self.id, salt, nonce }.to_bytes();
        attempt(Ok(self.subkey(salt)), CryptoFailure::Broken, done, move |subkey, done| {
            let sealed = web.encrypt(subkey.unchecked_ref(), &nonce, &prefix, &plaintext);
            attempt(sealed, CryptoFailure::Broken, done, move |sealed, done| {
                let body = [prefix, bytes(&sealed)].concat();
                attempt(web.digest(&body), CryptoFailure::Broken, done, move |digest, done| {
                    let digest = bytes(&digest).try_into().map_err(|_| CryptoFailure::Broken);
                    done(digest.map(|digest| Sealed { body, digest }));
                });
            });
        });
    }

    pub(super) fn open(&self, body: &[u8], done: Done<Result<Vec<u8>, CryptoFailure>>) {
        let Some((Prefix { key_id, salt, nonce }, prefix, sealed)) = Prefix::split(body) else {
            return later(move || done(Err(CryptoFailure::Malformed)));
        };
        if key_id != self.id {
            return later(move || done(Err(CryptoFailure::UnknownKey)));
        }
        let (web, prefix, sealed) = (self.web.clone(), prefix.to_vec(), sealed.to_vec());
        attempt(Ok(self.subkey(salt)), CryptoFailure::Broken, done, move |subkey, done| {
            let opened = web.decrypt(subkey.unchecked_ref(), &nonce, &prefix, &sealed);
            settle(opened, move |opened| done(opened.map(|plaintext| bytes(&plaintext)).map_err(|error| failure_of(&error))));
        });
    }

    fn subkey(&self, salt: [u8; 16]) -> Promise {
        let known = self.subkeys.borrow().iter().find(|(known, _)| *known == salt).map(|(_, subkey)| subkey.clone());
        known.unwrap_or_else(|| {
            let subkey = self.web.derive_aes(&self.key, &salt, SUBKEY_INFO).unwrap_or_else(|error| Promise::reject(&error));
            let mut subkeys = self.subkeys.borrow_mut();
            if subkeys.len() == MAX_SUBKEYS {
                subkeys.pop_front();
            }
            subkeys.push_back((salt, subkey.clone()));
            subkey
        })
    }
}

/// Why WebCrypto did not decrypt: it says `OperationError` where the tag does not fit.
fn failure_of(error: &JsValue) -> CryptoFailure {
    if error.unchecked_ref::<DomException>().name() == "OperationError" { CryptoFailure::BadTag } else { CryptoFailure::Broken }
}
