//! Signed frames: a server may ask for them, and takes them all the same where it does not.

use crate::rows::json::{Fields, text_of};
use base64ct::{Base64, Encoding};
#[cfg(not(target_arch = "wasm32"))]
pub use native::{signature, signed_frame};

/// How much longer a frame is under its signature.
pub const SIGNATURE_LENGTH: usize = r#","signature":"""#.len() + 44;

/// Makes what is signed of the frames of a page; the shell signs it. It outlives sockets: a session may get the same secret again, and takes each nonce once.
#[derive(Debug)]
pub struct Signer {
    /// Of this page, random.
    salt: u64,
    signed: u64,
}

impl Signer {
    /// `salt` is random, so that no two pages use a nonce twice.
    pub fn new(salt: u64) -> Self {
        Self { salt, signed: 0 }
    }

    /// What is signed of the frame that carries a payload. `timestamp` is the server's clock.
    pub fn prepare(&mut self, payload: &Fields, timestamp: u64) -> String {
        self.signed += 1;
        let nonce = [self.salt.to_be_bytes(), self.signed.to_be_bytes()].concat();
        signed_string(&text_of(payload), timestamp, &Base64::encode_string(&nonce))
    }
}

/// What is signed: as JavaScript prints it, in this order.
pub fn signed_string(payload: &str, timestamp: u64, nonce: &str) -> String {
    [r#"{"payload":"#, payload, r#","timestamp":"#, &timestamp.to_string(), r#","nonce":""#, nonce, r#""}"#].concat()
}

/// By the crates; in the browser by `signing.js`, because WebCrypto is at hand there.
#[cfg(not(target_arch = "wasm32"))]
mod native {
    use crate::rows::io::Secret;
    use base64ct::{Base64, Encoding};
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    /// HMAC-SHA256, whose key is the 64 hex digits as they stand.
    pub fn signature(secret: &Secret, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()) else { return String::new() }; // It takes any length.
        mac.update(text.as_bytes());
        Base64::encode_string(&mac.finalize().into_bytes())
    }

    /// The frame: what is signed, with its signature in front of the time.
    pub fn signed_frame(secret: &Secret, text: &str) -> String {
        let Some((payload, rest)) = text.rsplit_once(r#","timestamp":"#) else { return String::new() };
        [payload, r#","signature":""#, &signature(secret, text), r#"","timestamp":"#, rest].concat()
    }
}
