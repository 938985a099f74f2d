//! Single steps, where it matters which answer comes after which: an engine by hand, without a world.

use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::ids::{Generation, PushId, TaskId};
use sealwire::engine::io::{HttpOutcome, Now, SocketEvent};
use sealwire::engine::payload::Payload;
use sealwire::engine::storage::{MemoryStore, Store};
use sealwire::rows::glint::{Config, Engine, Person};
use sealwire::rows::io::{Answer, Command, Effect, HttpRequest, Input, Method, Push, Verb};
use sealwire::rows::notice::{Change, Notice};

/// An engine whose database works at once, and whose requests wait until they are answered.
pub struct Bench {
    pub engine: Engine,
    pub store: MemoryStore,
    pub now: u64,
    pub asked: Vec<(TaskId, HttpRequest)>,
    pub sockets: Vec<(Generation, String)>,
    pub notices: Vec<Notice>,
    pub settled: Vec<String>,
    pub pushes: PushId,
    pub count: u32,
}

pub fn config() -> Config {
    Config {
        origin: "https://h".into(),
        team_id: "T".into(),
        set_id: "set-1".into(),
        me: Person { id: "u1".into(), ..Person::default() },
        max_queue: 1000,
        seed: 7,
    }
}

impl Bench {
    pub fn new() -> Self {
        Self::on(MemoryStore::default(), 1000)
    }
    pub fn on(store: MemoryStore, now: u64) -> Self {
        let mut b = Bench {
            engine: Engine::new(config()),
            store,
            now,
            asked: vec![],
            sockets: vec![],
            notices: vec![],
            settled: vec![],
            pushes: PushId::default(),
            count: 0,
        };
        b.pump();
        b.feed(Input::Command(Command::Connect));
        b
    }
    pub fn feed(&mut self, input: Input) {
        let now = Now { mono: self.now, wall: 1_766_966_400_000 + self.now };
        self.engine.handle(now, input);
        self.pump();
    }
    pub fn pump(&mut self) {
        while let Some(effect) = self.engine.poll() {
            let now = Now { mono: self.now, wall: 1_766_966_400_000 + self.now };
            match effect {
                Effect::Read { task, read } => {
                    let rows = self.store.read(&read);
                    self.engine.handle(now, Input::Answer { task, answer: Answer::Rows(Ok(rows)) });
                }
                Effect::Commit { task, transaction } => {
                    let out = self.store.commit(&transaction);
                    self.engine.handle(now, Input::Answer { task, answer: Answer::Committed(out) });
                }
                Effect::Elect { .. } => self.engine.handle(now, Input::Leader(true)),
                Effect::Request { task, request } => self.asked.push((task, request)),
                Effect::OpenSocket { generation, url } | Effect::OpenStream { generation, url } => self.sockets.push((generation, url)),
                Effect::Emit(n) => self.notices.push(n),
                Effect::Settled { event_id, outcome } => self.settled.push(format!("{event_id} {}", outcome.as_str())),
                _ => {}
            }
        }
    }
    /// Answers the oldest such request; whether there is one.
    pub fn answer(&mut self, url_end: &str, method: Method, outcome: HttpOutcome) -> bool {
        let Some(i) = self.asked.iter().position(|(_, r)| r.method == method && r.url.ends_with(url_end)) else { return false };
        let (task, _) = self.asked.remove(i);
        self.feed(Input::Answer { task, answer: Answer::Http(outcome) });
        true
    }
    pub fn ok(body: &str) -> HttpOutcome {
        HttpOutcome::Response { status: 200, body: body.into(), retry_after: None }
    }
    pub fn me(&mut self) {
        assert!(self.answer("/me", Method::Get, Self::ok(r#"{"user":{"id":"u1"}}"#)));
    }
    pub fn list(&mut self, rows: &str) -> bool {
        self.answer("/todos", Method::Get, Self::ok(&format!(r#"{{"todos":[{rows}]}}"#)))
    }
    pub fn push(&mut self, verb: Verb, id: &str, data: &str) {
        self.count += 1;
        let push = self.pushes.advance();
        let event_id = format!("e{}", self.count);
        self.feed(Input::Command(Command::Push(Push { push, verb, id: id.into(), data: Payload(data.into()), event_id })));
    }
    pub fn open(&mut self) {
        let g = self.sockets.last().unwrap().0;
        self.feed(Input::Socket { generation: g, event: SocketEvent::Opened });
    }
    pub fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.feed(Input::TimerFired);
    }
    /// Writes that are not answered.
    pub fn writes(&self) -> Vec<String> {
        self.asked
            .iter()
            .filter(|(_, r)| r.method != Method::Get && r.method != Method::Head)
            .map(|(_, r)| format!("{} {} {}", r.method.as_str(), r.url, r.body.clone().unwrap_or_default()))
            .collect()
    }
    /// The server tells something.
    pub fn hear(&mut self, frame: &str) {
        let generation = self.sockets.last().unwrap().0;
        self.feed(Input::Socket { generation, event: SocketEvent::Frame(frame.into()) });
    }
    /// Whether the server is being asked for something.
    pub fn asks(&self, url_end: &str) -> bool {
        self.asked.iter().any(|(_, request)| request.method == Method::Get && request.url.ends_with(url_end))
    }
    /// What the app was told of a row last.
    pub fn told(&self, id: &str) -> Option<&Change> {
        self.notices.iter().rev().find_map(|notice| match notice {
            Notice::Change(change) if change.id == id => Some(&**change),
            _ => None,
        })
    }
}

/// An answer of 201 that tells of a row which nobody can read: it is made, and not made again.
#[test]
fn a_create_that_was_answered_is_not_repeated() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list("");
    b.push(Verb::Create, "tmp", r#"{"title":"milk"}"#);
    let mut made = 0;
    for _ in 0..400 {
        if !b.writes().is_empty() {
            made += 1;
            b.answer("/todos", Method::Post, HttpOutcome::Response { status: 201, body: r#"{"todo":{"id":7}}"#.into(), retry_after: None });
        }
        b.list(r#"{"id":7}"#);
        b.pass(500);
    }
    assert_eq!((made, &b.settled[..]), (1, &["e1 confirmed".to_owned()][..]));
}

/// Another user signs in while nothing is written for a while: nothing goes out under their name.
#[test]
fn the_account_is_asked_for_again_before_a_write() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list("");
    b.pass(61_000);
    b.push(Verb::Create, "tmp", r#"{"title":"milk"}"#);
    assert_eq!(b.writes(), [] as [String; 0]);
    assert!(b.answer("/me", Method::Get, Bench::ok(r#"{"user":{"id":"u2"}}"#)));
    b.pass(1_000);
    assert_eq!((b.writes().len(), b.engine.status().reason), (0, Some(ErrorCode::WrongUser)));
}

#[test]
pub fn an_older_row_of_another_device_is_not_taken_for_ones_own_create() {
    let mut b = Bench::new();
    b.push(Verb::Create, "tmp", r#"{"title":"Milk"}"#); // offline
    b.open();
    b.me(); // the list is slow
    if b.writes().is_empty() {
        b.list(r#"{"id":"old","userId":"u1","parentId":null,"title":"Milk","assignees":[],"createdAt":"2020-01-01T00:00:00Z"}"#);
    }
    assert!(b.answer("/todos", Method::Post, HttpOutcome::Unreachable)); // it never arrived
    let mut again = 0;
    for _ in 0..200 {
        b.list(r#"{"id":"old","userId":"u1","parentId":null,"title":"Milk","assignees":[],"createdAt":"2020-01-01T00:00:00Z"}"#);
        again += b.writes().len();
        b.pass(500);
    }
    assert!(again > 0, "the create was lost: {:?}", b.settled);
}

#[test]
pub fn updates_sent_together_are_looked_for_together_after_a_crash() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list(r#"{"id":"t1","userId":"u1","title":"0","parentId":null,"completed":false}"#);
    b.push(Verb::Create, "tmp", r#"{"title":"hold"}"#); // keeps the line busy
    b.push(Verb::Update, "t1", r#"{"title":"a","completed":true}"#);
    b.push(Verb::Update, "t1", r#"{"title":"b"}"#);
    b.answer(
        "/todos",
        Method::Post,
        HttpOutcome::Response {
            status: 201,
            body: r#"{"todo":{"id":"h","userId":"u1","title":"hold","parentId":null}}"#.into(),
            retry_after: None,
        },
    );
    assert_eq!(b.writes(), [r#"PATCH https://h/api/teams/T/todos/t1 {"completed":true,"title":"b"}"#]);
    // It is carried out; the page crashes.
    let store = std::mem::take(&mut b.store);
    let mut b = Bench::on(store, 100_000);
    b.open();
    b.me();
    let mut sent = vec![];
    for _ in 0..200 {
        sent.extend(b.writes());
        b.answer("/t1", Method::Patch, Bench::ok("{}"));
        b.list(r#"{"id":"t1","userId":"u1","title":"b","parentId":null,"completed":true},{"id":"h","userId":"u1","title":"hold","parentId":null}"#);
        b.pass(600);
    }
    assert_eq!(sent, [] as [String; 0]);
}

#[test]
fn a_write_that_always_gets_503_does_not_block_the_others() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list(r#"{"id":"t1","userId":"u1","title":"a","parentId":null,"assignees":[]},{"id":"t2","userId":"u1","title":"b","parentId":null,"assignees":[]}"#);
    b.push(Verb::Assign, "t1", r#"{"assignees":[{"userId":"u1"}]}"#);
    b.push(Verb::Update, "t2", r#"{"title":"c"}"#);
    let mut n = 0;
    let mut patched = false;
    for _ in 0..1200 {
        if b.answer(
            "/assignees",
            Method::Put,
            HttpOutcome::Response {
                status: 503,
                body: r#"{"error":"Assignment feature unavailable: database migration required"}"#.into(),
                retry_after: None,
            },
        ) {
            n += 1;
        }
        patched |= b.writes().iter().any(|w| w.starts_with("PATCH"));
        b.list(r#"{"id":"t1","userId":"u1","title":"a","parentId":null,"assignees":[]},{"id":"t2","userId":"u1","title":"b","parentId":null,"assignees":[]}"#);
        b.pass(500);
    }
    assert!(patched, "asked {n} times in 10 min, and nothing else was sent");
}

#[test]
fn a_title_of_an_event_keeps_the_limit_of_rows() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list(r#"{"id":"t1","userId":"u1","title":"a","parentId":null}"#);
    let g = b.sockets.last().unwrap().0;
    let frame = format!(r#"{{"type":"todo:updated","setId":"set-1","todo":{{"id":"t1","title":"{}"}}}}"#, "x".repeat(1_000_000));
    b.feed(Input::Socket { generation: g, event: SocketEvent::Frame(frame) });
    assert!(b.store.get(Store::Heads, "r/t1").unwrap().len() <= 65_536 + 8, "{}", b.store.get(Store::Heads, "r/t1").unwrap().len());
}

#[test]
fn a_move_within_the_set_is_no_deletion() {
    let mut b = Bench::new();
    b.open();
    b.me();
    b.list(r#"{"id":"p","title":"p","parentId":null},{"id":"t1","userId":"u1","title":"a","parentId":"p"}"#);
    let g = b.sockets.last().unwrap().0;
    b.notices.clear();
    b.feed(Input::Socket {
        generation: g,
        event: SocketEvent::Frame(r#"{"type":"todo:moved","setId":"set-1","id":"t1","fromSetId":"set-1","toSetId":"set-1"}"#.into()),
    });
    let deleted = b.notices.iter().any(|n| matches!(n, Notice::Change(c) if c.operation == Operation::Delete));
    assert!(!deleted);
}

#[test]
fn retries_of_the_list_differ_between_clients() {
    let delays: Vec<u64> = [1, 2]
        .into_iter()
        .map(|seed| {
            let mut b = Bench { engine: Engine::new(Config { seed, ..config() }), ..Bench::new() };
            b.store = MemoryStore::default();
            b.asked.clear();
            b.sockets.clear();
            b.pump();
            b.feed(Input::Command(Command::Connect));
            b.open();
            b.me();
            b.answer("/todos", Method::Get, HttpOutcome::Unreachable);
            let start = b.now;
            while !b.asked.iter().any(|(_, r)| r.url.ends_with("/todos")) {
                b.pass(1);
            }
            b.now - start
        })
        .collect();
    assert_ne!(delays[0], delays[1]);
}
#[test]
pub fn nothing_is_sent_before_it_is_known_whose_session_it_is() {
    let mut b = Bench::new();
    let row = r#"{"id":"t1","userId":"u1","title":"a","parentId":null,"claimedBy":null}"#;
    b.open();
    b.me();
    b.list(row);
    b.list(row);
    b.push(Verb::Claim, "t1", r#"{"claimed":true}"#);
    let g = b.sockets.last().unwrap().0;
    b.feed(Input::Socket { generation: g, event: SocketEvent::Closed { code: 1006, reason: String::new() } });
    assert!(b.asked.iter().any(|(_, r)| r.url.ends_with("/me")), "the account is being asked for");
    b.list(row);
    b.list(row);
    assert_eq!(b.writes(), [] as [String; 0]);
}
