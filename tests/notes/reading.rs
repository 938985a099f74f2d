//! What apps have seen of notes, what pages have read before they wrote, and what they were told of conflicts: whoever overwrites what a user has
//! not seen has to say so.

use crate::crypto::Key;
use crate::server::{API, Log, Table};
use crate::tab::TabId;
use crate::verbs::Pushed;
use crate::world::World;
use sealwire::engine::ids::TaskId;
use sealwire::engine::io::HttpOutcome;
use sealwire::rows::io::{HttpRequest, Method, Verb};
use sealwire::rows::notice::Conflict;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Title and content.
type Both = (String, String);

#[derive(Default)]
pub struct Readers {
    /// What each tab has shown of each note, and when.
    seen: BTreeMap<(TabId, String), Vec<(u64, Both)>>,
    /// Notes that pages have asked for.
    asked: BTreeMap<(TabId, u32, TaskId), String>,
    /// The note as a page knows it.
    read: BTreeMap<(TabId, u32, String), Map<String, Value>>,
    /// When each page was opened.
    opened: BTreeMap<TabId, u64>,
    pub written: Vec<Written>,
    pub conflicts: Vec<Told>,
}

/// A write of texts, as it was sent.
pub struct Written {
    pub tab: TabId,
    pub at: u64,
    pub note: String,
    body: Map<String, Value>,
    read: Option<Map<String, Value>>,
}

pub struct Told {
    pub tab: TabId,
    pub at: u64,
    pub key: String,
    pub ours: Value,
    pub theirs: Value,
}

impl Readers {
    /// An app shows a row.
    pub fn see(&mut self, tab: TabId, at: u64, key: &str, data: &str) {
        let row: Value = serde_json::from_str(data).unwrap_or_default();
        if let (Some(title), Some(content)) = (row["title"].as_str(), row["content"].as_str()) {
            self.seen.entry((tab, key.to_owned())).or_default().push((at, (title.to_owned(), content.to_owned())));
        }
    }

    /// A page asks the server for something.
    pub fn ask(&mut self, at: u64, tab: TabId, run: u32, task: TaskId, request: &HttpRequest) {
        let Some(note) = request.url.strip_prefix(API).and_then(|path| path.strip_prefix("/notes/")) else { return };
        match (request.method, &request.body) {
            (Method::Get, _) => drop(self.asked.insert((tab, run, task), note.to_owned())),
            (Method::Put, Some(body)) => {
                let body = serde_json::from_str(body).expect("JSON");
                let read = self.read.get(&(tab, run, note.to_owned())).cloned();
                self.written.push(Written { tab, at, note: note.to_owned(), body, read });
            }
            _ => {}
        }
    }

    /// The answer comes.
    pub fn hear(&mut self, tab: TabId, run: u32, task: TaskId, outcome: &HttpOutcome) {
        let asked = self.asked.remove(&(tab, run, task));
        let HttpOutcome::Response { status: 200, body, .. } = outcome else { return };
        let answer: Value = serde_json::from_str(body).unwrap_or_default();
        match asked {
            Some(_) => self.learn(tab, run, &answer),
            None => answer["notes"].as_array().into_iter().flatten().for_each(|row| self.learn(tab, run, row)),
        }
    }

    /// A page learns of a row; what is older than what it knows it forgets.
    pub fn learn(&mut self, tab: TabId, run: u32, row: &Value) {
        let Some(row) = row.as_object() else { return };
        let id = row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let date = |row: &Map<String, Value>| row.get("updatedAt").and_then(Value::as_str).map(str::to_owned);
        let known = self.read.entry((tab, run, id)).or_default();
        if date(known) < date(row) {
            known.clone_from(row);
        } else if date(known) == date(row) && known.get("iv") != row.get("iv") {
            known.clear(); // Of two versions of one second nobody knows which is the newer.
        }
    }

    pub fn hear_conflict(&mut self, tab: TabId, at: u64, conflict: &Conflict) {
        let [ours, theirs] = [&conflict.ours, &conflict.theirs].map(|text| serde_json::from_str(text.as_str()).expect("JSON"));
        self.conflicts.push(Told { tab, at, key: conflict.id.clone(), ours, theirs });
    }

    fn has_seen(&self, tab: TabId, keys: &[String], until: u64, both: &Both) -> bool {
        let seen = keys.iter().filter_map(|key| self.seen.get(&(tab, key.clone()))).flatten();
        seen.into_iter().any(|(at, seen)| *at <= until && seen == both)
    }

    /// A page is opened.
    pub fn open(&mut self, tab: TabId, at: u64) {
        self.opened.insert(tab, at);
    }
}

impl World {
    /// Writes over a version of another machine that the page had read and the user had not seen, and of which nobody was told.
    pub fn untold_conflicts(&mut self) -> usize {
        let untold: Vec<(TabId, String)> =
            self.readers.written.iter().filter_map(|written| Some((written.tab, self.untold(written)?))).collect();
        untold.iter().for_each(|(tab, what)| self.note(*tab, format_args!("{what}")));
        untold.len()
    }

    fn untold(&self, written: &Written) -> Option<String> {
        let machine = self.tab(written.tab).machine;
        let read = written.read.as_ref().filter(|row| row.contains_key("iv"))?;
        if author_of(&self.server.log, &written.note, read)? == machine.0 {
            return None;
        }
        let (theirs, ours) = (Key::Right.open_row(read).ok()?, Key::Right.open_row(&written.body).ok()?);
        if theirs == ours {
            return None;
        }
        let tabs = self.tabs_on(machine);
        // What is as it was read nobody has edited.
        let gives = |pushed: &Pushed, name: &str, ours: &String, theirs: &String| ours != theirs && pushed.data[name] == **ours;
        let is_part = |pushed: &&Pushed| {
            let is_edit = gives(pushed, "title", &ours.0, &theirs.0) || gives(pushed, "content", &ours.1, &theirs.1);
            tabs.contains(&pushed.tab) && pushed.pushed_at <= written.at && pushed.verb == Verb::Update && is_edit
        };
        let mut edits = self.pushes.values().filter(is_part);
        let unseen = edits.find(|edit| {
            let keys = [edit.id.clone(), format!("note/{}", written.note)];
            // What a tab that was opened later does not show any more, an earlier one of the device has shown.
            let opened_at = self.readers.opened.get(&edit.tab).copied().unwrap_or_default();
            let earlier = tabs.iter().any(|tab| self.readers.has_seen(*tab, &keys, opened_at, &theirs));
            !earlier && !self.readers.has_seen(edit.tab, &keys, edit.pushed_at, &theirs)
        })?;
        let is_it = |told: &&Told| {
            tabs.contains(&told.tab) && told.at <= written.at && told.theirs["title"] == *theirs.0 && told.theirs["content"] == *theirs.1
        };
        let told = self.readers.conflicts.iter().find(is_it);
        told.is_none().then(|| format!("overwrites {theirs:?} of {} by {ours:?} ({}), and nobody is told", written.note, unseen.id))
    }
}

/// Which machine has saved a version of a note.
fn author_of(log: &Log, note: &str, row: &Map<String, Value>) -> Option<usize> {
    let is_it = |executed: &&crate::server::Executed| {
        executed.table == Table::Notes && executed.id == note && executed.given.get("iv") == row.get("iv")
    };
    log.executed.iter().find(is_it).map(|executed| executed.machine)
}
