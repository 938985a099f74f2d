//! Who one is: a token that looks like a JWT, and ends.

use super::Server;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::json;

pub struct Token {
    user: String,
    /// On the wall clock.
    end: u64,
}

impl Server {
    /// A token that is good for so many milliseconds.
    pub fn issue(&mut self, wall: u64, user: &str, lasts: u64) -> String {
        let end = (wall + lasts) / 1_000 * 1_000;
        let payload = json!({ "sub": user, "exp": end / 1_000, "jti": self.next() }).to_string();
        let token = format!("e30.{}.c2ln", Base64UrlUnpadded::encode_string(payload.as_bytes()));
        self.tokens.insert(token.clone(), Token { user: user.to_owned(), end });
        token
    }

    /// No token of a user is good any more.
    pub fn revoke(&mut self, user: &str) {
        self.tokens.retain(|_, token| token.user != user);
    }

    /// Whose a token is; or why it is not good.
    pub fn holder(&self, wall: u64, token: &str) -> Result<String, &'static str> {
        match self.tokens.get(token) {
            Some(token) if token.end > wall => Ok(token.user.clone()),
            Some(_) => Err("token-expired"),
            None => Err("auth-failed"),
        }
    }
}
