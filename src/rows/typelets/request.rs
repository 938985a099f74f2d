//! What the server's REST routes take and give.

use super::row::{Kind, folder, note};
use crate::engine::error::shorten;
use crate::rows::io::{HttpRequest, Method};
use crate::rows::json::{Fields, Value, parse, parse_object, take_list, take_object, take_text};
use crate::rows::wire::{bare, escaped, read_refusal as read_error, with};

/// Notes asked for at once: the server gives no more.
pub const PAGE: usize = 50;
/// An account with more notes, or folders, is not read.
pub const MAX_ROWS: usize = 20_000;

/// The addresses of an account's routes.
#[derive(Clone, Debug)]
pub struct Routes {
    api: String,
}

impl Routes {
    /// `api`: the base of the routes, without `/` at its end.
    pub fn new(api: &str) -> Self {
        Self { api: api.to_owned() }
    }

    /// Asks for a page of notes, the first of which is 1: the latest updated first.
    pub fn notes(&self, page: usize) -> HttpRequest {
        self.page("/notes", page)
    }

    /// Asks for a page of folders, the first of which is 1.
    pub fn folders(&self, page: usize) -> HttpRequest {
        self.page("/folders", page)
    }

    /// Asks for a note.
    pub fn note(&self, id: &str) -> HttpRequest {
        bare(Method::Get, self.row(Kind::Note, id))
    }

    /// Makes a row.
    pub fn create(&self, kind: Kind, body: &Fields) -> HttpRequest {
        with(Method::Post, self.all(kind), body)
    }

    /// Changes a row.
    pub fn put(&self, kind: Kind, id: &str, body: &Fields) -> HttpRequest {
        with(Method::Put, self.row(kind, id), body)
    }

    /// Deletes a row; a note stays, with `deleted`.
    pub fn delete(&self, kind: Kind, id: &str) -> HttpRequest {
        bare(Method::Delete, self.row(kind, id))
    }

    fn page(&self, route: &str, page: usize) -> HttpRequest {
        bare(Method::Get, [&self.api, route, "?page=", &page.to_string(), "&limit=", &PAGE.to_string()].concat())
    }

    fn all(&self, kind: Kind) -> String {
        [&self.api, "/", kind.as_str(), "s"].concat()
    }

    fn row(&self, kind: Kind, id: &str) -> String {
        [&self.all(kind), "/", &escaped(id)].concat()
    }
}

/// A page of notes, or of folders.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Those that can be read.
    pub rows: Vec<Fields>,
    /// How many cannot.
    pub bad: usize,
    /// It is the last one.
    pub is_last: bool,
}

/// Reads the answer to [`Routes::notes`]; `None` where it is none.
pub fn read_notes(body: &str, page: usize) -> Option<Page> {
    let mut answer = parse_object(body)?;
    let notes = take_list(&mut answer, "notes")?;
    page_of(notes, Some(answer), page, note)
}

/// Reads the answer to [`Routes::folders`], which is a list, or has one; `None` where it is none.
pub fn read_folders(body: &str, page: usize) -> Option<Page> {
    match parse(body)? {
        Value::Array(folders) => page_of(folders, None, page, folder),
        Value::Object(mut answer) => {
            let folders = take_list(&mut answer, "folders")?;
            page_of(folders, Some(answer), page, folder)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn page_of(items: Vec<Value>, answer: Option<Fields>, page: usize, read: fn(Value) -> Option<Fields>) -> Option<Page> {
    let total = items.len();
    if total > MAX_ROWS {
        return None;
    }
    let pagination = answer.and_then(|mut answer| take_object(&mut answer, "pagination"));
    let pages = pagination.as_ref().and_then(|pagination| match pagination.get("pages")? {
        Value::Number(pages) => pages.parse::<usize>().ok(),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    });
    let rows: Vec<Fields> = items.into_iter().filter_map(read).collect();
    // A server that does not say how many there are is asked until there are fewer than a page; a list that is longer is all.
    let is_last = total == 0 || pages.map_or(total != PAGE, |pages| page >= pages);
    Some(Page { bad: total - rows.len(), rows, is_last })
}

/// Reads an answer that is a row; some servers wrap it under its kind.
pub fn read_row(kind: Kind, body: &str) -> Option<Fields> {
    let mut answer = parse_object(body)?;
    let row = Value::Object(take_object(&mut answer, kind.as_str()).unwrap_or(answer));
    match kind {
        Kind::Note => note(row),
        Kind::Folder => folder(row),
    }
}

/// The server's words of a refusal: under `error`, or `message` where there is none.
pub fn read_refusal(body: &str) -> String {
    let words = read_error(body);
    if words.is_empty() {
        shorten(&parse_object(body).and_then(|mut answer| take_text(&mut answer, "message")).unwrap_or_default())
    } else {
        words
    }
}
