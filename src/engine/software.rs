//! Sealing and opening by the RustCrypto crates: `bitmarks-plain` everywhere, `sealwire-v1` outside the browser.

use super::io::{CryptoFailure, Sealed};
use super::seal::PLAIN_NONCE_LENGTH;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Seals as `bitmarks-plain`; `digest` is SHA-256 of the plaintext, made by the caller's own means.
///
/// # Errors
/// [`CryptoFailure::Broken`] above the cipher's limit.
pub fn seal_plain(key: &[u8; 32], nonce: [u8; PLAIN_NONCE_LENGTH], plaintext: &[u8], digest: [u8; 32]) -> Result<Sealed, CryptoFailure> {
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), plaintext).map_err(|_| CryptoFailure::Broken)?;
    Ok(Sealed { body: [nonce.as_slice(), &sealed].concat(), digest })
}

/// Opens `bitmarks-plain`.
///
/// # Errors
/// [`CryptoFailure`].
pub fn open_plain(key: &[u8; 32], body: &[u8]) -> Result<Vec<u8>, CryptoFailure> {
    let (nonce, sealed) = body.split_first_chunk::<PLAIN_NONCE_LENGTH>().ok_or(CryptoFailure::Malformed)?;
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), sealed).map_err(|_| CryptoFailure::BadTag)
}

#[cfg(not(target_arch = "wasm32"))]
pub mod typelets;

#[cfg(any(test, not(target_arch = "wasm32")))]
pub use native::{NativeKey, open_aes_gcm, seal_aes_gcm, sha256};

/// In the browser the tests alone have it, to compare WebCrypto with.
#[cfg(any(test, not(target_arch = "wasm32")))]
mod native {
    use super::super::io::{CryptoFailure, Sealed};
    use super::super::seal::{KEY_ID_INFO, Prefix, SUBKEY_INFO};
    use aes_gcm::aead::array::ArraySize;
    use aes_gcm::aead::consts::U12;
    use aes_gcm::aead::{Aead, KeyInit, Payload};
    use aes_gcm::aes::Aes256;
    use aes_gcm::{AesGcm, Nonce};
    use hkdf::Hkdf;
    use sha2::{Digest, Sha256};
    use zeroize::Zeroizing;

    /// SHA-256.
    pub fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    /// AES-256-GCM: ciphertext and tag. The published vectors come in here, and what the formats differ in is key, nonce and associated data.
    ///
    /// # Errors
    /// [`CryptoFailure::Broken`] above the cipher's limit.
    pub fn seal_aes_gcm<N: ArraySize>(key: &[u8; 32], nonce: &Nonce<N>, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CryptoFailure> {
        AesGcm::<Aes256, N>::new(key.into()).encrypt(nonce, Payload { msg: plaintext, aad }).map_err(|_| CryptoFailure::Broken)
    }

    /// The reverse of [`seal_aes_gcm`].
    ///
    /// # Errors
    /// [`CryptoFailure::BadTag`].
    pub fn open_aes_gcm<N: ArraySize>(key: &[u8; 32], nonce: &Nonce<N>, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CryptoFailure> {
        AesGcm::<Aes256, N>::new(key.into()).decrypt(nonce, Payload { msg: sealed, aad }).map_err(|_| CryptoFailure::BadTag)
    }

    /// The key of an account, for `sealwire-v1`.
    pub struct NativeKey {
        key: Zeroizing<[u8; 32]>,
        id: [u8; 16],
    }

    impl NativeKey {
        /// From 32 random bytes.
        pub fn new(key: [u8; 32]) -> Self {
            let id = derive(&key, &[], KEY_ID_INFO);
            Self { key: Zeroizing::new(key), id }
        }

        /// What bodies that are sealed under it begin with, after their version.
        pub fn id(&self) -> [u8; 16] {
            self.id
        }

        /// Seals; the digest is that of the body.
        ///
        /// # Errors
        /// [`CryptoFailure::Broken`] above the cipher's limit.
        pub fn seal(&self, salt: [u8; 16], nonce: [u8; 12], plaintext: &[u8]) -> Result<Sealed, CryptoFailure> {
            let prefix = Prefix { key_id: self.id, salt, nonce }.to_bytes();
            let sealed = seal_aes_gcm(&self.subkey(&salt), &Nonce::<U12>::from(nonce), &prefix, plaintext)?;
            let body = [prefix, sealed].concat();
            Ok(Sealed { digest: sha256(&body), body })
        }

        /// Opens.
        ///
        /// # Errors
        /// [`CryptoFailure`].
        pub fn open(&self, body: &[u8]) -> Result<Vec<u8>, CryptoFailure> {
            let (prefix, aad, sealed) = Prefix::split(body).ok_or(CryptoFailure::Malformed)?;
            if prefix.key_id != self.id {
                return Err(CryptoFailure::UnknownKey);
            }
            open_aes_gcm(&self.subkey(&prefix.salt), &Nonce::<U12>::from(prefix.nonce), aad, sealed)
        }

        fn subkey(&self, salt: &[u8; 16]) -> Zeroizing<[u8; 32]> {
            Zeroizing::new(derive(&self.key, salt, SUBKEY_INFO))
        }
    }

    /// HKDF-SHA256. `N` is 16 or 32 here, far below the 8,160 bytes above which expanding fails.
    fn derive<const N: usize>(key: &[u8; 32], salt: &[u8], info: &[u8]) -> [u8; N] {
        let mut output = [0; N];
        let _ = Hkdf::<Sha256>::new(Some(salt), key).expand(info, &mut output);
        output
    }
}

#[cfg(test)]
pub(crate) mod known_answers {
    use super::Sealed;
    use base64ct::{Base64, Encoding};
    use serde_json::Value;

    /// What goes into a seal, and what has to come out.
    pub(crate) struct KnownAnswer<const NONCE: usize> {
        pub(crate) key: [u8; 32],
        pub(crate) nonce: [u8; NONCE],
        pub(crate) plaintext: Vec<u8>,
        pub(crate) sealed: Sealed,
    }

    /// The installation's salt, and the rest.
    pub(crate) fn sealwire_v1() -> ([u8; 16], KnownAnswer<12>) {
        let file: Value = serde_json::from_str(include_str!("../../tests/vectors/sealwire-v1.json")).unwrap();
        let answer = KnownAnswer {
            key: hex(&file["key_hex"]),
            nonce: hex(&file["nonce_hex"]),
            plaintext: bytes(&file["plaintext_hex"]),
            sealed: sealed(&file["encrypted_data"], &file["data_hash"]),
        };
        (hex(&file["salt_hex"]), answer)
    }

    /// The key is that of the file's password.
    pub(crate) fn bitmarks_plain() -> KnownAnswer<24> {
        let file: Value = serde_json::from_str(include_str!("../../tests/vectors/interop.json")).unwrap();
        let answer = &file["bitmarks"];
        KnownAnswer {
            key: hex(&answer["key_hex"]),
            nonce: hex(&answer["nonce_hex"]),
            plaintext: answer["plaintext"].as_str().unwrap().into(),
            sealed: sealed(&answer["encrypted_data_if_nonce_prefixed"], &answer["data_hash_hex"]),
        }
    }

    fn sealed(body: &Value, digest: &Value) -> Sealed {
        Sealed { body: Base64::decode_vec(body.as_str().unwrap()).unwrap(), digest: hex(digest) }
    }

    fn hex<const N: usize>(text: &Value) -> [u8; N] {
        bytes(text).try_into().unwrap()
    }

    fn bytes(text: &Value) -> Vec<u8> {
        let digits = text.as_str().unwrap();
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::engine::seal::Format;

    #[test]
    fn sealwire_v1_gives_the_known_answer() {
        let (salt, known) = known_answers::sealwire_v1();
        let key = NativeKey::new(known.key);
        assert_eq!(key.seal(salt, known.nonce, &known.plaintext), Ok(known.sealed.clone()));
        assert_eq!(key.open(&known.sealed.body), Ok(known.plaintext));
    }

    #[test]
    fn bitmarks_plain_gives_the_known_answer() {
        let known = known_answers::bitmarks_plain();
        assert_eq!(seal_plain(&known.key, known.nonce, &known.plaintext, sha256(&known.plaintext)), Ok(known.sealed.clone()));
        assert_eq!(open_plain(&known.key, &known.sealed.body), Ok(known.plaintext));
    }

    #[test]
    fn a_body_of_sealwire_v1_that_was_altered_anywhere_does_not_open() {
        let (_, known) = known_answers::sealwire_v1();
        let key = NativeKey::new(known.key);
        for at in 0..known.sealed.body.len() {
            let mut body = known.sealed.body.clone();
            body[at] ^= 1;
            let failure = match at {
                0 => CryptoFailure::Malformed,
                1..17 => CryptoFailure::UnknownKey,
                _ => CryptoFailure::BadTag,
            };
            assert_eq!(key.open(&body), Err(failure), "byte {at}");
        }
    }

    #[test]
    fn a_body_of_sealwire_v1_that_was_cut_anywhere_does_not_open() {
        let (_, known) = known_answers::sealwire_v1();
        let key = NativeKey::new(known.key);
        for length in 0..known.sealed.body.len() {
            let failure = if length < Format::SealedV1.overhead() { CryptoFailure::Malformed } else { CryptoFailure::BadTag };
            assert_eq!(key.open(&known.sealed.body[..length]), Err(failure), "{length} bytes");
        }
    }

    #[test]
    fn a_body_of_bitmarks_plain_that_was_altered_or_cut_anywhere_does_not_open() {
        let known = known_answers::bitmarks_plain();
        for at in 0..known.sealed.body.len() {
            let mut body = known.sealed.body.clone();
            body[at] ^= 1;
            assert_eq!(open_plain(&known.key, &body), Err(CryptoFailure::BadTag), "byte {at}");
            let failure = if at < PLAIN_NONCE_LENGTH { CryptoFailure::Malformed } else { CryptoFailure::BadTag };
            assert_eq!(open_plain(&known.key, &body[..at]), Err(failure), "{at} bytes");
        }
    }

    #[test]
    fn another_key_or_format_does_not_open() {
        let (_, sealed) = known_answers::sealwire_v1();
        let plain = known_answers::bitmarks_plain();
        assert_eq!(NativeKey::new([9; 32]).open(&sealed.sealed.body), Err(CryptoFailure::UnknownKey));
        assert_eq!(open_plain(&[9; 32], &plain.sealed.body), Err(CryptoFailure::BadTag));
        assert_eq!(NativeKey::new(plain.key).open(&plain.sealed.body), Err(CryptoFailure::Malformed));
        assert_eq!(open_plain(&sealed.key, &sealed.sealed.body), Err(CryptoFailure::BadTag));
    }
}
