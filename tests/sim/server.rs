//! A BitMarks server: one row an entity, the newest event by its outer stamp. What else it does differs from kind to kind.

use crate::luck::{Fault, Luck};
use crate::network::LinkId;
use crate::oracle::{Key, Stamp};
use sealwire::engine::io::{HttpOutcome, HttpRequest};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How a server confirms, and by what it pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `ack` frames and pull by sequence, as the server of this repository.
    Acks,
    /// Sends an event that it stored to all sockets, also to the one it came from; pull by time.
    Echoes,
    /// Neither; pull by time, as BitMarks' document has it.
    Silent,
    /// Neither; pull by sequence.
    SilentSeq,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Acks, Self::Echoes, Self::Silent, Self::SilentSeq];

    fn has_seq(self) -> bool {
        matches!(self, Self::Acks | Self::SilentSeq)
    }
}

/// What `GET /sync/status` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    User(String),
    Status(u16),
}

/// What it says when a socket opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    Proper,
    /// It takes every device for this one.
    To(String),
    Missing,
}

struct Row {
    seq: u64,
    arrived: u64,
    event: Value,
}

pub struct Server {
    pub kind: Kind,
    pub account: Account,
    pub greeting: Greeting,
    /// How far its clock is ahead of the true time.
    pub skew: i64,
    /// Changes the envelope of what it stores and sends.
    pub rewrite: Option<fn(&mut Value)>,
    /// An event can be pulled this long after the time by which it is paged.
    pub lag: u64,
    /// Most events that it puts into one page, whatever it is asked for.
    pub page_cap: usize,
    /// Events that it refuses for good.
    pub refused: BTreeSet<String>,
    /// Events that it will refuse once it sees them.
    pub will_refuse: BTreeSet<String>,
    /// Ids of events in the order of their first coming.
    pub received: Vec<String>,
    seen: BTreeSet<String>,
    /// Length of the longest frame that came.
    pub longest_frame: usize,
    sockets: BTreeSet<LinkId>,
    rows: BTreeMap<Key, Row>,
    last_seq: u64,
    last_arrival: u64,
}

impl Server {
    pub fn new(kind: Kind, user: &str) -> Self {
        Self {
            kind,
            account: Account::User(user.to_owned()),
            greeting: Greeting::Proper,
            skew: 0,
            rewrite: None,
            lag: 0,
            page_cap: 10_000,
            refused: BTreeSet::new(),
            will_refuse: BTreeSet::new(),
            received: Vec::new(),
            seen: BTreeSet::new(),
            longest_frame: 0,
            sockets: BTreeSet::new(),
            rows: BTreeMap::new(),
            last_seq: 0,
            last_arrival: 0,
        }
    }

    /// Whether it has the event, or one of the entity that is newer.
    pub fn has(&self, key: &Key, stamp: &Stamp) -> bool {
        self.rows.get(key).is_some_and(|row| stamp_of(&row.event) >= *stamp)
    }

    /// A socket is open; the greeting.
    pub fn open(&mut self, socket: LinkId, device_id: &str, wall: u64) -> Option<String> {
        self.sockets.insert(socket);
        let device_id = match &self.greeting {
            Greeting::Proper => device_id,
            Greeting::To(other) => other,
            Greeting::Missing => return None,
        };
        let features: &[&str] = match self.kind {
            Kind::Acks => &["ack", "seq"],
            Kind::SilentSeq => &["seq"],
            Kind::Echoes | Kind::Silent => &[],
        };
        let greeting = json!({ "type": "connected", "deviceId": device_id, "timestamp": self.clock(wall), "features": features });
        Some(greeting.to_string())
    }

    pub fn close(&mut self, socket: LinkId) {
        self.sockets.remove(&socket);
    }

    fn clock(&self, wall: u64) -> u64 {
        wall.saturating_add_signed(self.skew)
    }

    /// A frame came; the frames that follow from it, each with its socket.
    pub fn receive(&mut self, socket: LinkId, text: &str, wall: u64, luck: &mut Luck) -> Vec<(LinkId, String)> {
        self.longest_frame = self.longest_frame.max(text.len());
        let frame: Value = serde_json::from_str(text).expect("the client sends JSON");
        let mut answers = match frame["type"].as_str() {
            Some("ping") => vec![(socket, json!({ "type": "pong", "timestamp": self.clock(wall) }).to_string())],
            Some("sync") if luck.strikes(Fault::ServerDrops) => Vec::new(),
            Some("sync") => self.receive_event(socket, frame["event"].clone(), wall, luck),
            other => panic!("the client sent a frame of type {other:?}"),
        };
        if luck.strikes(Fault::ServerBabbles) {
            let babble = ["{", "[]", r#"{"type":"sync","event":{"id":1}}"#, r#"{"type":"weather"}"#, r#"{"type":"error","error":"busy"}"#];
            answers.insert(0, (socket, (*luck.pick(&babble)).to_owned()));
        }
        answers
    }

    fn receive_event(&mut self, socket: LinkId, mut event: Value, wall: u64, luck: &mut Luck) -> Vec<(LinkId, String)> {
        let id = text(&event, "id");
        if self.seen.insert(id.clone()) {
            if luck.strikes(Fault::RefusesForGood) || self.will_refuse.contains(&id) {
                self.refused.insert(id.clone());
            }
            self.received.push(id.clone());
        }
        if self.refused.contains(&id) {
            return vec![(socket, json!({ "type": "error", "error": "not this one", "id": id, "code": "invalid" }).to_string())];
        }
        if luck.strikes(Fault::RefusesForNow) {
            let seconds = luck.pick(&[Value::Null, json!(1), json!(2.5)]).clone();
            let frame = json!({ "type": "error", "error": "later", "id": id, "code": "rate_limited", "retryAfter": seconds });
            return vec![(socket, frame.to_string())];
        }
        if luck.strikes(Fault::ServerRewrites) {
            event["user_id"] = json!("somebody");
            event["conflict_resolved"] = json!(true);
            event["resolution_strategy"] = json!("last_write_wins");
        }
        if let Some(rewrite) = self.rewrite {
            rewrite(&mut event);
        }
        self.take(socket, &id, event, wall, luck)
    }

    fn take(&mut self, socket: LinkId, id: &str, event: Value, wall: u64, luck: &mut Luck) -> Vec<(LinkId, String)> {
        let key = (text(&event, "entity_type"), text(&event, "entity_id"));
        let is_newer = self.rows.get(&key).is_none_or(|row| stamp_of(&event) > stamp_of(&row.event));
        let mut answers = Vec::new();
        if is_newer {
            self.last_seq += 1;
            self.last_arrival = (self.clock(wall) - self.lag).max(self.last_arrival + 1);
            let frame = json!({ "type": "sync", "event": event }).to_string();
            self.rows.insert(key, Row { seq: self.last_seq, arrived: self.last_arrival, event });
            let hear_of_it = self.sockets.iter().filter(|other| **other != socket || self.kind == Kind::Echoes);
            answers.extend(hear_of_it.filter(|_| !luck.strikes(Fault::ServerForgetsToTell)).map(|other| (*other, frame.clone())));
        }
        if self.kind == Kind::Acks {
            answers.push((socket, json!({ "type": "ack", "ids": [id] }).to_string()));
        }
        answers
    }

    /// An HTTP request came.
    pub fn respond(&self, request: &HttpRequest, wall: u64, luck: &mut Luck) -> HttpOutcome {
        if let Account::Status(401) = self.account {
            return response(401, &json!({ "error": "no session" }));
        }
        match &request.body {
            None if luck.strikes(Fault::AccountUnknown) => response(404, &json!({ "error": "not found" })),
            None => match &self.account {
                Account::User(user) => response(200, &json!({ "user_id": user, "last_sync": self.last_arrival })),
                Account::Status(status) => response(*status, &json!({ "error": "refused" })),
            },
            Some(_) if luck.strikes(Fault::RequestFails) => response(503, &json!({ "error": "overloaded" })),
            Some(body) => response(200, &self.page(&serde_json::from_str(body).expect("the client sends JSON"), wall)),
        }
    }

    fn page(&self, query: &Value, wall: u64) -> Value {
        let limit = query["limit"].as_u64().expect("a limit").min(self.page_cap as u64) as usize;
        let position = |row: &Row| if self.kind.has_seq() { row.seq } else { row.arrived };
        let after = query[if self.kind.has_seq() { "after_seq" } else { "since" }].as_u64().expect("a cursor");
        let mut rows: Vec<&Row> = self.rows.values().filter(|row| position(row) > after).collect();
        rows.sort_by_key(|row| row.seq);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let changes: Vec<&Value> = rows.iter().map(|row| &row.event).collect();
        let last = rows.last().map(|row| position(row));
        if self.kind.has_seq() {
            json!({ "changes": changes, "next_seq": last.unwrap_or(after), "has_more": has_more })
        } else {
            let until = last.filter(|_| has_more).unwrap_or(self.clock(wall));
            json!({ "changes": changes, "last_sync_timestamp": until, "has_more": has_more })
        }
    }
}

fn response(status: u16, body: &Value) -> HttpOutcome {
    HttpOutcome::Response { status, body: body.to_string() }
}

fn stamp_of(event: &Value) -> Stamp {
    (event["timestamp"].as_u64().expect("a timestamp"), text(event, "device_id"), text(event, "id"))
}

fn text(event: &Value, field: &str) -> String {
    event[field].as_str().expect("a text").to_owned()
}
