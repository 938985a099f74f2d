//! A Typelets server of one or two users. Written from the description of the protocol alone; what that leaves open is a switch. `rest` has the
//! routes, `socket` the frames, `tokens` who one is; what it has carried out is in `log`.

mod rest;
mod socket;
mod tests;
mod tokens;

pub use rest::Response;
pub use socket::{Doing, Job};

use crate::date::date;
use crate::network::LinkId;
use serde_json::{Map, Value, json};
use socket::Session;
use std::collections::{BTreeMap, BTreeSet};

pub const URL: &str = "wss://notes.example/socket";
pub const API: &str = "https://notes.example/api";

/// What stands where a text is sealed.
pub const SEALED: &str = "[ENCRYPTED]";

/// What the description leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// `note_sync` goes to all sockets of the user, not only to those that have joined the note.
    pub tells_all: bool,
    /// It gives a secret to sign frames with.
    pub signs: bool,
    /// Dates have milliseconds.
    pub is_exact: bool,
    /// It takes texts that are not sealed.
    pub takes_plain: bool,
}

impl Kind {
    pub const ALL: [Self; 4] = [
        Self { tells_all: false, signs: false, is_exact: true, takes_plain: false },
        Self { tells_all: true, signs: false, is_exact: true, takes_plain: false },
        Self { tells_all: false, signs: true, is_exact: true, takes_plain: false },
        Self { tells_all: false, signs: true, is_exact: false, takes_plain: false },
    ];
}

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    Notes,
    Folders,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Create,
    Change,
    Delete,
}

/// A write that was carried out.
#[derive(Clone, Debug)]
pub struct Executed {
    /// By which machine; `usize::MAX`: none of them.
    pub machine: usize,
    pub table: Table,
    pub deed: Deed,
    pub id: String,
    /// What was asked for.
    pub given: Map<String, Value>,
    /// The row afterwards.
    pub row: Map<String, Value>,
}

#[derive(Default)]
pub struct Log {
    pub executed: Vec<Executed>,
}

pub struct Server {
    pub kind: Kind,
    pub notes: BTreeMap<String, Map<String, Value>>,
    pub folders: BTreeMap<String, Map<String, Value>>,
    /// When each row was changed last, to the millisecond and beyond.
    changed: BTreeMap<String, (u64, u64)>,
    pub log: Log,
    /// Most notes of a user, above which a plan has to be paid for.
    pub max_notes: usize,
    /// A list of folders comes bare.
    pub bare_folders: bool,
    sessions: BTreeMap<LinkId, Session>,
    tokens: BTreeMap<String, tokens::Token>,
    nonces: BTreeSet<String>,
    /// What a client should never have sent.
    pub violations: Vec<String>,
    count: u64,
}

impl Server {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            notes: BTreeMap::new(),
            folders: BTreeMap::new(),
            changed: BTreeMap::new(),
            log: Log::default(),
            max_notes: usize::MAX,
            bare_folders: false,
            sessions: BTreeMap::new(),
            tokens: BTreeMap::new(),
            nonces: BTreeSet::new(),
            violations: Vec::new(),
            count: 0,
        }
    }

    pub fn rows(&self, table: Table) -> &BTreeMap<String, Map<String, Value>> {
        match table {
            Table::Notes => &self.notes,
            Table::Folders => &self.folders,
        }
    }

    fn rows_mut(&mut self, table: Table) -> &mut BTreeMap<String, Map<String, Value>> {
        match table {
            Table::Notes => &mut self.notes,
            Table::Folders => &mut self.folders,
        }
    }

    /// A note is gone for good, and nobody is told.
    pub fn purge(&mut self, id: &str) {
        if let Some(row) = self.notes.remove(id) {
            let (table, deed, given) = (Table::Notes, Deed::Delete, Map::new());
            self.log.executed.push(Executed { machine: usize::MAX, table, deed, id: id.to_owned(), given, row });
        }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn date(&self, wall: u64) -> String {
        date(wall, self.kind.is_exact)
    }

    /// Gives fields to a row, and writes that down.
    fn write(
        &mut self,
        at: (u64, usize),
        table: Table,
        deed: Deed,
        id: &str,
        given: Map<String, Value>,
        fields: Map<String, Value>,
    ) -> Value {
        let (wall, machine) = at;
        let number = self.next();
        let date = self.date(wall);
        self.changed.insert(id.to_owned(), (wall, number));
        let row = self.rows_mut(table).entry(id.to_owned()).or_default();
        row.extend(fields);
        row.insert("updatedAt".into(), date.into());
        let row = row.clone();
        let after = row.clone();
        self.log.executed.push(Executed { machine, table, deed, id: id.to_owned(), given, row });
        Value::Object(after)
    }

    fn make(&mut self, at: (u64, usize), user: &str, table: Table, given: Map<String, Value>) -> Value {
        let number = self.next();
        let id = format!("{}{number}", if table == Table::Notes { "n" } else { "f" });
        let mut row = match table {
            Table::Notes => json!({
                "title": "", "content": "", "starred": false, "archived": false, "deleted": false, "hidden": false, "folderId": null,
            }),
            Table::Folders => json!({ "parentId": null }),
        };
        let fields = row.as_object_mut().expect("an object");
        fields.extend(given.clone());
        fields.extend([("id".into(), json!(id)), ("userId".into(), json!(user)), ("createdAt".into(), json!(self.date(at.0)))]);
        let fields = std::mem::take(fields);
        self.write(at, table, Deed::Create, &id, given, fields)
    }

    /// Makes a row that no machine has asked for; its id.
    pub fn plant(&mut self, wall: u64, user: &str, table: Table, given: Value) -> String {
        let Value::Object(given) = given else { panic!("no object") };
        self.make((wall, usize::MAX), user, table, given)["id"].as_str().expect("an id").to_owned()
    }

    /// Changes a row as somebody elsewhere does over REST.
    pub fn alter(&mut self, wall: u64, id: &str, given: Value) {
        let Value::Object(given) = given else { panic!("no object") };
        let table = if self.notes.contains_key(id) { Table::Notes } else { Table::Folders };
        self.write((wall, usize::MAX), table, Deed::Change, id, given.clone(), given);
    }

    fn owns(&self, user: &str, table: Table, id: &str) -> bool {
        self.rows(table).get(id).is_some_and(|row| row["userId"] == user)
    }
}
