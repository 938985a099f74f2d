//! From the key that the app gives to the one that is used.

use super::web::{WebCrypto, attempt, bytes, wipe};
use super::{AccountKey, PlainKey, SealedKey};
use crate::browser::done::{Done, later};
use crate::engine::seal::{Format, KEY_ID_INFO};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;
use zeroize::Zeroizing;

/// The key as the app gives it.
pub(crate) enum KeySource {
    /// Random bytes.
    Raw(Zeroizing<[u8; 32]>),
    /// Imported by the app: algorithm HKDF, usages `deriveKey` and `deriveBits`. Not for `bitmarks-plain`, whose cipher
    /// WebCrypto has not.
    Imported(CryptoKey),
    /// PBKDF2-SHA256 of a password.
    Password {
        /// The password.
        password: Zeroizing<String>,
        /// Its salt.
        salt: Vec<u8>,
        /// How often it is hashed; 1 or more.
        iterations: u32,
    },
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportFailure {
    /// The browser has no WebCrypto with HKDF and PBKDF2 here: the page is without https, or the browser is too old.
    NotSupported,
    /// It is a `CryptoKey` of another algorithm or other usages, or of a format that needs the bytes.
    WrongKey,
}

type Answer = Done<Result<AccountKey, ImportFailure>>;

pub(super) fn import(source: KeySource, format: Format, done: Answer) {
    let Some(web) = WebCrypto::find() else {
        return later(move || done(Err(ImportFailure::NotSupported)));
    };
    match source {
        KeySource::Raw(key) => import_bytes(web, key, format, done),
        KeySource::Imported(key) if format == Format::SealedV1 && derives(&key) => identify(web, key, None, done),
        KeySource::Imported(_) => later(move || done(Err(ImportFailure::WrongKey))),
        KeySource::Password { password, salt, iterations } => {
            let password = web.import("PBKDF2", password.as_bytes(), &["deriveBits"]);
            attempt(password, ImportFailure::NotSupported, done, move |password, done| {
                let key = web.stretch(password.unchecked_ref(), &salt, iterations);
                attempt(key, ImportFailure::NotSupported, done, move |key, done| match take_key(&key) {
                    Some(key) => import_bytes(web, key, format, done),
                    None => done(Err(ImportFailure::NotSupported)),
                });
            });
        }
    }
}

fn import_bytes(web: WebCrypto, key: Zeroizing<[u8; 32]>, format: Format, done: Answer) {
    let imported = web.import("HKDF", key.as_slice(), &["deriveKey", "deriveBits"]);
    let plain = (format == Format::BitmarksPlain).then(|| PlainKey::new(web.clone(), key));
    attempt(imported, ImportFailure::NotSupported, done, move |key, done| identify(web, key.unchecked_into(), plain, done));
}

fn identify(web: WebCrypto, key: CryptoKey, plain: Option<PlainKey>, done: Answer) {
    attempt(web.derive_id(&key, KEY_ID_INFO), ImportFailure::NotSupported, done, move |id, done| {
        done(match bytes(&id).try_into() {
            Ok(id) => Ok(AccountKey { sealed: SealedKey::new(web, key, id), plain }),
            Err(_) => Err(ImportFailure::NotSupported),
        });
    });
}

/// Whether `sealwire-v1` can derive its keys of this one.
fn derives(key: &CryptoKey) -> bool {
    let name = key.algorithm().ok().and_then(|algorithm| js_sys::Reflect::get(&algorithm, &"name".into()).ok());
    let may = |usage: &str| key.usages().includes(&usage.into(), 0);
    name.is_some_and(|name| name == "HKDF") && may("deriveKey") && may("deriveBits")
}

/// Takes 32 bytes out of an `ArrayBuffer`, and leaves zeros there.
fn take_key(buffer: &JsValue) -> Option<Zeroizing<[u8; 32]>> {
    let source = Uint8Array::new(buffer);
    let copy = Zeroizing::new(source.to_vec());
    wipe(&source);
    copy.first_chunk().copied().map(Zeroizing::new)
}
