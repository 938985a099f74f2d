//! What the protocols of servers with rows write and read alike: ids, dates, paths, requests and refusals.

use super::io::{HttpRequest, Method};
use super::json::{Fields, Value, parse_object, take_text, text_of};
use crate::engine::bytes::push_escaped;
use crate::engine::error::shorten;
use crate::engine::ids::is_long_id;

/// Whether a value can be a row's id.
pub fn is_id(value: Option<&Value>) -> bool {
    value.and_then(Value::as_str).is_some_and(is_path_id)
}

/// Whether an id can stand in a path: of a dot or two a browser would make another path, escaped or not.
pub fn is_path_id(id: &str) -> bool {
    is_long_id(id) && id != "." && id != ".."
}

/// `2026-11-22 01:15:46`, which means UTC and which JavaScript would take for local time, as `2026-11-22T01:15:46Z`.
pub fn iso_date(date: String) -> String {
    match date.split_once(' ') {
        Some((day, time))
            if day.len() == 10 && time.len() >= 8 && time.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte)) =>
        {
            [day, "T", time, "Z"].concat()
        }
        Some(_) | None => date,
    }
}

/// As one segment of a path.
pub fn escaped(part: &str) -> String {
    let mut text = String::new();
    push_escaped(&mut text, part);
    text
}

/// A request without a body.
pub fn bare(method: Method, url: String) -> HttpRequest {
    HttpRequest { method, url, body: None, token: None }
}

/// A request with one.
pub fn with(method: Method, url: String, body: &Fields) -> HttpRequest {
    HttpRequest { method, url, body: Some(text_of(body)), token: None }
}

/// The server's words of a refusal.
pub fn read_refusal(body: &str) -> String {
    shorten(&parse_object(body).and_then(|mut answer| take_text(&mut answer, "error")).unwrap_or_default())
}
