//! The routes. What goes over them is told to no socket.

use super::{Deed, SEALED, Server, Table};
use percent_encoding::percent_decode_str;
use sealwire::rows::io::{HttpRequest, Method};
use serde_json::{Map, Value, json};

const PAGE: usize = 50;

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub body: String,
}

impl Response {
    pub fn new(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string() }
    }

    pub fn error(status: u16, words: &str) -> Self {
        Self::new(status, &json!({ "error": words }))
    }
}

impl Server {
    pub fn request(&mut self, wall: u64, machine: usize, request: &HttpRequest) -> Response {
        let Some(path) = request.url.strip_prefix(super::API) else { return Response::error(404, "Not found") };
        let user = match request.token.as_ref().map(|token| self.holder(wall, &token.0)) {
            Some(Ok(user)) => user,
            Some(Err(_)) | None => return Response::error(401, "Unauthorized"),
        };
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let body = request.body.as_deref().map(serde_json::from_str::<Value>);
        let given = match body {
            Some(Ok(Value::Object(given))) => given,
            None => Map::new(),
            Some(_) => return Response::error(400, "Invalid body"),
        };
        let segments: Vec<String> =
            path.split('/').skip(1).map(|segment| percent_decode_str(segment).decode_utf8().expect("UTF-8").into_owned()).collect();
        let table = match segments.first().map(String::as_str) {
            Some("notes") => Table::Notes,
            Some("folders") => Table::Folders,
            _ => return Response::error(404, "Not found"),
        };
        let at = (wall, machine);
        match (request.method, segments.get(1)) {
            (Method::Get, None) => self.page(&user, table, query),
            (Method::Post, None) => self.create(at, &user, table, given),
            (method, Some(id)) if segments.len() == 2 => {
                if !self.owns(&user, table, id) {
                    return Response::error(404, "Not found");
                }
                match (method, table) {
                    (Method::Get, Table::Notes) => Response::new(200, &Value::Object(self.notes[id].clone())),
                    (Method::Put, _) => self.put(at, table, id, given),
                    (Method::Delete, Table::Notes) => {
                        let fields = json!({ "deleted": true }).as_object().expect("an object").clone();
                        Response::new(200, &self.write(at, table, Deed::Delete, id, Map::new(), fields))
                    }
                    (Method::Delete, Table::Folders) => self.drop_folder(at, id),
                    _ => Response::error(405, "Method not allowed"),
                }
            }
            _ => Response::error(404, "Not found"),
        }
    }

    fn page(&self, user: &str, table: Table, query: &str) -> Response {
        let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse::<usize>().ok());
        let (page, limit) = (parameter("page=").unwrap_or(1).max(1), parameter("limit=").unwrap_or(PAGE).min(PAGE));
        let mut all: Vec<&Map<String, Value>> = self.rows(table).values().filter(|row| row["userId"] == user).collect();
        all.sort_by_key(|row| std::cmp::Reverse(self.changed[row["id"].as_str().expect("an id")]));
        let name = if table == Table::Notes { "notes" } else { "folders" };
        if table == Table::Folders && self.bare_folders {
            return Response::new(200, &json!(all));
        }
        let (total, pages) = (all.len(), all.len().div_ceil(limit));
        let rows: Vec<_> = all.into_iter().skip((page - 1) * limit).take(limit).collect();
        Response::new(200, &json!({ name: rows, "pagination": { "page": page, "limit": limit, "total": total, "pages": pages } }))
    }

    fn create(&mut self, at: (u64, usize), user: &str, table: Table, given: Map<String, Value>) -> Response {
        if let Some(refusal) = self.objection(table, &given, true) {
            return refusal;
        }
        if table == Table::Notes && self.notes.values().filter(|note| note["userId"] == user).count() >= self.max_notes {
            return Response::error(402, "Upgrade your plan");
        }
        Response::new(201, &self.make(at, user, table, given))
    }

    fn put(&mut self, at: (u64, usize), table: Table, id: &str, given: Map<String, Value>) -> Response {
        if let Some(refusal) = self.objection(table, &given, false) {
            return refusal;
        }
        let fields = given.clone();
        Response::new(200, &self.write(at, table, Deed::Change, id, given, fields))
    }

    fn drop_folder(&mut self, at: (u64, usize), id: &str) -> Response {
        self.write(at, Table::Folders, Deed::Delete, id, Map::new(), Map::new());
        self.folders.remove(id);
        let inside: Vec<String> = self.notes.iter().filter(|(_, note)| note["folderId"] == *id).map(|(id, _)| id.clone()).collect();
        for note in inside {
            let fields = json!({ "folderId": null }).as_object().expect("an object").clone();
            self.write((at.0, usize::MAX), Table::Notes, Deed::Change, &note, fields.clone(), fields);
        }
        Response::new(200, &json!({ "ok": true }))
    }

    fn objection(&self, table: Table, given: &Map<String, Value>, is_new: bool) -> Option<Response> {
        let folder = given.get(if table == Table::Notes { "folderId" } else { "parentId" });
        if folder.and_then(Value::as_str).is_some_and(|folder| !self.folders.contains_key(folder)) {
            return Some(Response::error(400, "No such folder"));
        }
        match table {
            Table::Folders if is_new && given.get("name").and_then(Value::as_str).is_none() => {
                Some(Response::error(400, "A name is needed"))
            }
            Table::Notes if !self.kind.takes_plain => {
                let is_plain = |name: &str| given.get(name).map_or(is_new, |text| text != SEALED);
                (is_plain("title") || is_plain("content")).then(|| Response::error(400, "Plain text is not taken"))
            }
            _ => None,
        }
    }
}
