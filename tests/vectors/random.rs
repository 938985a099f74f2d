//! What was sealed opens again, and with one bit flipped anywhere it does not.

use crate::rng::Rng;
use aes_gcm::Nonce;
use aes_gcm::aead::consts::{U12, U16};
use sealwire::engine::io::CryptoFailure;
use sealwire::engine::software::{NativeKey, open_aes_gcm, open_plain, seal_aes_gcm, seal_plain, sha256};

/// Around a block and around 16 of them, and what is far longer than both.
const LENGTHS: [usize; 9] = [0, 1, 15, 16, 17, 255, 256, 257, 65_536];
const ROUNDS: usize = 20;

fn bytes<const N: usize>(rng: &mut Rng) -> [u8; N] {
    std::array::from_fn(|_| rng.next().to_le_bytes()[0])
}

fn plaintexts(rng: &mut Rng) -> Vec<Vec<u8>> {
    LENGTHS.iter().cycle().take(LENGTHS.len() * ROUNDS).map(|length| (0..*length).map(|_| rng.next().to_le_bytes()[0]).collect()).collect()
}

fn flipped(rng: &mut Rng, body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    let bit = usize::try_from(rng.below(body.len() as u64 * 8)).unwrap();
    body[bit / 8] ^= 1 << (bit % 8);
    body
}

#[test]
fn aes_gcm() {
    let mut rng = Rng::new(1);
    for plaintext in plaintexts(&mut rng) {
        let (key, aad) = (bytes(&mut rng), bytes::<45>(&mut rng));
        let (short, long) = (Nonce::<U12>::from(bytes(&mut rng)), Nonce::<U16>::from(bytes(&mut rng)));
        let sealed = seal_aes_gcm(&key, &short, &aad, &plaintext).unwrap();
        assert_eq!(open_aes_gcm(&key, &short, &aad, &sealed).as_ref(), Ok(&plaintext));
        assert_eq!(open_aes_gcm(&key, &short, &aad, &flipped(&mut rng, &sealed)), Err(CryptoFailure::BadTag));
        assert_eq!(open_aes_gcm(&key, &short, &flipped(&mut rng, &aad), &sealed), Err(CryptoFailure::BadTag));
        let sealed = seal_aes_gcm(&key, &long, &aad, &plaintext).unwrap();
        assert_eq!(open_aes_gcm(&key, &long, &aad, &sealed).as_ref(), Ok(&plaintext));
        assert_eq!(open_aes_gcm(&key, &long, &aad, &flipped(&mut rng, &sealed)), Err(CryptoFailure::BadTag));
    }
}

#[test]
fn sealwire_v1() {
    let mut rng = Rng::new(2);
    for plaintext in plaintexts(&mut rng) {
        let key = NativeKey::new(bytes(&mut rng));
        let body = key.seal(bytes(&mut rng), bytes(&mut rng), &plaintext).unwrap().body;
        assert_eq!(key.open(&body).as_ref(), Ok(&plaintext));
        assert!(key.open(&flipped(&mut rng, &body)).is_err());
    }
}

#[test]
fn bitmarks_plain() {
    let mut rng = Rng::new(3);
    for plaintext in plaintexts(&mut rng) {
        let key = bytes(&mut rng);
        let body = seal_plain(&key, bytes(&mut rng), &plaintext, sha256(&plaintext)).unwrap().body;
        assert_eq!(open_plain(&key, &body).as_ref(), Ok(&plaintext));
        assert_eq!(open_plain(&key, &flipped(&mut rng, &body)), Err(CryptoFailure::BadTag));
    }
}
