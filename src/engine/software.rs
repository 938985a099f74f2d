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
pub use native::{NativeKey, sha256};

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::super::io::{CryptoFailure, Sealed};
    use super::super::seal::{KEY_ID_INFO, Prefix, SUBKEY_INFO};
    use aes_gcm::aead::{Aead, KeyInit, Payload};
    use aes_gcm::{Aes256Gcm, Nonce};
    use hkdf::Hkdf;
    use sha2::{Digest, Sha256};
    use zeroize::Zeroizing;

    /// SHA-256.
    pub fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
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

        /// Seals; the digest is that of the body.
        ///
        /// # Errors
        /// [`CryptoFailure::Broken`] above the cipher's limit.
        pub fn seal(&self, salt: [u8; 16], nonce: [u8; 12], plaintext: &[u8]) -> Result<Sealed, CryptoFailure> {
            let prefix = Prefix { key_id: self.id, salt, nonce }.to_bytes();
            let payload = Payload { msg: plaintext, aad: &prefix };
            let sealed = self.cipher(&salt).encrypt(&Nonce::from(nonce), payload).map_err(|_| CryptoFailure::Broken)?;
            let body = [prefix, sealed].concat();
            Ok(Sealed { digest: sha256(&body), body })
        }

        /// Opens.
        ///
        /// # Errors
        /// [`CryptoFailure`].
        pub fn open(&self, body: &[u8]) -> Result<Vec<u8>, CryptoFailure> {
            let (prefix, aad, msg) = Prefix::split(body).ok_or(CryptoFailure::Malformed)?;
            if prefix.key_id != self.id {
                return Err(CryptoFailure::UnknownKey);
            }
            self.cipher(&prefix.salt).decrypt(&Nonce::from(prefix.nonce), Payload { msg, aad }).map_err(|_| CryptoFailure::BadTag)
        }

        fn cipher(&self, salt: &[u8; 16]) -> Aes256Gcm {
            let subkey = Zeroizing::new(derive::<32>(&self.key, salt, SUBKEY_INFO));
            Aes256Gcm::new((&*subkey).into())
        }
    }

    /// HKDF-SHA256. `N` is 16 or 32 here, far below the 8,160 bytes above which expanding fails.
    fn derive<const N: usize>(key: &[u8; 32], salt: &[u8], info: &[u8]) -> [u8; N] {
        let mut output = [0; N];
        let _ = Hkdf::<Sha256>::new(Some(salt), key).expand(info, &mut output);
        output
    }
}
