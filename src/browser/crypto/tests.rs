use super::sealed::read_keys;
use super::*;
use crate::browser::database::memory;
use crate::browser::done::answer;
use crate::browser::object::object;
use crate::browser::random::random;
use crate::engine::software::{NativeKey, known_answers};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen_test::wasm_bindgen_test;

const PASSWORD: &str = "correct horse battery staple";
const PASSWORD_SALT: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Takes a key as the app gives it; what it is refused with is the option that is wrong.
async fn import(key: &JsValue, format: Format) -> Result<AccountKey, String> {
    let (name, is_plain) = if format == Format::SealedV1 { ("sealwire-v1", false) } else { ("bitmarks-plain", true) };
    let keys = read_keys(&object(&[("key", key.clone())]), name, is_plain).map_err(|refusal| {
        let field = |name: &str| Reflect::get(&refusal, &name.into()).unwrap().as_string().unwrap();
        [field("code"), field("option")].join(" ")
    })?;
    let member: Fields = keys.unchecked_ref::<Fields>().any("members").unchecked_into::<Array>().get(0).unchecked_into();
    let options = object(&[("keys", keys), ("needsBytes", is_plain.into()), ("compressAbove", f64::INFINITY.into())]);
    let place = memory();
    let imported = answer(|done| AccountKey::of_ring(&place, options.unchecked_ref(), done)).await;
    if let Some(bytes) = member.any("source").dyn_ref::<Uint8Array>() {
        assert_eq!(bytes.to_vec(), [0; 32], "left in the page");
    }
    Ok(imported.ok().unwrap())
}

async fn raw(key: [u8; 32], format: Format) -> AccountKey {
    import(&Uint8Array::from(key.as_slice()), format).await.ok().unwrap()
}

fn open(key: &AccountKey, format: Format, body: &[u8]) -> impl Future<Output = Result<Vec<u8>, CryptoFailure>> {
    answer(move |done| key.open(format, body.to_vec(), done))
}

#[wasm_bindgen_test]
async fn sealwire_v1_gives_the_known_answer() {
    let (salt, known) = known_answers::sealwire_v1();
    let key = raw(known.key, Format::SealedV1).await;
    let sealed = answer(|done| key.sealed.seal(&salt, &known.nonce, known.plaintext.clone(), done)).await;
    assert_eq!(sealed, Ok(known.sealed.clone()));
    assert_eq!(open(&key, Format::SealedV1, &known.sealed.body).await, Ok(known.plaintext));
}

#[wasm_bindgen_test]
async fn bitmarks_plain_gives_the_known_answer_from_the_password() {
    let known = known_answers::bitmarks_plain();
    let source = object(&[("password", PASSWORD.into()), ("salt", Uint8Array::from(PASSWORD_SALT.as_slice()).into())]);
    let key = import(&source, Format::BitmarksPlain).await.ok().unwrap();
    let sealed = answer(|done| key.plain.as_ref().unwrap().seal(known.nonce, known.plaintext.clone(), done)).await;
    assert_eq!(sealed, Ok(known.sealed.clone()));
    assert_eq!(open(&key, Format::BitmarksPlain, &known.sealed.body).await, Ok(known.plaintext));
}

/// The browser's own cipher and the crates that the native tests prove against published vectors are one.
#[wasm_bindgen_test]
async fn webcrypto_and_the_crates_give_the_same_bytes_and_open_each_others() {
    for round in 0..300 {
        let secret: [u8; 32] = random();
        let (salt, nonce) = (random::<16>(), random::<12>());
        let length = if round % 100 == 0 { 65_536 } else { usize::from(u16::from_le_bytes(random()) % 600) };
        // Its first byte are the flags, of which there are none.
        let plaintext: Vec<u8> = std::iter::once(0).chain(std::iter::repeat_with(random::<64>).flatten()).take(length + 1).collect();
        let native = NativeKey::new(secret);
        let key = raw(secret, Format::SealedV1).await;
        assert_eq!(key.ids(), [native.id()]);
        let by_crates = native.seal(salt, nonce, &plaintext).unwrap();
        let by_browser = answer(|done| key.sealed.seal(&salt, &nonce, plaintext.clone(), done)).await.unwrap();
        assert_eq!(by_browser, by_crates, "{length} bytes");
        assert_eq!(native.open(&by_browser.body).as_ref(), Ok(&plaintext));
        assert_eq!(open(&key, Format::SealedV1, &by_crates.body).await, Ok(plaintext));
    }
}

#[wasm_bindgen_test]
async fn what_is_sealed_twice_differs_and_opens() {
    for format in [Format::SealedV1, Format::BitmarksPlain] {
        let key = raw([7; 32], format).await;
        let first = answer(|done| key.seal(format, [1; 16], b"payload".to_vec(), done)).await.unwrap();
        let second = answer(|done| key.seal(format, [1; 16], b"payload".to_vec(), done)).await.unwrap();
        assert_ne!(first.body, second.body);
        assert_eq!(first.body.len(), b"payload".len() + format.overhead());
        assert_eq!(open(&key, format, &first.body).await, Ok(b"payload".to_vec()));
        assert_eq!(open(&key, format, &second.body).await, Ok(b"payload".to_vec()));
    }
}

#[wasm_bindgen_test]
async fn a_body_that_was_altered_or_cut_anywhere_does_not_open() {
    let (_, known) = known_answers::sealwire_v1();
    let key = raw(known.key, Format::SealedV1).await;
    for at in 0..known.sealed.body.len() {
        let mut altered = known.sealed.body.clone();
        altered[at] ^= 1;
        let failure = match at {
            0 => CryptoFailure::Malformed,
            1..17 => CryptoFailure::UnknownKey,
            _ => CryptoFailure::BadTag,
        };
        assert_eq!(open(&key, Format::SealedV1, &altered).await, Err(failure), "byte {at}");
        let failure = if at < Format::SealedV1.overhead() { CryptoFailure::Malformed } else { CryptoFailure::BadTag };
        assert_eq!(open(&key, Format::SealedV1, &known.sealed.body[..at]).await, Err(failure), "{at} bytes");
    }
}

#[wasm_bindgen_test]
async fn another_key_or_format_does_not_open() {
    let (_, sealed) = known_answers::sealwire_v1();
    let plain = known_answers::bitmarks_plain();
    let key = raw([9; 32], Format::BitmarksPlain).await;
    assert_eq!(open(&key, Format::SealedV1, &sealed.sealed.body).await, Err(CryptoFailure::UnknownKey));
    assert_eq!(open(&key, Format::BitmarksPlain, &plain.sealed.body).await, Err(CryptoFailure::BadTag));
    assert_eq!(open(&key, Format::BitmarksPlain, &[0; 23]).await, Err(CryptoFailure::Malformed));
    let key = raw(plain.key, Format::SealedV1).await;
    assert_eq!(open(&key, Format::BitmarksPlain, &plain.sealed.body).await, Err(CryptoFailure::UnknownKey));
    let refused = answer(|done| key.seal(Format::BitmarksPlain, [1; 16], Vec::new(), done)).await;
    assert_eq!(refused, Err(CryptoFailure::UnknownKey));
}

#[wasm_bindgen_test]
async fn bodies_of_many_installations_open_side_by_side() {
    let key = raw([7; 32], Format::SealedV1).await;
    let mut bodies = Vec::new();
    for number in 0..300_u16 {
        let mut salt = [0; 16];
        salt[..2].copy_from_slice(&number.to_be_bytes());
        let sealed = answer(|done| key.seal(Format::SealedV1, salt, plaintext(number), done)).await;
        bodies.push(sealed.unwrap().body);
    }
    let opening: Vec<_> = bodies.iter().chain(&bodies).map(|body| open(&key, Format::SealedV1, body)).collect();
    for (opened, number) in opening.into_iter().zip((0..300_u16).chain(0..300)) {
        assert_eq!(opened.await, Ok(plaintext(number)));
    }
    assert_eq!(key.sealed.subkeys().length(), 256);
}

/// Without flags.
fn plaintext(number: u16) -> Vec<u8> {
    [&[0], number.to_be_bytes().as_slice()].concat()
}

#[wasm_bindgen_test]
async fn only_a_crypto_key_that_can_derive_is_taken() {
    let (_, known) = known_answers::sealwire_v1();
    let key = import(&crypto_key("HKDF", &["deriveKey", "deriveBits"]).await, Format::SealedV1).await;
    assert_eq!(open(&key.ok().unwrap(), Format::SealedV1, &known.sealed.body).await, Ok(known.plaintext));
    for (algorithm, usages, format) in [
        ("HKDF", ["deriveKey", "deriveKey"], Format::SealedV1),
        ("HKDF", ["deriveBits", "deriveBits"], Format::SealedV1),
        ("PBKDF2", ["deriveKey", "deriveBits"], Format::SealedV1),
        ("AES-GCM", ["encrypt", "decrypt"], Format::SealedV1),
        ("HKDF", ["deriveKey", "deriveBits"], Format::BitmarksPlain),
    ] {
        let refused = import(&crypto_key(algorithm, &usages).await, format).await;
        assert_eq!(refused.err().as_deref(), Some("bad_option key"), "{algorithm} {usages:?} {format:?}");
    }
}

/// The key of the known answer, as an app would import it.
async fn crypto_key(algorithm: &str, usages: &[&str]) -> JsValue {
    let (_, known) = known_answers::sealwire_v1();
    let import =
        Function::new_with_args("bytes, algorithm, usages", "return crypto.subtle.importKey('raw', bytes, algorithm, false, usages)");
    let usages: Array = usages.iter().map(|usage| JsValue::from_str(usage)).collect();
    let imported = import.call3(&JsValue::NULL, &Uint8Array::from(known.key.as_slice()), &algorithm.into(), &usages);
    answer(|done| settle(imported.map(Promise::unchecked_from_js), done)).await.unwrap()
}
