//! Single steps, where it matters what comes after what: an engine by hand, without a world. Its database and its cipher work at once; requests,
//! frames and tokens wait until they are answered.

use crate::crypto::Key;
use crate::luck::Luck;
use crate::performing::sent;
use crate::server::{API, URL};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::ids::{Generation, PushId, TaskId};
use sealwire::engine::io::{HttpOutcome, Now, SocketEvent};
use sealwire::engine::payload::Payload;
use sealwire::engine::storage::{CommitOutcome, MemoryStore};
use sealwire::rows::io::{Answer, Command, Effect, HttpRequest, Input, Method, Push, Secret, Verb};
use sealwire::rows::notice::{ConnectionState, Notice};
use sealwire::rows::typelets::{Config, Engine};
use serde_json::{Value, json};

pub const WALL: u64 = 1_795_000_000_000;

pub struct Bench {
    pub engine: Engine,
    pub store: MemoryStore,
    pub luck: Luck,
    pub key: Key,
    pub now: u64,
    /// The wall clock is so far ahead.
    pub skew: i64,
    /// Bytes in the socket's buffer.
    pub buffered: u64,
    pub asked: Vec<(TaskId, HttpRequest)>,
    pub tokens: Vec<TaskId>,
    pub sockets: Vec<Generation>,
    pub closed: Vec<Generation>,
    /// What was sent and not taken yet.
    pub sent: Vec<Value>,
    pub notices: Vec<Notice>,
    pub settled: Vec<String>,
    pub stored: Vec<Result<String, ErrorCode>>,
    pub commits: u32,
    pushes: PushId,
}

pub fn config() -> Config {
    Config {
        url: URL.into(),
        api: API.into(),
        user_id: "u1".into(),
        is_sealed: true,
        max_attempts: 10,
        keeps_joins: false,
        signs: false,
        max_queue: 1_000,
        seed: 7,
    }
}

/// A token that looks like a JWT and ends in so many milliseconds.
pub fn jwt(ends_in: u64) -> String {
    let payload = json!({ "sub": "u1", "exp": (WALL + ends_in) / 1_000 }).to_string();
    format!("e30.{}.c2ln", Base64UrlUnpadded::encode_string(payload.as_bytes()))
}

pub fn ok(body: &Value) -> HttpOutcome {
    HttpOutcome::Response { status: 200, body: body.to_string(), retry_after: None }
}

pub fn status(status: u16) -> HttpOutcome {
    HttpOutcome::Response { status, body: r#"{"error":"No"}"#.into(), retry_after: None }
}

impl Bench {
    pub fn new() -> Self {
        Self::of(config(), MemoryStore::default())
    }

    pub fn of(config: Config, store: MemoryStore) -> Self {
        let mut bench = Self {
            engine: Engine::new(config),
            store,
            luck: Luck::new(1),
            key: Key::Right,
            now: 1_000,
            skew: 0,
            buffered: 0,
            asked: Vec::new(),
            tokens: Vec::new(),
            sockets: Vec::new(),
            closed: Vec::new(),
            sent: Vec::new(),
            notices: Vec::new(),
            settled: Vec::new(),
            stored: Vec::new(),
            commits: 0,
            pushes: PushId::default(),
        };
        bench.pump();
        bench.command(Command::Connect);
        bench
    }

    /// A page that is connected, and has read these notes and no folders.
    pub fn live(notes: &[Value]) -> Self {
        let mut bench = Self::new();
        bench.connect();
        bench.list(notes);
        bench
    }

    /// The page goes, and is opened anew with what it has stored.
    pub fn reload(self) -> Self {
        let Self { store, now, .. } = self;
        let mut next = Self::of(config(), store);
        next.now = now;
        next
    }

    /// Gives a token, opens the socket and lets the server take the token.
    pub fn connect(&mut self) {
        self.give_token(Some("token"));
        self.open();
        self.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1" }));
    }

    fn clock(&self) -> Now {
        Now { mono: self.now, wall: (WALL + self.now).saturating_add_signed(self.skew) }
    }

    pub fn feed(&mut self, input: Input) {
        self.engine.handle(self.clock(), input);
        self.pump();
    }

    pub fn command(&mut self, command: Command) {
        self.feed(Input::Command(command));
    }

    fn pump(&mut self) {
        while let Some(effect) = self.engine.poll() {
            match effect {
                Effect::Read { task, read } => self.answer_now(task, Answer::Rows(Ok(self.store.read(&read)))),
                Effect::Commit { task, transaction } => {
                    self.commits += 1;
                    let outcome: CommitOutcome = self.store.commit(&transaction);
                    self.answer_now(task, Answer::Committed(outcome));
                }
                Effect::Seal { task, texts } => {
                    let sealed = self.key.seal(&mut self.luck, &texts);
                    self.answer_now(task, Answer::Sealed(Ok(sealed)));
                }
                Effect::Open { task, sealed } => {
                    let opened = sealed.iter().map(|sealed| self.key.open(sealed)).collect();
                    self.answer_now(task, Answer::Opened(opened));
                }
                Effect::Elect { .. } => self.engine.handle(self.clock(), Input::Leader(true)),
                Effect::AskToken { task } => self.tokens.push(task),
                Effect::Request { task, request } => self.asked.push((task, request)),
                Effect::OpenSocket { generation, .. } => self.sockets.push(generation),
                Effect::Close { generation } => self.closed.push(generation),
                Effect::SendFrame { generation, frame, secret } => {
                    self.sent.push(serde_json::from_str(&sent(&frame, secret.as_ref())).expect("JSON"));
                    self.measure(generation);
                }
                Effect::MeasureBuffer { generation } => self.measure(generation),
                Effect::Emit(notice) => self.notices.push(notice),
                Effect::Settled { event_id, outcome } => self.settled.push(format!("{event_id} {}", outcome.as_str())),
                Effect::Stored { result, .. } => self.stored.push(result),
                _ => {}
            }
        }
    }

    fn measure(&mut self, generation: Generation) {
        let event = SocketEvent::Buffered(self.buffered);
        self.engine.handle(self.clock(), Input::Socket { generation, event });
    }

    fn answer_now(&mut self, task: TaskId, answer: Answer) {
        self.engine.handle(self.clock(), Input::Answer { task, answer });
    }

    /// The app gives a token, as it was asked to.
    pub fn give_token(&mut self, token: Option<&str>) {
        let task = self.tokens.remove(0);
        self.feed(Input::Answer { task, answer: Answer::Token(token.map(|token| Secret(token.to_owned()))) });
    }

    fn socket(&mut self, event: SocketEvent) {
        let generation = *self.sockets.last().expect("a socket");
        self.feed(Input::Socket { generation, event });
    }

    pub fn open(&mut self) {
        self.socket(SocketEvent::Opened);
    }

    pub fn lose(&mut self) {
        self.socket(SocketEvent::Closed { code: 1006, reason: String::new() });
    }

    pub fn hear(&mut self, frame: &Value) {
        self.socket(SocketEvent::Frame(frame.to_string()));
    }

    pub fn pass(&mut self, millis: u64) {
        // As a platform does: at each deadline.
        let end = self.now + millis;
        while let Some(deadline) = self.engine.deadline().filter(|deadline| *deadline <= end) {
            self.now = deadline.max(self.now);
            self.feed(Input::TimerFired);
        }
        self.now = end;
        self.feed(Input::TimerFired);
    }

    /// The same while the server lives.
    pub fn stay(&mut self, millis: u64) {
        for _ in 0..millis / 1_000 {
            self.pass(1_000);
            self.hear(&json!({ "type": "pong", "timestamp": WALL + self.now }));
        }
    }

    /// Answers the oldest such request; whether there is one.
    pub fn answer(&mut self, method: Method, path: &str, outcome: HttpOutcome) -> bool {
        let is_it = |request: &HttpRequest| {
            request.method == method && request.url.strip_prefix(API).is_some_and(|url| url.split('?').next() == Some(path))
        };
        let Some(place) = self.asked.iter().position(|(_, request)| is_it(request)) else { return false };
        let (task, _) = self.asked.remove(place);
        self.feed(Input::Answer { task, answer: Answer::Http(outcome) });
        true
    }

    /// The body of the oldest such request.
    pub fn body(&self, method: Method, path: &str) -> Option<Value> {
        let is_it = |request: &&HttpRequest| request.method == method && request.url.strip_prefix(API) == Some(path);
        let request = self.asked.iter().map(|(_, request)| request).find(is_it)?;
        Some(request.body.as_deref().map(|body| serde_json::from_str(body).expect("JSON")).unwrap_or_default())
    }

    /// Answers a reading of everything.
    pub fn list(&mut self, notes: &[Value]) {
        assert!(self.answer(Method::Get, "/folders", ok(&json!([]))), "{:?}", self.asked);
        let pages = json!({ "page": 1, "limit": 50, "total": notes.len(), "pages": 1 });
        assert!(self.answer(Method::Get, "/notes", ok(&json!({ "notes": notes, "pagination": pages }))));
    }

    pub fn push(&mut self, verb: Verb, id: &str, data: Value) -> String {
        let push = self.pushes.advance();
        let event_id = format!("e{}", push.0);
        let data = Payload(if data.is_null() { String::new() } else { data.to_string() });
        self.command(Command::Push(Push { push, verb, id: id.into(), data, event_id: event_id.clone() }));
        event_id
    }

    pub fn update(&mut self, id: &str, data: Value) -> String {
        self.push(Verb::Update, id, data)
    }

    /// Takes what was sent.
    pub fn frames(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.sent)
    }

    /// The types of what was sent, but for pings.
    pub fn said(&mut self) -> Vec<String> {
        let kinds = self.frames().into_iter().map(|frame| frame["type"].as_str().unwrap_or("signed").to_owned());
        kinds.filter(|kind| kind != "ping").collect()
    }

    pub fn state(&self) -> ConnectionState {
        self.engine.status().state
    }

    /// Errors with what they say, once more taken.
    pub fn errors(&mut self) -> Vec<String> {
        let notices = std::mem::take(&mut self.notices);
        let errors = notices.iter().filter_map(|notice| match notice {
            Notice::Error(report) => {
                Some([report.code.as_str(), " ", report.detail.as_deref().unwrap_or_default()].concat().trim().to_owned())
            }
            _ => None,
        });
        let errors = errors.collect();
        self.notices = notices.into_iter().filter(|notice| !matches!(notice, Notice::Error(_))).collect();
        errors
    }

    /// A row as the server has it.
    pub fn row(&mut self, id: &str, title: &str, content: &str, second: u64) -> Value {
        let mut row = self.key.seal_row(&mut self.luck, title, content);
        let fields = json!({
            "id": id, "userId": "u1", "starred": false, "archived": false, "deleted": false, "hidden": false, "folderId": null,
            "createdAt": "2026-11-22T01:00:00.000Z", "updatedAt": format!("2026-11-22T01:00:{second:02}.000Z"),
        });
        row.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        row
    }

    /// What the app was told of a row last.
    pub fn told(&self, id: &str) -> Option<Value> {
        let last = self.notices.iter().rev().find_map(|notice| match notice {
            Notice::Change(change) if change.id == id => Some(change.data.as_str().to_owned()),
            _ => None,
        });
        serde_json::from_str(&last?).ok()
    }

    /// What was told of conflicts: theirs.
    pub fn conflicts(&self) -> Vec<Value> {
        let theirs = self.notices.iter().filter_map(|notice| match notice {
            Notice::Conflict(conflict) => Some(serde_json::from_str(conflict.theirs.as_str()).expect("JSON")),
            _ => None,
        });
        theirs.collect()
    }
}
