//! JSON as a dialect reads it: a shallow tree, each of whose fields is looked at once. The parser is the library's.

use super::FrameFailure;
use miniserde::de::{Map, Seq, Visitor};
use miniserde::{Deserialize, Error, Result, json};
use std::mem::take;

type Checked<T> = std::result::Result<T, FrameFailure>;

/// Values below are not read: no message nests deeper, and the tree is dropped level by level.
const MAX_DEPTH: u8 = 4;

/// A value.
#[derive(Debug, Default)]
pub(super) enum Json {
    /// `null`, and what lies too deep to matter.
    #[default]
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, its fraction cut off; one below 0 counts as 0, which no limit allows.
    Number(u64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Record(Fields),
}

/// The fields of an object. A field of the wrong type is [`FrameFailure::Malformed`]; `null` counts as absent.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, Json)>);

impl Fields {
    /// Reads a text that is one object.
    pub(super) fn parse(text: &str) -> Checked<Self> {
        match json::from_str(text) {
            Ok(Slot { value: Json::Record(fields), .. }) => Ok(fields),
            Ok(_) | Err(Error) => Err(FrameFailure::Malformed),
        }
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, name: &str) -> Json {
        // Of a name that comes twice the last counts, as for everyone who reads JSON.
        self.0.iter_mut().rfind(|(known, _)| known == name).map(|(_, value)| take(value)).unwrap_or_default()
    }

    /// A string that has to be there.
    pub(super) fn text(&mut self, name: &str) -> Checked<String> {
        self.optional_text(name)?.ok_or(FrameFailure::Malformed)
    }

    /// A string.
    pub(super) fn optional_text(&mut self, name: &str) -> Checked<Option<String>> {
        match self.take(name) {
            Json::Null => Ok(None),
            Json::Text(text) => Ok(Some(text)),
            Json::Flag(_) | Json::Number(_) | Json::List(_) | Json::Record(_) => Err(FrameFailure::Malformed),
        }
    }

    /// A number.
    pub(super) fn optional_number(&mut self, name: &str) -> Checked<Option<u64>> {
        match self.take(name) {
            Json::Null => Ok(None),
            Json::Number(number) => Ok(Some(number)),
            Json::Flag(_) | Json::Text(_) | Json::List(_) | Json::Record(_) => Err(FrameFailure::Malformed),
        }
    }

    /// `true` or `false`; absent, it is `false`.
    pub(super) fn flag(&mut self, name: &str) -> Checked<bool> {
        match self.take(name) {
            Json::Null => Ok(false),
            Json::Flag(flag) => Ok(flag),
            Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Record(_) => Err(FrameFailure::Malformed),
        }
    }

    /// An array of strings; `None` where it is absent.
    pub(super) fn texts(&mut self, name: &str) -> Checked<Option<Vec<String>>> {
        match self.take(name) {
            Json::Null => Ok(None),
            Json::List(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for item in items {
                    let Json::Text(text) = item else { return Err(FrameFailure::Malformed) };
                    texts.push(text);
                }
                Ok(Some(texts))
            }
            Json::Flag(_) | Json::Number(_) | Json::Text(_) | Json::Record(_) => Err(FrameFailure::Malformed),
        }
    }
}

/// Where the parser puts a value.
struct Slot {
    depth: u8,
    value: Json,
}

impl Deserialize for Slot {
    fn begin(out: &mut Option<Self>) -> &mut dyn Visitor {
        out.insert(Self { depth: 0, value: Json::Null })
    }
}

impl Visitor for Slot {
    fn null(&mut self) -> Result<()> {
        Ok(())
    }

    fn boolean(&mut self, flag: bool) -> Result<()> {
        self.value = Json::Flag(flag);
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<()> {
        self.value = Json::Text(text.to_owned());
        Ok(())
    }

    fn nonnegative(&mut self, number: u64) -> Result<()> {
        self.value = Json::Number(number);
        Ok(())
    }

    fn negative(&mut self, _: i64) -> Result<()> {
        self.nonnegative(0)
    }

    fn float(&mut self, number: f64) -> Result<()> {
        self.nonnegative(number as u64) // `as` cuts the fraction off and saturates.
    }

    fn seq(&mut self) -> Result<Box<dyn Seq + '_>> {
        if self.depth == MAX_DEPTH {
            return <dyn Visitor>::ignore().seq();
        }
        Ok(Box::new(Builder::new(self)))
    }

    fn map(&mut self) -> Result<Box<dyn Map + '_>> {
        if self.depth == MAX_DEPTH {
            return <dyn Visitor>::ignore().map();
        }
        Ok(Box::new(Builder::new(self)))
    }
}

/// An array or object that is being read.
struct Builder<'a> {
    out: &'a mut Json,
    done: Vec<(String, Json)>,
    /// The name of the field that is being read.
    name: Option<String>,
    slot: Slot,
}

impl<'a> Builder<'a> {
    fn new(parent: &'a mut Slot) -> Self {
        let slot = Slot { depth: parent.depth + 1, value: Json::Null };
        Self { out: &mut parent.value, done: Vec::new(), name: None, slot }
    }

    fn next(&mut self, name: &str) -> &mut dyn Visitor {
        if let Some(before) = self.name.replace(name.to_owned()) {
            self.done.push((before, take(&mut self.slot.value)));
        }
        &mut self.slot
    }

    fn all(&mut self) -> Vec<(String, Json)> {
        if let Some(last) = self.name.take() {
            self.done.push((last, take(&mut self.slot.value)));
        }
        take(&mut self.done)
    }
}

impl Seq for Builder<'_> {
    fn element(&mut self) -> Result<&mut dyn Visitor> {
        Ok(self.next(""))
    }

    fn finish(&mut self) -> Result<()> {
        *self.out = Json::List(self.all().into_iter().map(|(_, value)| value).collect());
        Ok(())
    }
}

impl Map for Builder<'_> {
    fn key(&mut self, name: &str) -> Result<&mut dyn Visitor> {
        Ok(self.next(name))
    }

    fn finish(&mut self) -> Result<()> {
        *self.out = Json::Record(Fields(self.all()));
        Ok(())
    }
}
