//! What the server's REST routes take and give.

use super::row::{Kind, folder, note};
use crate::engine::error::shorten;
use crate::rows::glint::request::{escaped, read_refusal as read_error};
use crate::rows::io::{HttpRequest, Method};
use crate::rows::json::{Fields, Value, parse, parse_object, take_list, take_object, take_text, text_of};

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
        let limit = PAGE.to_string();
        bare(Method::Get, [&self.api, "/notes?page=", &page.to_string(), "&limit=", &limit].concat())
    }

    /// Asks for all folders.
    pub fn folders(&self) -> HttpRequest {
        bare(Method::Get, [&self.api, "/folders"].concat())
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

    fn all(&self, kind: Kind) -> String {
        [&self.api, "/", kind.as_str(), "s"].concat()
    }

    fn row(&self, kind: Kind, id: &str) -> String {
        [&self.all(kind), "/", &escaped(id)].concat()
    }
}

fn bare(method: Method, url: String) -> HttpRequest {
    HttpRequest { method, url, body: None }
}

fn with(method: Method, url: String, body: &Fields) -> HttpRequest {
    HttpRequest { method, url, body: Some(text_of(body)) }
}

/// A page of notes.
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
    let notes = take_list(&mut answer, "notes").filter(|notes| notes.len() <= MAX_ROWS)?;
    let pages = take_object(&mut answer, "pagination").and_then(|mut pagination| match pagination.remove("pages")? {
        Value::Number(pages) => pages.parse::<usize>().ok(),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    });
    let total = notes.len();
    let rows: Vec<Fields> = notes.into_iter().filter_map(note).collect();
    // A server that does not say how many there are is asked until there are none.
    let is_last = total == 0 || pages.map_or(total < PAGE, |pages| page >= pages);
    Some(Page { bad: total - rows.len(), rows, is_last })
}

/// Reads the answer to [`Routes::folders`], which is a list, or has one; `None` where it is none, or one too long.
pub fn read_folders(body: &str) -> Option<Vec<Fields>> {
    let folders = match parse(body)? {
        Value::Array(folders) => folders,
        Value::Object(mut answer) => take_list(&mut answer, "folders")?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    };
    (folders.len() <= MAX_ROWS).then(|| folders.into_iter().filter_map(folder).collect())
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
