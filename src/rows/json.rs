//! JSON of rows and frames. Numbers stay as they were written, so that no fraction is lost and none has to be printed.

use serde_json::Value;
use std::borrow::Cow;

/// The fields of an object.
pub type Fields = serde_json::Map<String, Value>;

/// Reads a text; `None` where it is no JSON, or nests too deep. Of a name that comes twice the last counts.
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text))).ok()
}

/// Reads a text that is one object.
pub fn parse_object(text: &str) -> Option<Fields> {
    match parse(text)? {
        Value::Object(fields) => Some(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// Writes an object.
pub fn text_of(fields: &Fields) -> String {
    serde_json::to_string(fields).unwrap_or_default()
}

/// Takes a string out.
pub fn take_text(fields: &mut Fields, name: &str) -> Option<String> {
    match fields.remove(name)? {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Takes an array out.
pub fn take_list(fields: &mut Fields, name: &str) -> Option<Vec<Value>> {
    match fields.remove(name)? {
        Value::Array(items) => Some(items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

/// Takes an object out.
pub fn take_object(fields: &mut Fields, name: &str) -> Option<Fields> {
    match fields.remove(name)? {
        Value::Object(fields) => Some(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// A string field.
pub fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// JavaScript writes half a surrogate pair as an escape, and no Rust string holds one: it becomes the replacement character, as in UTF-8.
fn mended(text: &str) -> Cow<'_, str> {
    let unit_at = |at: usize| {
        let escape = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(escape, 16).ok()
    };
    let (mut mended, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(step) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at += step;
        match unit_at(at) {
            Some(0xd800..=0xdbff) if unit_at(at + 6).is_some_and(|low| (0xdc00..=0xdfff).contains(&low)) => at += 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str(text.get(copied..at).unwrap_or_default());
                mended.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            // A backslash begins an escape of two characters at least; the second may be a backslash.
            Some(_) | None => at += 2,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_surrogate_pair_spoils_nothing_around_it() {
        for (text, read) in [
            (r#"{"a":"x\ud800y","b":1}"#, "x\u{fffd}y"),
            (r#"{"a":"\udc00\ud800","b":1}"#, "\u{fffd}\u{fffd}"),
            (r#"{"a":"\\ud800\ud83d\ude00\uD800","b":1}"#, "\\ud800\u{1f600}\u{fffd}"),
            (r#"{"a":"\ud800\\","b":1}"#, "\u{fffd}\\"),
        ] {
            assert_eq!(super::text(&parse_object(text).unwrap(), "a"), Some(read), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1", "\"\\", "{\"a\":\"\\ud8", "nul", &"[".repeat(100_000), "{\"a\":\"\\ud800"] {
            assert_eq!(parse(text), None, "{text:.20}");
        }
    }

    #[test]
    fn numbers_stay_as_they_were_written() {
        let text = r#"{"a":9007199254740993,"b":0.1,"c":1e+999,"d":-0.0}"#;
        assert_eq!(text_of(&parse_object(text).unwrap()), text);
    }

    #[test]
    fn of_a_name_that_comes_twice_the_last_counts() {
        assert_eq!(text_of(&parse_object(r#"{"a":1,"__proto__":{},"a":2}"#).unwrap()), r#"{"__proto__":{},"a":2}"#);
    }
}
