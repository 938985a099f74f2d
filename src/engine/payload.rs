//! The app's content in the clear, which no `Debug` shows.

use std::fmt;
use std::ops::Deref;

/// Content in the clear: an entity's JSON, or the plaintext of a seal.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Payload<T = String>(pub T);

impl<T> Deref for Payload<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Payload<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payload(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_printed() {
        assert_eq!(format!("{:?} {:?}", Payload("secret".to_owned()), Payload(vec![1u8])), "Payload(…) Payload(…)");
    }
}
