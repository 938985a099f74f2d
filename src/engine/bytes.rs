//! Length-prefixed binary fields, big-endian: the sealed header and every stored record are made of them.

/// Appends fields to a buffer.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// One byte.
    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    /// Eight bytes, big-endian.
    pub fn u64(mut self, value: u64) -> Self {
        self.0.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Two bytes of length, then UTF-8. Longer strings are cut at 65,535 bytes; every caller's limits lie far below.
    pub fn string(mut self, value: &str) -> Self {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend(value.bytes().take(usize::from(length)));
        self
    }

    /// Bytes as they are, without a length.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The buffer.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A number that tells most bodies from one another: FNV-1a. It is no hash that anybody may rely on.
pub fn mark_of(body: Option<&[u8]>) -> u64 {
    let start = if body.is_some() { 0xcbf2_9ce4_8422_2325 } else { 0 };
    body.unwrap_or_default().iter().fold(start, |mark: u64, byte| (mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Takes fields off a buffer; `None` where it is too short or no UTF-8.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the beginning of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// As many bytes as `N`.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    /// One byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// A string as [`Writer::string`] writes it.
    pub fn string(&mut self) -> Option<String> {
        let length = usize::from(u16::from_be_bytes(self.array()?));
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(head).ok().map(str::to_owned)
    }

    /// What is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Appends a number in decimal digits. (The standard library's formatting costs 2 kB.)
pub fn push_number(text: &mut String, value: u64) {
    if value >= 10 {
        push_number(text, value / 10);
    }
    text.push(char::from(b'0' + (value % 10) as u8));
}

/// Appends a text as a part of an address: what is neither a letter nor a digit nor one of `-._~` is a percent sign and the two digits of its byte.
pub fn push_escaped(text: &mut String, part: &str) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            let digits = [byte >> 4, byte & 15];
            text.extend(digits.into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)).map(|digit| digit.to_ascii_uppercase()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_address_is_escaped_byte_by_byte() {
        let escaped = |part| {
            let mut text = String::from("/");
            push_escaped(&mut text, part);
            text
        };
        assert_eq!(escaped("aZ09-._~"), "/aZ09-._~");
        assert_eq!(escaped(" /?&=#%+\u{0}\u{7f}"), "/%20%2F%3F%26%3D%23%25%2B%00%7F");
        assert_eq!(escaped("né\u{1f980}"), "/n%C3%A9%F0%9F%A6%80");
    }

    #[test]
    fn fields_come_back_and_short_buffers_are_refused() {
        let bytes = Writer::default().u8(7).u64(1 << 60).string("né").raw(b"rest").finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!((reader.u8(), reader.u64(), reader.string().as_deref()), (Some(7), Some(1 << 60), Some("né")));
        assert_eq!(reader.rest(), b"rest");
        for length in 0..13 {
            let mut reader = Reader::new(&bytes[..length]);
            assert!(reader.u8().is_none() || reader.u64().is_none() || reader.string().is_none());
        }
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for value in [0, 9, 10, 1_735_430_400_000, u64::MAX] {
            let mut text = String::from("=");
            push_number(&mut text, value);
            assert_eq!(text, format!("={value}"));
        }
    }

    #[test]
    fn a_string_that_is_no_utf8_is_refused() {
        assert_eq!(Reader::new(&[0, 1, 0xff]).string(), None);
    }
}
