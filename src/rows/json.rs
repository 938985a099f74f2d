//! JSON of rows and frames. Numbers stay as they were written, so that no fraction is lost and none has to be printed. The parser is the library's.

use hifijson::value::{Value as Parsed, parse_bounded};
use hifijson::{SliceLexer, token::Lex};
use std::borrow::Cow;

/// What nests deeper is not read.
const MAX_DEPTH: usize = 127;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Fields),
}

/// The fields of an object, each once, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, Value)>);

impl Value {
    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// An array.
    pub fn as_array(&self) -> Option<&Vec<Self>> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// A field, if it is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        if let Self::Object(fields) = self { fields.get(name) } else { None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl Fields {
    /// A field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let place = self.place(name).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Sets a field.
    pub fn insert(&mut self, name: &str, value: Value) {
        match self.place(name) {
            Ok(place) => {
                if let Some((_, known)) = self.0.get_mut(place) {
                    *known = value;
                }
            }
            Err(place) => self.0.insert(place, (name.to_owned(), value)),
        }
    }

    /// Sets a field that is not there.
    pub fn insert_missing(&mut self, name: &str, value: Value) {
        if !self.contains_key(name) {
            self.insert(name, value);
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let place = self.place(name).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Whether there is a field.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Sets these fields.
    pub fn extend(&mut self, fields: Self) {
        fields.0.into_iter().for_each(|(name, value)| self.insert(&name, value));
    }

    /// The same without the fields, and with the values in the form, that `keep` tells.
    #[must_use]
    pub fn filtered(self, keep: impl Fn(&str, Value) -> Option<Value>) -> Self {
        Self(self.0.into_iter().filter_map(|(name, value)| keep(&name, value).map(|value| (name, value))).collect())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// All of them, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Their names.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Whether each of these fields is there, with that value.
    pub fn holds(&self, fields: &Self) -> bool {
        fields.iter().all(|(name, value)| self.get(name) == Some(value))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Fields {
    fn from(fields: [(&str, Value); N]) -> Self {
        let mut all = Self::default();
        fields.into_iter().for_each(|(name, value)| all.insert(name, value));
        all
    }
}

/// Reads a text; `None` where it is no JSON, or nests too deep. Of a name that comes twice the last counts.
pub fn parse(text: &str) -> Option<Value> {
    read(text).or_else(|| read(&mended(text)))
}

fn read(text: &str) -> Option<Value> {
    let mut lexer = SliceLexer::new(text.as_bytes());
    lexer.exactly_one(Lex::ws_peek, |next, lexer| parse_bounded(MAX_DEPTH, next, lexer)).ok().map(value_of)
}

fn value_of(parsed: Parsed<&str, Cow<'_, str>>) -> Value {
    match parsed {
        Parsed::Null => Value::Null,
        Parsed::Bool(flag) => Value::Bool(flag),
        Parsed::Number((number, _)) => Value::Number(number.to_owned()),
        Parsed::String(text) => Value::String(text.into_owned()),
        Parsed::Array(items) => Value::Array(items.into_iter().map(value_of).collect()),
        Parsed::Object(fields) => {
            let mut all = Fields::default();
            fields.into_iter().for_each(|(name, value)| all.insert(&name, value_of(value)));
            Value::Object(all)
        }
    }
}

/// Reads a text that is one object.
pub fn parse_object(text: &str) -> Option<Fields> {
    if let Some(Value::Object(fields)) = parse(text) { Some(fields) } else { None }
}

/// Writes an object.
pub fn text_of(fields: &Fields) -> String {
    let mut text = String::new();
    write_fields(&mut text, fields);
    text
}

/// How long a string is as JSON, in bytes.
pub fn length_of(string: &str) -> usize {
    let mut text = String::new();
    write_text(&mut text, string);
    text.len()
}

fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => text.push_str(number),
        Value::String(string) => write_text(text, string),
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                write_comma(text, place);
                write(text, item);
            }
            text.push(']');
        }
        Value::Object(fields) => write_fields(text, fields),
    }
}

fn write_fields(text: &mut String, fields: &Fields) {
    text.push('{');
    for (place, (name, value)) in fields.iter().enumerate() {
        write_comma(text, place);
        write_text(text, name);
        text.push(':');
        write(text, value);
    }
    text.push('}');
}

fn write_comma(text: &mut String, place: usize) {
    if place > 0 {
        text.push(',');
    }
}

/// As JavaScript prints it: the signatures of one protocol depend on it.
fn write_text(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            '\0'..' ' => {
                let digit = |nibble: u32| char::from_digit(nibble, 16).unwrap_or('0');
                text.push_str("\\u00");
                text.extend([digit(character as u32 >> 4), digit(character as u32 & 15)]);
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

/// Takes a string out.
pub fn take_text(fields: &mut Fields, name: &str) -> Option<String> {
    if let Some(Value::String(text)) = fields.remove(name) { Some(text) } else { None }
}

/// Takes an array out.
pub fn take_list(fields: &mut Fields, name: &str) -> Option<Vec<Value>> {
    if let Some(Value::Array(items)) = fields.remove(name) { Some(items) } else { None }
}

/// Takes an object out.
pub fn take_object(fields: &mut Fields, name: &str) -> Option<Fields> {
    if let Some(Value::Object(fields)) = fields.remove(name) { Some(fields) } else { None }
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
        let text = r#"{"a":9007199254740993,"b":0.1,"c":1e999,"d":-0.0}"#;
        assert_eq!(text_of(&parse_object(text).unwrap()), text);
    }

    #[test]
    fn strings_come_back_whatever_is_in_them() {
        for string in ["", "\"\\", "\u{0}\u{1f}\n\t\u{7f}", "é\u{2028}\u{1f600}", "\\u0041"] {
            let text = text_of(&Fields::from([("a", string.into())]));
            assert_eq!(super::text(&parse_object(&text).unwrap(), "a"), Some(string), "{text}");
            assert_eq!(text.len(), length_of(string) + r#"{"a":}"#.len());
        }
    }

    #[test]
    fn of_a_name_that_comes_twice_the_last_counts() {
        assert_eq!(text_of(&parse_object(r#"{"a":1,"__proto__":{},"a":2}"#).unwrap()), r#"{"__proto__":{},"a":2}"#);
    }
}
