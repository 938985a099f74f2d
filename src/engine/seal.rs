//! The sealed formats as bytes (PROTOCOL.md): what goes into a cipher and what comes out, without the cipher.

use super::bytes::{Reader, Writer};
use super::event::{Operation, Stamp};
use super::ids::EntityKey;

/// How a payload is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `sealwire-v1`: AES-256-GCM, everything that matters authenticated inside.
    SealedV1,
    /// `bitmarks-plain`: XChaCha20-Poly1305 around the payload alone.
    BitmarksPlain,
}

impl Format {
    /// The format of a name in the API.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sealwire-v1" => Some(Self::SealedV1),
            "bitmarks-plain" => Some(Self::BitmarksPlain),
            _ => None,
        }
    }

    /// How many bytes the body has more than the plaintext.
    pub fn overhead(self) -> usize {
        match self {
            Self::SealedV1 => PREFIX_LENGTH + TAG_LENGTH,
            Self::BitmarksPlain => PLAIN_NONCE_LENGTH + TAG_LENGTH,
        }
    }
}

/// `info` of the derivation of a key's id.
pub const KEY_ID_INFO: &[u8] = b"sealwire-v1 key id";
/// `info` of the derivation of an installation's subkey.
pub const SUBKEY_INFO: &[u8] = b"sealwire-v1 seal";
/// Bytes of the authentication tag of both ciphers.
pub const TAG_LENGTH: usize = 16;
/// Bytes before the ciphertext of `sealwire-v1`.
pub const PREFIX_LENGTH: usize = 1 + 16 + 16 + 12;
/// Bytes before the ciphertext of `bitmarks-plain`.
pub const PLAIN_NONCE_LENGTH: usize = 24;

const VERSION: u8 = 1;

/// What stands before the ciphertext of `sealwire-v1`, and is authenticated with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Which key.
    pub key_id: [u8; 16],
    /// Which installation's subkey.
    pub salt: [u8; 16],
    /// The nonce.
    pub nonce: [u8; 12],
}

impl Prefix {
    /// The 45 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::default().u8(VERSION).raw(&self.key_id).raw(&self.salt).raw(&self.nonce).finish()
    }

    /// Splits a body into its prefix, the prefix's bytes, and ciphertext with tag.
    pub fn split(body: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let (bytes, sealed) = body.split_at_checked(PREFIX_LENGTH)?;
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION || sealed.len() < TAG_LENGTH {
            return None;
        }
        Some((Self { key_id: reader.array()?, salt: reader.array()?, nonce: reader.array()? }, bytes, sealed))
    }
}

/// What an event says of itself inside the seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The account.
    pub user_id: String,
    /// The entity.
    pub key: EntityKey,
    /// What happens to it.
    pub operation: Operation,
    /// Who made it, and when.
    pub stamp: Stamp,
}

/// The plaintext of `sealwire-v1`.
pub fn write_plaintext(header: &Header, data: &str) -> Vec<u8> {
    Writer::default()
        .u8(0)
        .string(&header.user_id)
        .string(header.key.entity_type())
        .string(header.key.entity_id())
        .u8(header.operation.code())
        .u64(header.stamp.timestamp())
        .string(header.stamp.device_id())
        .string(header.stamp.event_id())
        .raw(data.as_bytes())
        .finish()
}

/// Why an opened plaintext cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaintextFailure {
    /// It has flags of a later version.
    UnknownFlags,
    /// It is not what its format says, though genuine: its author erred.
    Malformed,
}

/// Reads the plaintext of `sealwire-v1`: header and data.
///
/// # Errors
/// [`PlaintextFailure`].
pub fn read_plaintext(plaintext: &[u8]) -> Result<(Header, String), PlaintextFailure> {
    let mut reader = Reader::new(plaintext);
    if reader.u8().ok_or(PlaintextFailure::Malformed)? != 0 {
        return Err(PlaintextFailure::UnknownFlags);
    }
    let header = read_header(&mut reader).ok_or(PlaintextFailure::Malformed)?;
    let data = std::str::from_utf8(reader.rest()).map_err(|_| PlaintextFailure::Malformed)?;
    Ok((header, data.to_owned()))
}

fn read_header(reader: &mut Reader<'_>) -> Option<Header> {
    Some(Header {
        user_id: reader.string()?,
        key: EntityKey::new(&reader.string()?, &reader.string()?),
        operation: Operation::from_code(reader.u8()?)?,
        stamp: Stamp::new(reader.u64()?, &reader.string()?, &reader.string()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            user_id: "u".into(), key: EntityKey::new("bookmark", "é"), operation: Operation::Update, stamp: Stamp::new(258, "d", "e")
        }
    }

    #[test]
    fn the_plaintext_is_as_documented() {
        let expected = [
            b"\x00\x00\x01u\x00\x08bookmark\x00\x02".as_slice(),
            "é".as_bytes(),
            b"\x02\x00\x00\x00\x00\x00\x00\x01\x02\x00\x01d\x00\x01e{}",
        ]
        .concat();
        assert_eq!(write_plaintext(&header(), "{}"), expected);
        assert_eq!(read_plaintext(&expected), Ok((header(), "{}".into())));
    }

    #[test]
    fn every_cut_of_the_header_is_malformed_and_flags_are_unknown() {
        let mut plaintext = write_plaintext(&header(), "");
        for length in 0..plaintext.len() {
            assert_eq!(read_plaintext(&plaintext[..length]), Err(PlaintextFailure::Malformed));
        }
        plaintext[0] = 0x80;
        assert_eq!(read_plaintext(&plaintext), Err(PlaintextFailure::UnknownFlags));
    }

    #[test]
    fn the_prefix_is_split_off_where_it_is_whole() {
        let prefix = Prefix { key_id: [1; 16], salt: [2; 16], nonce: [3; 12] };
        let body = [prefix.to_bytes(), vec![9; 20]].concat();
        assert_eq!(Prefix::split(&body), Some((prefix, &body[..45], &body[45..])));
        assert_eq!(Prefix::split(&body[..60]), None);
        assert_eq!(Prefix::split(&[vec![2], body[1..].to_vec()].concat()), None);
    }
}
