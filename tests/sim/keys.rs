//! An account's key, in the two formats' ciphers.

use crate::luck::Luck;
use sealwire::engine::io::{CryptoFailure, Sealed};
use sealwire::engine::payload::Payload;
use sealwire::engine::seal::Format;
use sealwire::engine::software::{NativeKey, open_plain, seal_plain, sha256};

pub struct Keys {
    sealed: NativeKey,
    plain: [u8; 32],
}

impl Keys {
    /// The key that `number` stands for.
    pub fn new(number: u8) -> Self {
        Self { sealed: NativeKey::new([number; 32]), plain: [number; 32] }
    }

    pub fn seal(&self, format: Format, salt: [u8; 16], plaintext: &[u8], luck: &mut Luck) -> Result<Sealed, CryptoFailure> {
        match format {
            Format::SealedV1 => self.sealed.seal(salt, luck.bytes(), plaintext),
            Format::BitmarksPlain => seal_plain(&self.plain, luck.bytes(), plaintext, sha256(plaintext)),
        }
    }

    pub fn open(&self, format: Format, body: &[u8]) -> Result<Payload<Vec<u8>>, CryptoFailure> {
        let opened = match format {
            Format::SealedV1 => self.sealed.open(body),
            Format::BitmarksPlain => open_plain(&self.plain, body),
        };
        opened.map(Payload)
    }
}
