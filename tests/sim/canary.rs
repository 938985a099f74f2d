//! Every content carries a canary, which may be found neither on a wire nor on a disk, in the clear or in base64.

use base64ct::{Base64, Encoding};

pub const CANARY: &str = "canary-that-sings-when-it-is-read";

/// An entity's JSON.
pub fn content(text: &str) -> String {
    serde_json::json!({ "title": text, "note": CANARY }).to_string()
}

/// Looks for the canary.
pub struct LeakDetector {
    needles: Vec<String>,
}

impl LeakDetector {
    pub fn new() -> Self {
        // Three bytes make four letters, so base64 shows the canary in three ways, by where it begins.
        let shifted = (0..3).map(|shift| Base64::encode_string(CANARY.as_bytes()[shift..].as_chunks::<3>().0.as_flattened()));
        Self { needles: std::iter::once(CANARY.to_owned()).chain(shifted).collect() }
    }

    pub fn finds(&self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        self.needles.iter().any(|needle| text.contains(needle))
    }
}

#[test]
fn the_detector_finds_the_canary_however_it_is_shifted() {
    let detector = LeakDetector::new();
    for padding in ["", "a", "ab", "abc"] {
        let leak = format!("{padding}{}", content("x"));
        assert!(detector.finds(leak.as_bytes()));
        assert!(detector.finds(Base64::encode_string(leak.as_bytes()).as_bytes()));
    }
    assert!(!detector.finds(b"nothing"));
}
