//! `sealwire-v1`, by `ring.js`.

use crate::browser::done::Done;
use crate::browser::guard::settle;
use crate::browser::object::Fields;
use crate::engine::io::{CryptoFailure, Sealed};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    /// A ring of keys.
    pub(super) type SealedKey;

    #[wasm_bindgen(js_name = openRing)]
    pub(super) fn open_ring(database: &JsValue, keys: &JsValue, needs_bytes: bool, compress_above: f64) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub(super) fn ids(this: &SealedKey) -> Vec<u8>;
    #[wasm_bindgen(method, js_name = takeBytes)]
    pub(super) fn take_bytes(this: &SealedKey) -> Vec<u8>;
    #[wasm_bindgen(method, js_name = seal)]
    fn begin_to_seal(this: &SealedKey, salt: &[u8], nonce: &[u8], plaintext: Vec<u8>) -> Promise;
    #[wasm_bindgen(method, js_name = open)]
    fn begin_to_open(this: &SealedKey, body: Vec<u8>) -> Promise;
    /// SHA-256.
    pub(super) fn digest(bytes: &[u8]) -> Promise;

    #[cfg(test)]
    #[wasm_bindgen(catch, js_name = readKeys)]
    pub(super) fn read_keys(options: &JsValue, format: &str, needs_bytes: bool) -> Result<JsValue, JsValue>;
    #[cfg(test)]
    #[wasm_bindgen(method, getter)]
    pub(super) fn subkeys(this: &SealedKey) -> js_sys::Array;
}

impl SealedKey {
    /// Seals under a nonce that may never be used again with this salt.
    pub(super) fn seal(&self, salt: &[u8; 16], nonce: &[u8; 12], plaintext: Vec<u8>, done: Done<Result<Sealed, CryptoFailure>>) {
        settle(Ok(self.begin_to_seal(salt, nonce, plaintext)), move |sealed| {
            done(sealed.ok().and_then(|parts| sealed_of(parts.unchecked_ref())).ok_or(CryptoFailure::Broken));
        });
    }

    /// Opens a body.
    pub(super) fn open(&self, body: Vec<u8>, done: Done<Result<Vec<u8>, CryptoFailure>>) {
        settle(Ok(self.begin_to_open(body)), move |opened| {
            done(match opened {
                Ok(plaintext) if plaintext.is_object() => Ok(bytes(&plaintext)),
                failure => Err(failure_of(failure.ok().and_then(|word| word.as_string()))),
            });
        });
    }
}

/// A ciphertext that bears prefix and digest.
#[inline(never)]
fn sealed_of(sealed: &Fields) -> Option<Sealed> {
    let mut body = bytes(&sealed.any("head"));
    let digest = body.last_chunk().copied()?;
    body.truncate(body.len() - 32);
    body.append(&mut bytes(sealed));
    Some(Sealed { body, digest })
}

/// The bytes of a `Uint8Array` or an `ArrayBuffer`.
#[inline(never)]
pub(super) fn bytes(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

fn failure_of(word: Option<String>) -> CryptoFailure {
    match word.as_deref() {
        Some("malformed") => CryptoFailure::Malformed,
        Some("unknown_key") => CryptoFailure::UnknownKey,
        Some("bad_tag") => CryptoFailure::BadTag,
        Some("too_large") => CryptoFailure::TooLarge,
        _ => CryptoFailure::Broken,
    }
}
