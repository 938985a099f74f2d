//! A BitMarks server: one row an entity, the newest event by its outer stamp. What else it does differs from kind to kind. `http` has its
//! routes.

use crate::luck::{Fault, Luck};
use crate::network::LinkId;
use crate::oracle::{Key, Stamp};
use sealwire::engine::seal::Format;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// So far ahead of its clock an event may be, in milliseconds, where a server minds.
const MAX_AHEAD_MS: u64 = 5 * 60 * 1_000;
/// So far a server that sets times puts them back, in milliseconds.
const PUT_BACK_MS: u64 = 60 * 60 * 1_000;

/// How a server confirms, and by what it pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `ack` frames and pull by sequence, as the server of this repository; refuses what is too far in the future.
    Acks,
    /// Sends an event that it stored to all sockets, also to the one it came from; pull by time of arrival.
    Echoes,
    /// Neither; pull by time of arrival.
    Silent,
    /// Neither; pull by sequence, `POST /sync/push`.
    SilentSeq,
    /// Neither; pull by the time in the event, `POST /sync/push`.
    ByEventTime,
    /// As `Silent`; what it sends has another device and an earlier time outside.
    Rewriting,
    /// No pull. It sends all that it has when a socket opens; only `POST /sync/push` tells what arrived.
    Streaming,
    /// Nothing of all that: it takes, and tells others. Not one of [`Kind::ALL`], for nothing can be promised with it.
    Mute,
}

/// What `since` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    Sequence,
    Arrival,
    EventTime,
    None,
}

impl Kind {
    pub const ALL: [Self; 7] =
        [Self::Acks, Self::Echoes, Self::Silent, Self::SilentSeq, Self::ByEventTime, Self::Rewriting, Self::Streaming];

    pub fn paging(self) -> Paging {
        match self {
            Self::Acks | Self::SilentSeq => Paging::Sequence,
            Self::Echoes | Self::Silent | Self::Rewriting => Paging::Arrival,
            Self::ByEventTime => Paging::EventTime,
            Self::Streaming | Self::Mute => Paging::None,
        }
    }

    pub fn takes_pushes(self) -> bool {
        matches!(self, Self::SilentSeq | Self::ByEventTime | Self::Streaming)
    }

    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Acks => &["ack", "seq"],
            Self::SilentSeq => &["seq"],
            Self::Echoes | Self::Silent | Self::ByEventTime | Self::Rewriting | Self::Streaming | Self::Mute => &[],
        }
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

pub struct Row {
    pub seq: u64,
    pub arrived: u64,
    pub event: Value,
}

pub struct Server {
    pub kind: Kind,
    pub account: Account,
    pub greeting: Greeting,
    /// Whom it knows again when asked to renew a session; if nobody (`""`), it only says that it does.
    pub renews: Option<String>,
    /// It answers every request by 503, and asks to be left alone for so many milliseconds.
    pub leave_alone: Option<u64>,
    /// Routes that it was asked for, and when.
    pub asked: Vec<(u64, String)>,
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
    /// An event that it fails at, and how: it complains without saying of what (`false`), or closes the connection (`true`).
    pub poison: Option<(String, bool)>,
    /// Ids of events in the order of their first coming.
    pub received: Vec<String>,
    /// Stamps, as their authors gave them, of events that became the newest of their entity since they were asked for last.
    pub taken: Vec<Stamp>,
    /// Stamps of events that it refused for good, since they were asked for last.
    pub turned_down: Vec<Stamp>,
    /// What it puts into every page besides.
    pub forgeries: Vec<Value>,
    /// Length of the longest frame that came.
    pub longest_frame: usize,
    pub sockets: BTreeSet<LinkId>,
    pub rows: BTreeMap<Key, Row>,
    /// Events that it has besides, also those that newer ones have made needless; in every page that they fall into.
    pub log: Vec<Row>,
    pub last_arrival: u64,
    format: Format,
    seen: BTreeSet<String>,
    last_seq: u64,
}

impl Server {
    pub fn new(kind: Kind, user: &str, format: Format) -> Self {
        Self {
            kind,
            account: Account::User(user.to_owned()),
            greeting: Greeting::Proper,
            renews: None,
            leave_alone: None,
            asked: Vec::new(),
            skew: 0,
            rewrite: None,
            lag: 0,
            page_cap: 10_000,
            refused: BTreeSet::new(),
            will_refuse: BTreeSet::new(),
            poison: None,
            received: Vec::new(),
            taken: Vec::new(),
            turned_down: Vec::new(),
            forgeries: Vec::new(),
            longest_frame: 0,
            sockets: BTreeSet::new(),
            rows: BTreeMap::new(),
            log: Vec::new(),
            last_arrival: 0,
            format,
            seen: BTreeSet::new(),
            last_seq: 0,
        }
    }

    /// Whether it has the event, or one of the entity that is newer.
    pub fn has(&self, key: &Key, stamp: &Stamp) -> bool {
        self.rows.get(key).is_some_and(|row| stamp_of(&row.event) >= *stamp)
    }

    /// It has all of these, in the order of their coming.
    pub fn keep_log(&mut self, events: Vec<Value>) {
        for event in events {
            self.last_seq += 1;
            self.last_arrival += 1;
            self.log.push(Row { seq: self.last_seq, arrived: self.last_arrival, event });
        }
    }

    /// The user asks it to look at a refused event again.
    pub fn forgive(&mut self, event_id: &str) {
        self.refused.remove(event_id);
        self.will_refuse.remove(event_id);
    }

    /// A socket is open; what it is sent.
    pub fn open(&mut self, socket: LinkId, device_id: &str, wall: u64) -> Vec<String> {
        self.sockets.insert(socket);
        let device_id = match &self.greeting {
            Greeting::Proper => device_id,
            Greeting::To(other) => other,
            Greeting::Missing => return Vec::new(),
        };
        let greeting =
            json!({ "type": "connected", "deviceId": device_id, "timestamp": self.clock(wall), "features": self.kind.features() });
        let rows = self.rows.values().filter(|_| self.kind == Kind::Streaming);
        std::iter::once(greeting.to_string()).chain(rows.map(|row| self.frame_of(&row.event))).collect()
    }

    pub fn close(&mut self, socket: LinkId) {
        self.sockets.remove(&socket);
    }

    pub fn clock(&self, wall: u64) -> u64 {
        wall.saturating_add_signed(self.skew)
    }

    /// A frame came; the frames that follow from it, each with its socket.
    pub fn receive(&mut self, socket: LinkId, text: &str, wall: u64, luck: &mut Luck) -> Vec<(LinkId, String)> {
        self.longest_frame = self.longest_frame.max(text.len());
        let mut frame: Value = serde_json::from_str(text).expect("the client sends JSON");
        let mut answers = match frame["type"].as_str() {
            Some("ping") => vec![(socket, json!({ "type": "pong", "timestamp": self.clock(wall) }).to_string())],
            Some("sync") if luck.strikes(Fault::ServerDrops) => Vec::new(),
            Some("sync") => self.receive_event(socket, frame["event"].take(), wall, luck),
            other => panic!("the client sent a frame of type {other:?}"),
        };
        if luck.strikes(Fault::ServerBabbles) {
            let babble = ["{", "[]", r#"{"type":"sync","event":{"id":1}}"#, r#"{"type":"weather"}"#, r#"{"type":"error","error":"busy"}"#];
            answers.insert(0, (socket, (*luck.pick(&babble)).to_owned()));
        }
        answers
    }

    fn receive_event(&mut self, socket: LinkId, event: Value, wall: u64, luck: &mut Luck) -> Vec<(LinkId, String)> {
        let id = text(&event, "id");
        if let Err((words, code, seconds)) = self.admit(&event, wall, luck) {
            let frame = json!({ "type": "error", "error": words, "id": id, "code": code, "retryAfter": seconds });
            return vec![(socket, frame.to_string())];
        }
        let mut answers = self.take(Some(socket), event, wall, luck);
        if self.kind == Kind::Acks {
            answers.push((socket, json!({ "type": "ack", "ids": [id] }).to_string()));
        }
        answers
    }

    /// Whether it takes an event; else its words, their code, and after how many seconds it may be asked again.
    pub fn admit(&mut self, event: &Value, wall: u64, luck: &mut Luck) -> Result<(), (&'static str, &'static str, Value)> {
        let id = text(event, "id");
        if self.seen.insert(id.clone()) {
            if luck.strikes(Fault::RefusesForGood) || self.will_refuse.contains(&id) {
                self.refused.insert(id.clone());
            }
            self.received.push(id.clone());
        }
        let ahead = event["timestamp"].as_u64().unwrap_or(0).saturating_sub(self.clock(wall) + MAX_AHEAD_MS);
        if self.refused.contains(&id) {
            self.turned_down.push(stamp_of(event));
            Err(("not this one", "invalid", Value::Null))
        } else if ahead > 0 && self.kind == Kind::Acks {
            Err(("too early", "too_far_future", json!(ahead.div_ceil(1_000))))
        } else if luck.strikes(Fault::RefusesForNow) {
            Err(("later", "rate_limited", luck.pick(&[Value::Null, json!(1), json!(2.5)]).clone()))
        } else {
            Ok(())
        }
    }

    /// Stores an event, if it is newer, and tells the sockets; that it came from, only where it echoes.
    pub fn take(&mut self, from: Option<LinkId>, mut event: Value, wall: u64, luck: &mut Luck) -> Vec<(LinkId, String)> {
        let stamp = stamp_of(&event);
        if luck.strikes(Fault::ServerRewrites) {
            event["user_id"] = json!("somebody");
            event["conflict_resolved"] = json!(true);
            event["resolution_strategy"] = json!("last_write_wins");
        }
        if let Some(rewrite) = self.rewrite {
            rewrite(&mut event);
        }
        let key = (text(&event, "entity_type"), text(&event, "entity_id"));
        if self.rows.get(&key).is_some_and(|row| stamp_of(&event) <= stamp_of(&row.event)) {
            return Vec::new();
        }
        self.last_seq += 1;
        self.last_arrival = (self.clock(wall) - self.lag).max(self.last_arrival + 1);
        let frame = self.frame_of(&event);
        self.taken.push(stamp);
        self.rows.insert(key, Row { seq: self.last_seq, arrived: self.last_arrival, event });
        let hear_of_it = self.sockets.iter().filter(|other| Some(**other) != from || self.kind == Kind::Echoes);
        hear_of_it.filter(|_| !luck.strikes(Fault::ServerForgetsToTell)).map(|other| (*other, frame.clone())).collect()
    }

    fn frame_of(&self, event: &Value) -> String {
        json!({ "type": "sync", "event": self.sent(event) }).to_string()
    }

    /// An event as it sends it. What a plain event has outside is all there is, so there a server that sets fields cannot be served.
    pub fn sent(&self, event: &Value) -> Value {
        let mut event = event.clone();
        if self.kind == Kind::Rewriting && self.format == Format::SealedV1 {
            event["device_id"] = json!("the_server");
            event["timestamp"] = json!(event["timestamp"].as_u64().expect("a timestamp") - PUT_BACK_MS);
        }
        event
    }
}

pub fn stamp_of(event: &Value) -> Stamp {
    (event["timestamp"].as_u64().expect("a timestamp"), text(event, "device_id"), text(event, "id"))
}

pub fn text(event: &Value, field: &str) -> String {
    event[field].as_str().expect("a text").to_owned()
}
