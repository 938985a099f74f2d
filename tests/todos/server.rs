//! A Glint server of one team: its sets, who may see them, and what it does on requests. Written from the description of the protocol alone;
//! what that leaves open is a switch. `writes` has the routes that change something, `listing` what it shows, `log` what it has carried out.

mod listing;
mod log;
mod tests;
mod writes;

pub use listing::date;
pub use log::{Done, Executed, Log};

use percent_encoding::percent_decode_str;
use sealwire::rows::io::{HttpRequest, Method};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub const ORIGIN: &str = "https://glint.example";

/// Its generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Of the document.
    G1,
    /// Greets, and has streams.
    G2,
    /// Has assignees instead of claims, moves, and refuses a title that a sibling has.
    G3,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::G1, Self::G2, Self::G3];

    pub fn has_streams(self) -> bool {
        self != Self::G1
    }

    pub fn has_claims(self) -> bool {
        self != Self::G3
    }
}

/// What it can do besides answering requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LivePush {
    Works,
    /// Something between makes every socket fail. The server does not know.
    OnlyStreams,
    /// The deployment has none.
    Missing,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Todo {
    pub set: String,
    pub author: String,
    pub parent: Option<String>,
    pub title: String,
    pub completed: bool,
    pub sort_order: f64,
    /// Those that it is assigned to, or the one who has claimed it.
    pub assignees: Vec<String>,
    pub created_at: u64,
    pub updated_at: u64,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The machine, which the server does not see.
    pub machine: usize,
    /// Whose session it has.
    pub user: Option<String>,
}

/// What it answers, and what it tells the sockets of each set.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub status: u16,
    pub body: String,
    pub events: Vec<(String, String)>,
}

impl Response {
    pub fn new(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), events: Vec::new() }
    }

    fn refusal(status: u16, words: &str) -> Self {
        Self::new(status, &json!({ "error": words }))
    }

    fn done(events: Vec<(String, String)>) -> Self {
        Self { events, ..Self::new(200, &json!({ "ok": true })) }
    }
}

pub struct Server {
    pub kind: Kind,
    pub team: String,
    pub live_push: LivePush,
    /// Who claims what another one has claimed takes it over; else it is refused. The document does not say.
    pub takes_over: bool,
    /// Answers every write with this status, and does not carry it out.
    pub fails_writes: Option<u16>,
    /// Refuses every write in whose body this stands.
    pub refuses: Option<String>,
    /// Says this instead of the rows of a set.
    pub lists: Option<String>,
    /// Says this instead of what it did.
    pub mumbles: Option<String>,
    pub members: BTreeSet<String>,
    pub sets: BTreeSet<String>,
    pub todos: BTreeMap<String, Todo>,
    pub log: Log,
    last_id: u32,
}

impl Server {
    /// With the sets `s1` and `s2`, and the members `u0` to `u9`.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            team: "t1".into(),
            live_push: LivePush::Works,
            takes_over: false,
            fails_writes: None,
            refuses: None,
            lists: None,
            mumbles: None,
            members: (0..10).map(|number| format!("u{number}")).collect(),
            sets: ["s1", "s2"].map(str::to_owned).into(),
            todos: BTreeMap::new(),
            log: Log::default(),
            last_id: 0,
        }
    }

    /// A request came. Whoever it concerns is told before it is answered.
    pub fn request(&mut self, wall: u64, caller: &Caller, request: &HttpRequest) -> Response {
        let path = segments(&request.url);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if let ["api", "auth", "me"] = *path {
            return self.me(caller.user.as_deref());
        }
        let ["api", "teams", team, ref rest @ ..] = *path else { panic!("the client asked for {}", request.url) };
        let user = match self.admit(team, caller.user.as_deref()) {
            Ok(user) => user.to_owned(),
            Err(refusal) => return *refusal,
        };
        match (request.method, rest) {
            (Method::Get, ["sets"]) => self.list_sets(),
            (Method::Get, ["sets", set, "todos"]) => self.list(set),
            (Method::Get | Method::Head, ["sets", set, "ws"]) => self.probe(set, request.method),
            (Method::Post | Method::Put | Method::Patch | Method::Delete, _) => {
                let body = request.body.as_deref().unwrap_or("{}");
                if let Some(status) = self.fails_writes {
                    return Response::refusal(status, "Not now");
                }
                if self.refuses.as_ref().is_some_and(|text| body.contains(text)) {
                    return Response::refusal(400, "Not this one");
                }
                let body: Value = serde_json::from_str(body).expect("the client sends JSON");
                let caller = writes::Writer { wall, machine: caller.machine, user };
                let response = self.write(&caller, request.method, rest, &body);
                match &self.mumbles {
                    Some(body) => Response { body: body.clone(), ..response },
                    None => response,
                }
            }
            _ => panic!("the client asked for {} {}", request.method.as_str(), request.url),
        }
    }

    /// Whether somebody may do anything in a team; else the refusal.
    fn admit<'a>(&self, team: &str, user: Option<&'a str>) -> Result<&'a str, Box<Response>> {
        let Some(user) = user else { return Err(Box::new(Response::refusal(401, "Unauthorized"))) };
        if team != self.team || !self.members.contains(user) {
            return Err(Box::new(Response::refusal(403, "Not a member of this team")));
        }
        Ok(user)
    }

    fn probe(&self, set: &str, method: Method) -> Response {
        let answer = if !self.sets.contains(set) {
            Response::refusal(404, "Set not found")
        } else if self.live_push == LivePush::Missing {
            Response::refusal(503, "Realtime sync is not available on this deployment")
        } else if method == Method::Head && self.kind != Kind::G1 {
            Response::new(200, &Value::Null)
        } else {
            Response::refusal(426, "Expected WebSocket")
        };
        // The answer to HEAD has no body.
        if method == Method::Head { Response { body: String::new(), ..answer } } else { answer }
    }

    /// A socket or a stream is asked for: the set whose news it gets, and the first frame; `None`: refused.
    pub fn dial(&self, url: &str, user: Option<&str>, is_stream: bool) -> Option<(String, Option<String>)> {
        let path = segments(&url.replacen("wss://", "https://", 1));
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let ["api", "teams", team, "sets", set, route] = *path else { panic!("the client dialled {url}") };
        assert_eq!(route, if is_stream { "sse" } else { "ws" }, "the client dialled {url}");
        let is_there = match self.live_push {
            LivePush::Works => !is_stream || self.kind.has_streams(),
            LivePush::OnlyStreams => is_stream && self.kind.has_streams(),
            LivePush::Missing => false,
        };
        if !is_there || self.admit(team, user).is_err() || !self.sets.contains(set) {
            return None;
        }
        let greets = self.kind != Kind::G1 && !is_stream;
        Some((set.to_owned(), greets.then(|| json!({ "type": "realtime:ready", "setId": set }).to_string())))
    }

    /// A row and those below it.
    pub fn subtree(&self, id: &str) -> Vec<String> {
        let mut found = vec![id.to_owned()];
        let mut next = 0;
        while let Some(parent) = found.get(next).cloned() {
            found.extend(self.todos.iter().filter(|(_, todo)| todo.parent.as_ref() == Some(&parent)).map(|(id, _)| id.clone()));
            next += 1;
        }
        found
    }

    /// The rows of a set.
    pub fn rows_of(&self, set: &str) -> BTreeMap<&str, &Todo> {
        self.todos.iter().filter(|(_, todo)| todo.set == set).map(|(id, todo)| (id.as_str(), todo)).collect()
    }

    /// The id of the row with a title.
    pub fn find(&self, title: &str) -> Option<&str> {
        self.todos.iter().find(|(_, todo)| todo.title == title).map(|(id, _)| id.as_str())
    }

    /// An id that tells nothing of the order in which ids were given.
    fn next_id(&mut self) -> String {
        self.last_id += 1;
        format!("td_{:08x}", self.last_id.wrapping_mul(0x9e37_79b1))
    }
}

/// The parts of a URL's path.
fn segments(url: &str) -> Vec<String> {
    let path = url.strip_prefix(ORIGIN).and_then(|rest| rest.strip_prefix('/')).unwrap_or_else(|| panic!("the client asked for {url}"));
    let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    path.split(['?', '#']).next().unwrap_or_default().split('/').map(decode).collect()
}
