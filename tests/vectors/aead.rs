//! AES-256-GCM and XChaCha20-Poly1305.

use crate::{hex, is_valid, tests};
use aes_gcm::Nonce;
use aes_gcm::aead::array::ArraySize;
use aes_gcm::aead::consts::{U12, U16};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sealwire::engine::io::CryptoFailure;
use sealwire::engine::software::{open_aes_gcm, open_plain, seal_aes_gcm, seal_plain, sha256};
use serde_json::Value;

struct Case {
    key: [u8; 32],
    nonce: Vec<u8>,
    aad: Vec<u8>,
    plaintext: Vec<u8>,
    sealed: Vec<u8>,
    is_valid: bool,
}

fn case(test: &Value) -> Case {
    Case {
        key: hex(&test["key"]).try_into().unwrap(),
        nonce: hex(&test["iv"]),
        aad: hex(&test["aad"]),
        plaintext: hex(&test["msg"]),
        sealed: [hex(&test["ct"]), hex(&test["tag"])].concat(),
        is_valid: is_valid(test),
    }
}

/// Counts valid and invalid tests, so that none is lost unseen.
fn aes_gcm(file: &str) -> (usize, usize) {
    let tests = tests(file);
    for test in &tests {
        let case = case(test);
        match case.nonce.len() {
            12 => one_of_aes_gcm::<U12>(&case, test),
            16 => one_of_aes_gcm::<U16>(&case, test),
            length => panic!("{length} bytes of nonce in {test}"),
        }
    }
    count(&tests)
}

fn one_of_aes_gcm<N: ArraySize>(case: &Case, test: &Value) {
    let nonce = Nonce::<N>::try_from(case.nonce.as_slice()).unwrap();
    let opened = open_aes_gcm(&case.key, &nonce, &case.aad, &case.sealed);
    if case.is_valid {
        assert_eq!(seal_aes_gcm(&case.key, &nonce, &case.aad, &case.plaintext).as_ref(), Ok(&case.sealed), "{test}");
        assert_eq!(opened.as_ref(), Ok(&case.plaintext), "{test}");
    } else {
        assert_eq!(opened, Err(CryptoFailure::BadTag), "{test}");
    }
}

/// `bitmarks-plain` has no associated data, so a test that has some goes to the crate itself.
fn xchacha(file: &str) -> (usize, usize) {
    let tests = tests(file);
    for test in &tests {
        let case = case(test);
        let nonce: [u8; 24] = case.nonce.as_slice().try_into().unwrap();
        let body = [&nonce, case.sealed.as_slice()].concat();
        let cipher = XChaCha20Poly1305::new(&case.key.into());
        let opened = cipher.decrypt(&XNonce::from(nonce), Payload { msg: &case.sealed, aad: &case.aad });
        assert_eq!(opened.ok(), case.is_valid.then(|| case.plaintext.clone()), "{test}");
        if case.is_valid {
            let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: &case.plaintext, aad: &case.aad });
            assert_eq!(sealed.unwrap(), case.sealed, "{test}");
        }
        if case.aad.is_empty() && case.is_valid {
            let digest = sha256(&case.plaintext);
            assert_eq!(seal_plain(&case.key, nonce, &case.plaintext, digest).unwrap().body, body, "{test}");
            assert_eq!(open_plain(&case.key, &body), Ok(case.plaintext), "{test}");
        } else {
            assert_eq!(open_plain(&case.key, &body), Err(CryptoFailure::BadTag), "{test}");
        }
    }
    count(&tests)
}

fn count(tests: &[Value]) -> (usize, usize) {
    let valid = tests.iter().filter(|test| is_valid(test)).count();
    (valid, tests.len() - valid)
}

#[test]
fn wycheproof_aes_gcm() {
    assert_eq!(aes_gcm(include_str!("wycheproof-aes-gcm.json")), (58, 27));
}

#[test]
fn nist_aes_gcm() {
    assert_eq!(aes_gcm(include_str!("nist-gcm-encrypt-256.json")), (125, 0));
    assert_eq!(aes_gcm(include_str!("nist-gcm-decrypt-256.json")), (62, 63));
}

#[test]
fn wycheproof_xchacha20_poly1305() {
    assert_eq!(xchacha(include_str!("wycheproof-xchacha20-poly1305.json")), (148, 60));
}

#[test]
fn the_example_of_the_xchacha_draft() {
    assert_eq!(xchacha(include_str!("draft-xchacha20-poly1305.json")), (1, 0));
}
