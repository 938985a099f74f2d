//! Signed frames: a server may ask for them, and takes them all the same where it does not.

use crate::rows::io::Secret;
use crate::rows::json::{Fields, text_of};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs the frames of a page. It outlives sockets: a session may get the same secret again, and takes each nonce once.
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

    /// The frame that carries a payload, under the session's secret. `timestamp` is the server's clock.
    pub fn sign(&mut self, secret: &Secret, payload: &Fields, timestamp: u64) -> String {
        self.signed += 1;
        let mut nonce = [0; 16];
        let bytes = self.salt.to_be_bytes().into_iter().chain(self.signed.to_be_bytes());
        nonce.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        let nonce = Base64::encode_string(&nonce);
        let payload = text_of(payload);
        let signature = signature(secret, &signed_string(&payload, timestamp, &nonce));
        [
            r#"{"payload":"#,
            &payload,
            r#","signature":""#,
            &signature,
            r#"","timestamp":"#,
            &timestamp.to_string(),
            r#","nonce":""#,
            &nonce,
            r#""}"#,
        ]
        .concat()
    }
}

/// What is signed: as JavaScript prints it, in this order.
pub fn signed_string(payload: &str, timestamp: u64, nonce: &str) -> String {
    [r#"{"payload":"#, payload, r#","timestamp":"#, &timestamp.to_string(), r#","nonce":""#, nonce, r#""}"#].concat()
}

/// HMAC-SHA256, whose key is the 64 hex digits as they stand.
pub fn signature(secret: &Secret, text: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()) else { return String::new() }; // It takes any length.
    mac.update(text.as_bytes());
    Base64::encode_string(&mac.finalize().into_bytes())
}
