//! The frames of a socket.

use super::{Deed, SEALED, Server, Table};
use crate::network::LinkId;
use base64ct::{Base64, Encoding};
use sealwire::rows::io::Secret;
use sealwire::rows::typelets::signing::{signature, signed_string};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, VecDeque};

const MAX_FRAME: usize = 1_048_576;
const MAX_FRAMES: usize = 300;
const WINDOW_MS: u64 = 60_000;
/// Fields of an update that are stored.
const STORED: [&str; 7] = ["encryptedTitle", "encryptedContent", "starred", "archived", "deleted", "hidden", "folderId"];

/// A socket, as the server sees it.
#[derive(Default)]
pub struct Session {
    machine: usize,
    user: Option<String>,
    /// A token is being looked at.
    is_looking: bool,
    secret: Option<String>,
    joined: BTreeSet<String>,
    frames: VecDeque<u64>,
    updating: BTreeSet<String>,
}

/// What takes the server a while.
#[derive(Clone, Debug)]
pub enum Job {
    /// Look at a token.
    Verify(String),
    /// Update a note.
    Update { id: String, changes: Map<String, Value> },
}

/// What follows from a frame.
#[derive(Debug)]
pub enum Doing {
    Say(LinkId, Value),
    Later(LinkId, Job),
    /// Closes the socket.
    Close(LinkId),
}

fn error(link: LinkId, words: &str) -> Vec<Doing> {
    vec![Doing::Say(link, json!({ "type": "error", "message": words }))]
}

impl Server {
    /// A socket is opened.
    pub fn welcome(&mut self, link: LinkId, machine: usize) -> Value {
        self.sessions.insert(link, Session { machine, ..Session::default() });
        json!({ "type": "connection_established", "message": "Send a token" })
    }

    /// A socket is gone.
    pub fn forget(&mut self, link: LinkId) {
        self.sessions.remove(&link);
    }

    fn session(&mut self, link: LinkId) -> &mut Session {
        self.sessions.get_mut(&link).expect("a socket")
    }

    pub fn hear(&mut self, wall: u64, link: LinkId, text: &str) -> Vec<Doing> {
        let session = self.session(link);
        while session.frames.front().is_some_and(|at| at + WINDOW_MS <= wall) {
            session.frames.pop_front();
        }
        session.frames.push_back(wall);
        if session.frames.len() > MAX_FRAMES {
            self.violations.push(format!("more than {MAX_FRAMES} frames in {WINDOW_MS} ms"));
            return error(link, "Rate limit exceeded");
        }
        if text.len() > MAX_FRAME {
            self.violations.push("a frame that is too large".into());
            return error(link, "Message too large");
        }
        let frame = match serde_json::from_str::<Value>(text) {
            Ok(frame) if frame.is_object() => frame,
            _ => return error(link, "Invalid message"),
        };
        let frame = match self.opened(wall, link, text, frame) {
            Ok(frame) => frame,
            Err(words) => {
                self.violations.push(format!("{words}: {text}"));
                return error(link, words);
            }
        };
        let kind = frame["type"].as_str().unwrap_or_default().to_owned();
        let (is_known, is_looking) = (self.session(link).user.is_some(), self.session(link).is_looking);
        match kind.as_str() {
            "auth" => {
                self.session(link).is_looking = true;
                vec![Doing::Later(link, Job::Verify(frame["token"].as_str().unwrap_or_default().to_owned()))]
            }
            "ping" => vec![Doing::Say(link, json!({ "type": "pong", "timestamp": wall }))],
            _ if !is_known || is_looking => {
                self.violations.push(format!("before its token was looked at: {text}"));
                error(link, "Not authenticated")
            }
            _ => self.act(link, &kind, &frame),
        }
    }

    /// What was signed, if the signature is good.
    fn opened(&mut self, wall: u64, link: LinkId, text: &str, mut frame: Value) -> Result<Value, &'static str> {
        if frame.get("payload").is_none() {
            return Ok(frame);
        }
        let payload = frame["payload"].take();
        let (timestamp, nonce) =
            (frame["timestamp"].as_u64().ok_or("No timestamp")?, frame["nonce"].as_str().ok_or("No nonce")?.to_owned());
        let secret = self.session(link).secret.clone().ok_or("Not authenticated")?;
        // As it came: a server of JavaScript prints what it has parsed, which is the same.
        let printed = text.strip_prefix(r#"{"payload":"#).and_then(|rest| rest.rsplit_once(r#","signature":"#)).ok_or("Malformed")?.0;
        if serde_json::from_str::<Value>(printed).ok().as_ref() != Some(&payload) {
            return Err("Malformed");
        }
        if frame["signature"] != signature(&Secret(secret), &signed_string(printed, timestamp, &nonce)) {
            return Err("Invalid signature");
        }
        if wall > timestamp + 300_000 || timestamp > wall + 60_000 {
            return Err("Invalid timestamp");
        }
        if !self.nonces.insert(nonce) {
            return Err("Nonce was used");
        }
        if payload["type"] == "auth" {
            return Err("A token is never signed");
        }
        Ok(payload)
    }

    fn act(&mut self, link: LinkId, kind: &str, frame: &Value) -> Vec<Doing> {
        let user = self.session(link).user.clone().expect("a user");
        let id = frame["noteId"].as_str().unwrap_or_default().to_owned();
        match kind {
            "join_note" if !self.owns(&user, Table::Notes, &id) => error(link, "Note not found or access denied"),
            "join_note" => {
                self.session(link).joined.insert(id.clone());
                vec![Doing::Say(link, json!({ "type": "note_joined", "noteId": id }))]
            }
            "leave_note" => {
                self.session(link).joined.remove(&id);
                vec![Doing::Say(link, json!({ "type": "note_left", "noteId": id }))]
            }
            "note_update" => self.begin_update(link, id, &frame["changes"]),
            "note_created" if id.is_empty() || frame["noteData"]["userId"].as_str().is_none() => error(link, "Invalid note data"),
            "note_created" => self.relay(link, &user, &json!({ "type": "note_created_sync", "noteData": frame["noteData"], "noteId": id })),
            "note_deleted" => self.relay(link, &user, &json!({ "type": "note_deleted_sync", "noteId": id })),
            "folder_created" => {
                let (folder, data) = (&frame["folderId"], &frame["folderData"]);
                self.relay(link, &user, &json!({ "type": "folder_created_sync", "folderId": folder, "folderData": data }))
            }
            "folder_updated" => {
                let (folder, row) = (&frame["folderId"], &frame["updatedFolder"]);
                self.relay(link, &user, &json!({ "type": "folder_updated_sync", "folderId": folder, "updatedFolder": row }))
            }
            "folder_deleted" => {
                let folder = frame["folderId"].as_str().unwrap_or_default();
                if self.owns(&user, Table::Folders, folder) {
                    self.relay(link, &user, &json!({ "type": "folder_deleted_sync", "folderId": folder }))
                } else {
                    error(link, "Folder not found")
                }
            }
            _ => {
                self.violations.push(format!("an unknown type: {kind}"));
                error(link, "Unknown message type")
            }
        }
    }

    fn begin_update(&mut self, link: LinkId, id: String, changes: &Value) -> Vec<Doing> {
        let Some(changes) = changes.as_object() else { return error(link, "Invalid changes") };
        if changes.is_empty() {
            self.violations.push("an update of nothing".into());
            return Vec::new();
        }
        let session = self.session(link);
        if !session.updating.insert(id.clone()) {
            self.violations.push(format!("two updates of {id} at once"));
        }
        vec![Doing::Later(link, Job::Update { id, changes: changes.clone() })]
    }

    /// Says something to the user's other sockets.
    fn relay(&self, from: LinkId, user: &str, frame: &Value) -> Vec<Doing> {
        let is_other = |(link, session): &(&LinkId, &Session)| **link != from && session.user.as_deref() == Some(user);
        self.sessions.iter().filter(is_other).map(|(link, _)| Doing::Say(*link, frame.clone())).collect()
    }

    /// Carries out what took a while.
    pub fn finish(&mut self, wall: u64, link: LinkId, job: Job) -> Vec<Doing> {
        if !self.sessions.contains_key(&link) {
            return Vec::new();
        }
        match job {
            Job::Verify(token) => self.look_at(wall, link, &token),
            Job::Update { id, changes } => {
                self.session(link).updating.remove(&id);
                self.update(wall, link, &id, changes)
            }
        }
    }

    fn look_at(&mut self, wall: u64, link: LinkId, token: &str) -> Vec<Doing> {
        self.session(link).is_looking = false;
        match self.holder(wall, token) {
            Ok(user) => {
                // The same for a token within five minutes, whichever socket it comes from.
                let secret = self.kind.signs.then(|| secret_of(token, wall / 300_000));
                let session = self.session(link);
                (session.user, session.secret) = (Some(user.clone()), secret.clone());
                let mut answer = json!({ "type": "auth_success", "message": "Welcome", "userId": user });
                if let Some(secret) = secret {
                    answer["sessionSecret"] = secret.into();
                }
                vec![Doing::Say(link, answer)]
            }
            Err(reason) => {
                self.session(link).user = None;
                vec![Doing::Say(link, json!({ "type": "auth_failed", "message": "No", "reason": reason })), Doing::Close(link)]
            }
        }
    }

    fn update(&mut self, wall: u64, link: LinkId, id: &str, changes: Map<String, Value>) -> Vec<Doing> {
        let Some(user) = self.session(link).user.clone() else { return error(link, "Not authenticated") };
        if !self.owns(&user, Table::Notes, id) {
            return error(link, "Note not found or access denied");
        }
        let is_stored = |name: &str, value: &Value| STORED.contains(&name) || (name == "title" || name == "content") && value == SEALED;
        let fields: Map<String, Value> = changes.clone().into_iter().filter(|(name, value)| is_stored(name, value)).collect();
        if fields.is_empty() {
            self.violations.push("an update without a field that is stored".into());
            return error(link, "No valid fields to update");
        }
        if fields.get("folderId").and_then(Value::as_str).is_some_and(|folder| !self.folders.contains_key(folder)) {
            return error(link, "No such folder");
        }
        let machine = self.session(link).machine;
        let row = self.write((wall, machine), Table::Notes, Deed::Change, id, changes.clone(), fields);
        let sync = json!({
            "type": "note_sync", "noteId": id, "changes": changes, "updatedNote": row, "timestamp": wall, "fromUserId": user,
        });
        let hears = |(other, session): &(&LinkId, &Session)| {
            **other != link && session.user.as_ref() == Some(&user) && (self.kind.tells_all || session.joined.contains(id))
        };
        let mut doings: Vec<Doing> = self.sessions.iter().filter(hears).map(|(other, _)| Doing::Say(*other, sync.clone())).collect();
        doings.push(Doing::Say(link, json!({ "type": "note_update_success", "noteId": id, "updatedNote": row, "timestamp": wall })));
        doings
    }
}

fn secret_of(token: &str, window: u64) -> String {
    let bytes = signature(&Secret(token.to_owned()), &window.to_string());
    Base64::decode_vec(&bytes).expect("base64").iter().map(|byte| format!("{byte:02x}")).collect()
}
