//! The part of WebCrypto that is used.

use crate::browser::done::Done;
use crate::browser::guard::settle;
use crate::browser::object::{global, object};
use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Crypto, CryptoKey, SubtleCrypto};

/// `crypto.subtle`.
#[derive(Clone)]
pub(super) struct WebCrypto {
    subtle: SubtleCrypto,
}

impl WebCrypto {
    /// `None` where the browser withholds it, as on a page without https.
    pub(super) fn find() -> Option<Self> {
        let subtle = global("crypto")?.unchecked_into::<Crypto>().subtle();
        (!subtle.is_undefined()).then_some(Self { subtle })
    }

    /// Imports secret bytes as a key that cannot be exported. The browser copies them at once.
    pub(super) fn import(&self, algorithm: &str, secret: &[u8], usages: &[&str]) -> Result<Promise, JsValue> {
        let bytes = Uint8Array::from(secret);
        let key = self.subtle.import_key_with_str("raw", &bytes, algorithm, false, &strings(usages));
        wipe(&bytes);
        key
    }

    /// PBKDF2-SHA256, 32 bytes.
    pub(super) fn stretch(&self, password: &CryptoKey, salt: &[u8], iterations: u32) -> Result<Promise, JsValue> {
        let algorithm = object(&[
            ("name", "PBKDF2".into()),
            ("hash", "SHA-256".into()),
            ("salt", Uint8Array::from(salt).into()),
            ("iterations", iterations.into()),
        ]);
        self.subtle.derive_bits_with_object(&algorithm, password, 256)
    }

    /// HKDF-SHA256 without a salt, 16 bytes.
    pub(super) fn derive_id(&self, key: &CryptoKey, info: &[u8]) -> Result<Promise, JsValue> {
        self.subtle.derive_bits_with_object(&hkdf(&[], info), key, 128)
    }

    /// HKDF-SHA256, as a key of AES-256-GCM that cannot be exported.
    pub(super) fn derive_aes(&self, key: &CryptoKey, salt: &[u8], info: &[u8]) -> Result<Promise, JsValue> {
        let aes = object(&[("name", "AES-GCM".into()), ("length", 256.into())]);
        self.subtle.derive_key_with_object_and_object(&hkdf(salt, info), key, &aes, false, &strings(&["encrypt", "decrypt"]))
    }

    /// AES-GCM; ciphertext and tag.
    pub(super) fn encrypt(&self, key: &CryptoKey, nonce: &[u8], prefix: &[u8], plaintext: &[u8]) -> Result<Promise, JsValue> {
        self.subtle.encrypt_with_object_and_u8_array(&aes_gcm(nonce, prefix), key, plaintext)
    }

    /// AES-GCM, of ciphertext and tag.
    pub(super) fn decrypt(&self, key: &CryptoKey, nonce: &[u8], prefix: &[u8], sealed: &[u8]) -> Result<Promise, JsValue> {
        self.subtle.decrypt_with_object_and_u8_array(&aes_gcm(nonce, prefix), key, sealed)
    }

    /// SHA-256.
    pub(super) fn digest(&self, bytes: &[u8]) -> Result<Promise, JsValue> {
        self.subtle.digest_with_str_and_u8_array("SHA-256", bytes)
    }
}

/// Goes on with what a call gives, or ends with `failure` if it gives nothing.
pub(super) fn attempt<T: 'static, E: 'static>(
    call: Result<Promise, JsValue>,
    failure: E,
    done: Done<Result<T, E>>,
    go_on: impl FnOnce(JsValue, Done<Result<T, E>>) + 'static,
) {
    settle(call, move |result| match result {
        Ok(value) => go_on(value, done),
        Err(_) => done(Err(failure)),
    });
}

/// The bytes of an `ArrayBuffer`.
pub(super) fn bytes(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// Overwrites bytes of JavaScript with zeros.
pub(super) fn wipe(bytes: &Uint8Array) {
    bytes.fill(0, 0, bytes.length());
}

fn hkdf(salt: &[u8], info: &[u8]) -> Object {
    object(&[
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(salt).into()),
        ("info", Uint8Array::from(info).into()),
    ])
}

fn aes_gcm(nonce: &[u8], prefix: &[u8]) -> Object {
    object(&[("name", "AES-GCM".into()), ("iv", Uint8Array::from(nonce).into()), ("additionalData", Uint8Array::from(prefix).into())])
}

fn strings(items: &[&str]) -> Array {
    items.iter().map(|item| JsValue::from_str(item)).collect()
}
