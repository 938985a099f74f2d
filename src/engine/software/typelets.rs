//! Sealing and opening as Typelets does, which PROTOCOL.md describes under `typelets`.

use super::super::io::CryptoFailure;
use super::{open_aes_gcm, seal_aes_gcm};
use aes_gcm::Nonce;
use aes_gcm::aead::consts::U16;
use base64ct::{Base64, Encoding};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What the service's own clients use.
const ROUNDS: u32 = 250_000;

/// The key of a user, or that of one row where the user has no master password.
///
/// Title and content of a row are sealed under one key *and one IV*. In GCM this is a weakness of the format that no care here can mend:
/// whoever sees both ciphertexts has the XOR of both plaintexts as far as the shorter goes, and the two tags give away the key that
/// authenticates under this IV, so that both fields can be forged. A new IV for each saving keeps the damage to the row.
pub struct TypeletsKey(Zeroizing<[u8; 32]>);

/// A row as it travels, in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Of both fields, 16 bytes.
    pub iv: String,
    /// Ciphertext and tag.
    pub title: String,
    /// Ciphertext and tag.
    pub content: String,
}

impl TypeletsKey {
    /// One for all rows of the user.
    pub fn from_master_password(password: &str, user_id: &str) -> Self {
        Self::derive(password, format!("typelets-salt-{user_id}-v1").as_bytes())
    }

    /// That of a row, by the secret of the device (as the text that is stored, not decoded) and the row's salt in base64.
    ///
    /// # Errors
    /// [`CryptoFailure::Malformed`] if the salt is no base64.
    pub fn from_secret(user_id: &str, secret: &str, salt: &str) -> Result<Self, CryptoFailure> {
        let password = Zeroizing::new(format!("{user_id}-{secret}-typelets-secure-v2"));
        Ok(Self::derive(&password, &decoded(salt)?))
    }

    /// Seals a row under an IV of 16 random bytes, which may never be used again with this key.
    ///
    /// # Errors
    /// [`CryptoFailure::Broken`] above the cipher's limit.
    pub fn seal(&self, iv: [u8; 16], title: &str, content: &str) -> Result<SealedRow, CryptoFailure> {
        let field = |text: &str| {
            let sealed = seal_aes_gcm(&self.0, &Nonce::<U16>::from(iv), &[], text.as_bytes())?;
            Ok(Base64::encode_string(&sealed))
        };
        Ok(SealedRow { iv: Base64::encode_string(&iv), title: field(title)?, content: field(content)? })
    }

    /// Opens one field of a row: a row may come without its content.
    ///
    /// # Errors
    /// [`CryptoFailure`].
    pub fn open(&self, iv: &str, sealed: &str) -> Result<String, CryptoFailure> {
        let iv: [u8; 16] = decoded(iv)?.try_into().map_err(|_| CryptoFailure::Malformed)?;
        let opened = open_aes_gcm(&self.0, &Nonce::<U16>::from(iv), &[], &decoded(sealed)?)?;
        String::from_utf8(opened).map_err(|_| CryptoFailure::Malformed)
    }

    fn derive(password: &str, salt: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, ROUNDS, &mut *key);
        Self(key)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, CryptoFailure> {
    Base64::decode_vec(text).map_err(|_| CryptoFailure::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn cases() -> Vec<Value> {
        let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/interop.json")).unwrap();
        file["typelets_encryption"].as_array().unwrap().clone()
    }

    fn key(case: &Value) -> TypeletsKey {
        let text = |name: &str| case[name].as_str().unwrap();
        match case["password"].as_str() {
            Some(password) => TypeletsKey::from_master_password(password, text("userId")),
            None => TypeletsKey::from_secret(text("userId"), text("userSecret_b64"), text("salt_b64")).unwrap(),
        }
    }

    #[test]
    fn every_case_gives_the_known_answer() {
        let cases = cases();
        assert_eq!(cases.len(), 3);
        for case in cases {
            let key = key(&case);
            let digits: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digits, case["key_hex"], "{case}");
            let iv = case["iv_b64"].as_str().unwrap();
            let (title, content) = (case["title"].as_str().unwrap(), case["content"].as_str());
            let sealed = key.seal(decoded(iv).unwrap().try_into().unwrap(), title, content.unwrap_or_default()).unwrap();
            assert_eq!(sealed.iv, iv);
            assert_eq!(sealed.title, case["encryptedTitle"], "{case}");
            assert_eq!(key.open(iv, &sealed.title).as_deref(), Ok(title));
            if let Some(content) = content {
                assert_eq!(sealed.content, case["encryptedContent"], "{case}");
                assert_eq!(key.open(iv, &sealed.content).as_deref(), Ok(content));
            }
        }
    }

    #[test]
    fn what_was_altered_or_is_malformed_does_not_open() {
        let key = TypeletsKey(Zeroizing::new([7; 32]));
        let row = key.seal([1; 16], "title", "content").unwrap();
        let sealed = decoded(&row.title).unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(key.open(&row.iv, &Base64::encode_string(&altered)), Err(CryptoFailure::BadTag), "byte {at}");
            assert_eq!(key.open(&row.iv, &Base64::encode_string(&sealed[..at])), Err(CryptoFailure::BadTag), "{at} bytes");
        }
        assert_eq!(key.open(&Base64::encode_string(&[1; 12]), &row.title), Err(CryptoFailure::Malformed));
        assert_eq!(key.open("*", &row.title), Err(CryptoFailure::Malformed));
        assert_eq!(key.open(&row.iv, "*"), Err(CryptoFailure::Malformed));
        assert_eq!(TypeletsKey::from_secret("u", "s", "*").err(), Some(CryptoFailure::Malformed));
    }

    /// As PROTOCOL.md warns: nothing tells the fields apart, and their XOR is that of the plaintexts.
    #[test]
    fn one_iv_for_two_fields_gives_both_away() {
        let key = TypeletsKey(Zeroizing::new([7; 32]));
        let same = key.seal([1; 16], "same", "same").unwrap();
        assert_eq!(same.title, same.content);
        let row = key.seal([1; 16], "title", "content").unwrap();
        let xor = |one: &[u8], other: &[u8]| one.iter().zip(other).map(|(one, other)| one ^ other).take(5).collect::<Vec<_>>();
        assert_eq!(xor(&decoded(&row.title).unwrap(), &decoded(&row.content).unwrap()), xor(b"title", b"content"));
    }
}
