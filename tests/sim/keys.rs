//! An account's key, in the two formats' ciphers, and in a stand-in that costs next to nothing.

use crate::luck::Luck;
use crate::rng::Rng;
use sealwire::engine::io::{CryptoFailure, Sealed};
use sealwire::engine::payload::Payload;
use sealwire::engine::seal::{Format, Prefix};
use sealwire::engine::software::{NativeKey, open_plain, seal_plain, sha256};

/// How bodies are sealed. Most schedules do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    Real,
    /// Of the same lengths; it notices what is altered, and is no secret to anybody.
    Cheap,
}

pub struct Keys {
    cipher: Cipher,
    sealed: NativeKey,
    plain: [u8; 32],
    /// Keys that this one has replaced.
    retired: Vec<Self>,
}

impl Keys {
    /// The key that `number` stands for.
    pub fn new(number: u8) -> Self {
        Self { cipher: Cipher::Real, sealed: NativeKey::new([number; 32]), plain: [number; 32], retired: Vec::new() }
    }

    pub fn with(self, cipher: Cipher) -> Self {
        Self { cipher, ..self }
    }

    /// The ring in which it has replaced another one.
    pub fn replacing(self, other: Self) -> Self {
        Self { retired: vec![other], ..self }
    }

    /// Of the keys in the ring, the newest first.
    pub fn ids(&self) -> Vec<[u8; 16]> {
        let own = match self.cipher {
            Cipher::Real => self.sealed.id(),
            Cipher::Cheap => self.plain[..16].try_into().expect("16 bytes"),
        };
        std::iter::once(own).chain(self.retired.iter().flat_map(Self::ids)).collect()
    }

    pub fn seal(&self, format: Format, salt: [u8; 16], plaintext: &[u8], luck: &mut Luck) -> Result<Sealed, CryptoFailure> {
        match (self.cipher, format) {
            (Cipher::Real, Format::SealedV1) => self.sealed.seal(salt, luck.bytes(), plaintext),
            (Cipher::Real, Format::BitmarksPlain) => seal_plain(&self.plain, luck.bytes(), plaintext, sha256(plaintext)),
            (Cipher::Cheap, Format::SealedV1) => {
                let prefix = Prefix { key_id: self.plain[..16].try_into().expect("16 bytes"), salt, nonce: luck.bytes() };
                Ok(seal_cheaply(prefix.to_bytes(), plaintext))
            }
            (Cipher::Cheap, Format::BitmarksPlain) => Ok(seal_cheaply(luck.bytes::<24>().to_vec(), plaintext)),
        }
    }

    pub fn open(&self, format: Format, body: &[u8]) -> Result<Payload<Vec<u8>>, CryptoFailure> {
        let by_retired = || self.retired.iter().find_map(|key| key.open(format, body).ok());
        self.open_alone(format, body).or_else(|failure| by_retired().ok_or(failure))
    }

    fn open_alone(&self, format: Format, body: &[u8]) -> Result<Payload<Vec<u8>>, CryptoFailure> {
        let opened = match (self.cipher, format) {
            (Cipher::Real, Format::SealedV1) => self.sealed.open(body),
            (Cipher::Real, Format::BitmarksPlain) => open_plain(&self.plain, body),
            (Cipher::Cheap, Format::SealedV1) => {
                let (prefix, head, sealed) = Prefix::split(body).ok_or(CryptoFailure::Malformed)?;
                if prefix.key_id != self.plain[..16] {
                    return Err(CryptoFailure::UnknownKey);
                }
                open_cheaply(head, sealed)
            }
            (Cipher::Cheap, Format::BitmarksPlain) => {
                let (nonce, sealed) = body.split_at_checked(24).ok_or(CryptoFailure::Malformed)?;
                open_cheaply(nonce, sealed)
            }
        };
        opened.map(Payload)
    }
}

fn seal_cheaply(prefix: Vec<u8>, plaintext: &[u8]) -> Sealed {
    let ciphertext = veil(&prefix, plaintext);
    let tag = sum(&prefix, &ciphertext);
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(&tag);
    Sealed { body: [prefix, ciphertext, tag.to_vec()].concat(), digest }
}

fn open_cheaply(prefix: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CryptoFailure> {
    let (ciphertext, tag) = sealed.split_last_chunk::<16>().ok_or(CryptoFailure::Malformed)?;
    if sum(prefix, ciphertext) == *tag { Ok(veil(prefix, ciphertext)) } else { Err(CryptoFailure::BadTag) }
}

/// Its own inverse.
fn veil(prefix: &[u8], text: &[u8]) -> Vec<u8> {
    let mut stream = Rng::new(fold(prefix));
    let mut veiled = text.to_vec();
    for chunk in veiled.chunks_mut(8) {
        chunk.iter_mut().zip(stream.next().to_be_bytes()).for_each(|(byte, mask)| *byte ^= mask);
    }
    veiled
}

fn sum(prefix: &[u8], ciphertext: &[u8]) -> [u8; 16] {
    [fold(prefix).to_be_bytes(), fold(ciphertext).to_be_bytes()].concat().try_into().expect("16 bytes")
}

/// FNV-1a, eight bytes at a time.
fn fold(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, chunk| {
        let word = chunk.iter().fold(chunk.len() as u64, |word, byte| word << 8 | u64::from(*byte));
        (sum ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(29)
    })
}

#[test]
fn the_cheap_cipher_hides_and_notices() {
    let (keys, mut luck) = (Keys::new(7).with(Cipher::Cheap), Luck::new(1));
    for format in [Format::SealedV1, Format::BitmarksPlain] {
        let text = b"what is sealed comes back";
        let sealed = keys.seal(format, [1; 16], text, &mut luck).expect("a seal");
        assert_eq!(sealed.body.len(), text.len() + format.overhead());
        assert!(!sealed.body.windows(6).any(|window| window == b"sealed"));
        assert_eq!(keys.open(format, &sealed.body).expect("the text").0, text);
        for place in 0..sealed.body.len() {
            let mut altered = sealed.body.clone();
            altered[place] ^= 1;
            assert!(keys.open(format, &altered).is_err(), "{place}");
        }
    }
}
