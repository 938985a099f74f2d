//! What the description says of the server.

use super::{Doing, Job, Kind, Server, Table};
use crate::machine::EPOCH;
use crate::network::LinkId;
use sealwire::rows::io::{HttpRequest, Method, Secret};
use serde_json::{Value, json};

const PLAIN: Kind = Kind { takes_plain: true, ..Kind::ALL[0] };

/// What the sockets are told, by their numbers, once everything is done.
fn say(server: &mut Server, link: usize, frame: &Value) -> Vec<(usize, Value)> {
    let mut doings = server.hear(EPOCH, LinkId(link), &frame.to_string());
    let mut said = Vec::new();
    while !doings.is_empty() {
        for doing in std::mem::take(&mut doings) {
            match doing {
                Doing::Say(link, frame) => said.push((link.0, frame)),
                Doing::Later(link, job) => doings.extend(server.finish(EPOCH, link, job)),
                Doing::Close(link) => said.push((link.0, Value::Null)),
            }
        }
    }
    said
}

fn types(said: &[(usize, Value)]) -> Vec<(usize, &str)> {
    said.iter().map(|(link, frame)| (*link, frame["type"].as_str().unwrap_or("closed"))).collect()
}

/// A server with two sockets of one user, and a note.
fn two(kind: Kind) -> (Server, String) {
    let mut server = Server::new(kind);
    let token = server.issue(EPOCH, "u1", 60_000);
    for link in [0, 1] {
        server.welcome(LinkId(link), link);
        assert_eq!(types(&say(&mut server, link, &json!({ "type": "auth", "token": token }))), [(link, "auth_success")]);
    }
    let note = server.plant(EPOCH, "u1", Table::Notes, json!({ "title": "a", "content": "b" }));
    (server, note)
}

fn ask(server: &mut Server, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let token = server.issue(EPOCH, "u1", 60_000);
    let request =
        HttpRequest { method, url: format!("{}{path}", super::API), body: body.map(|body| body.to_string()), token: Some(Secret(token)) };
    let response = server.request(EPOCH, 0, &request);
    (response.status, serde_json::from_str(&response.body).unwrap())
}

#[test]
fn the_token_comes_first_and_is_looked_at() {
    let mut server = Server::new(PLAIN);
    server.welcome(LinkId(0), 0);
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "ping" }))), [(0, "pong")]);
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "join_note", "noteId": "n1" }))), [(0, "error")]);
    let token = server.issue(EPOCH, "u1", 60_000);
    // What is sent behind it is refused.
    assert!(matches!(
        server.hear(EPOCH, LinkId(0), &json!({ "type": "auth", "token": token }).to_string())[..],
        [Doing::Later(_, Job::Verify(_))]
    ));
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "join_note", "noteId": "n1" }))), [(0, "error")]);
    assert_eq!(server.violations.len(), 2);
    for (token, reason) in [("other".to_owned(), "auth-failed"), (server.issue(EPOCH - 9_000, "u1", 5_000), "token-expired")] {
        let said = say(&mut server, 0, &json!({ "type": "auth", "token": token }));
        assert_eq!((types(&said), &said[0].1["reason"]), (vec![(0, "auth_failed"), (0, "closed")], &json!(reason)));
    }
}

#[test]
fn what_is_kept_of_an_update() {
    let (mut server, note) = two(PLAIN);
    let update = |changes: Value| json!({ "type": "note_update", "noteId": note, "changes": changes });
    assert_eq!(say(&mut server, 0, &update(json!({}))), []);
    let said = say(&mut server, 0, &update(json!({ "title": "plain", "tags": [] })));
    assert_eq!(said[0].1["message"], "No valid fields to update");
    let said = say(&mut server, 0, &update(json!({ "title": "[ENCRYPTED]", "starred": true, "iv": "x" })));
    assert_eq!(types(&said), [(0, "note_update_success")], "nobody has joined it");
    let row = &said[0].1["updatedNote"];
    assert_eq!((&row["title"], &row["starred"], row.get("iv")), (&json!("[ENCRYPTED]"), &json!(true), None));
    assert_eq!(types(&say(&mut server, 1, &json!({ "type": "join_note", "noteId": note }))), [(1, "note_joined")]);
    assert_eq!(types(&say(&mut server, 0, &update(json!({ "starred": false })))), [(1, "note_sync"), (0, "note_update_success")]);
    server.kind.tells_all = true;
    say(&mut server, 1, &json!({ "type": "leave_note", "noteId": note }));
    assert_eq!(types(&say(&mut server, 0, &update(json!({ "starred": true })))), [(1, "note_sync"), (0, "note_update_success")]);
    // A ciphertext over the socket meets whatever iv is there.
    let said = say(&mut server, 0, &update(json!({ "encryptedTitle": "AAAA" })));
    assert_eq!(said[1].1["updatedNote"]["encryptedTitle"], "AAAA");
}

#[test]
fn what_is_relayed() {
    let (mut server, note) = two(PLAIN);
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "note_created", "noteId": note, "noteData": {} }))), [(0, "error")]);
    let data = json!({ "userId": "u1" });
    assert_eq!(
        types(&say(&mut server, 0, &json!({ "type": "note_created", "noteId": note, "noteData": data }))),
        [(1, "note_created_sync")]
    );
    assert_eq!(types(&say(&mut server, 1, &json!({ "type": "note_deleted", "noteId": note }))), [(0, "note_deleted_sync")]);
    assert_eq!(types(&say(&mut server, 1, &json!({ "type": "folder_deleted", "folderId": "f0" }))), [(1, "error")]);
    let folder = server.plant(EPOCH, "u1", Table::Folders, json!({ "name": "x" }));
    assert_eq!(types(&say(&mut server, 1, &json!({ "type": "folder_deleted", "folderId": folder }))), [(0, "folder_deleted_sync")]);
}

#[test]
fn limits() {
    let (mut server, _) = two(PLAIN);
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "ping", "x": "x".repeat(1_048_576) }))), [(0, "error")]);
    for _ in 0..297 {
        assert_eq!(types(&say(&mut server, 0, &json!({ "type": "ping" }))), [(0, "pong")]);
    }
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "ping" }))), [(0, "pong")]);
    assert_eq!(types(&say(&mut server, 0, &json!({ "type": "ping" }))), [(0, "error")]);
    assert_eq!(server.violations.len(), 2);
}

#[test]
fn routes() {
    let mut server = Server::new(Kind::ALL[0]);
    let sealed = json!({ "title": "[ENCRYPTED]", "content": "[ENCRYPTED]", "iv": "x" });
    assert_eq!(ask(&mut server, Method::Post, "/notes", Some(json!({ "title": "plain", "content": "" }))).0, 400);
    for _ in 0..60 {
        assert_eq!(ask(&mut server, Method::Post, "/notes", Some(sealed.clone())).0, 201);
    }
    let (_, page) = ask(&mut server, Method::Get, "/notes?page=2&limit=50", None);
    assert_eq!((page["notes"].as_array().unwrap().len(), &page["pagination"]["pages"]), (10, &json!(2)));
    let id = page["notes"][9]["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&mut server, Method::Put, &format!("/notes/{id}"), Some(json!({ "content": "plain" }))).0, 400);
    let (status, row) = ask(&mut server, Method::Delete, &format!("/notes/{id}"), None);
    assert_eq!((status, &row["deleted"]), (200, &json!(true)));
    let (_, page) = ask(&mut server, Method::Get, "/notes?page=1&limit=50", None);
    assert_eq!(page["notes"][0]["id"], *id, "the latest first, also from the bin");
    assert_eq!(ask(&mut server, Method::Get, "/notes/n0", None).0, 404);
    server.max_notes = 60;
    assert_eq!(ask(&mut server, Method::Post, "/notes", Some(sealed)).0, 402);
    let (status, folder) = ask(&mut server, Method::Post, "/folders", Some(json!({ "name": "x" })));
    assert_eq!((status, ask(&mut server, Method::Delete, &format!("/folders/{}", folder["id"].as_str().unwrap()), None).0), (201, 200));
    let request = HttpRequest { method: Method::Get, url: format!("{}/notes", super::API), body: None, token: None };
    assert_eq!(server.request(EPOCH, 0, &request).status, 401);
}
