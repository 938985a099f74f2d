//! The server's HTTP routes.

use crate::luck::{Fault, Luck};
use crate::network::LinkId;
use crate::server::{Account, Paging, Row, Server};
use sealwire::engine::io::{HttpOutcome, HttpRequest};
use serde_json::{Value, json};

/// An answer, and the frames that follow from the request, each with its socket.
type Answered = (HttpOutcome, Vec<(LinkId, String)>);

impl Server {
    /// An HTTP request came.
    pub fn respond(&mut self, request: &HttpRequest, wall: u64, luck: &mut Luck) -> Answered {
        let route = request.url.rsplit_once("/v1").map_or("", |(_, route)| route);
        self.asked.push((wall, route.to_owned()));
        if let Some(millis) = self.leave_alone {
            let body = json!({ "error": "overloaded" }).to_string();
            return (HttpOutcome::Response { status: 503, body, retry_after: Some(millis) }, Vec::new());
        }
        if route == "/auth/refresh" {
            let Some(user) = self.renews.clone() else { return only(401, &json!({ "error": "no session" })) };
            if !user.is_empty() {
                self.account = Account::User(user);
            }
            return only(200, &json!({}));
        }
        if let Account::Status(401) = self.account {
            return only(401, &json!({ "error": "no session" }));
        }
        let Some(body) = &request.body else { return self.status(luck) };
        if luck.strikes(Fault::RequestFails) {
            return only(503, &json!({ "error": "overloaded" }));
        }
        let body: Value = serde_json::from_str(body).expect("the client sends JSON");
        match route.trim_start_matches("/sync/") {
            "pull" if self.kind.paging() == Paging::None => only(501, &json!({ "error": "no such thing" })),
            "pull" => only(200, &self.page(&body, wall)),
            "push" if self.kind.takes_pushes() => self.push(body, wall, luck),
            "push" => only(404, &json!({ "error": "not found" })),
            other => panic!("the client asked for {other:?}"),
        }
    }

    fn status(&self, luck: &mut Luck) -> Answered {
        match &self.account {
            _ if luck.strikes(Fault::AccountUnknown) => only(404, &json!({ "error": "not found" })),
            Account::User(user) => only(200, &json!({ "user_id": user, "last_sync": self.last_arrival })),
            Account::Status(status) => only(*status, &json!({ "error": "refused" })),
        }
    }

    fn push(&mut self, mut body: Value, wall: u64, luck: &mut Luck) -> Answered {
        let Value::Array(changes) = body["changes"].take() else { panic!("no changes in {body}") };
        let mut frames = Vec::new();
        for event in changes {
            if let Err((words, code, _)) = self.admit(&event, wall, luck) {
                let status = if code == "rate_limited" { 429 } else { 422 };
                return (response(status, &json!({ "error": words })), frames);
            }
            frames.extend(self.take(None, event, wall, luck));
        }
        (response(200, &json!({})), frames)
    }

    fn page(&self, query: &Value, wall: u64) -> Value {
        let limit = query["limit"].as_u64().expect("a limit").min(self.page_cap as u64) as usize;
        let paging = self.kind.paging();
        let position = |row: &Row| match paging {
            Paging::Sequence => row.seq,
            Paging::Arrival | Paging::None => row.arrived,
            Paging::EventTime => row.event["timestamp"].as_u64().expect("a timestamp"),
        };
        let after = query[if paging == Paging::Sequence { "after_seq" } else { "since" }].as_u64();
        let after = after.unwrap_or_else(|| panic!("the client asked for {query}"));
        let mut rows: Vec<&Row> = self.rows.values().chain(&self.log).filter(|row| position(row) > after).collect();
        rows.sort_by_key(|row| position(row));
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let changes: Vec<Value> = rows.iter().map(|row| self.sent(&row.event)).chain(self.forgeries.iter().cloned()).collect();
        let last = rows.last().map(|row| position(row));
        if paging == Paging::Sequence {
            json!({ "changes": changes, "next_seq": last.unwrap_or(after), "has_more": has_more })
        } else {
            let until = last.filter(|_| has_more).unwrap_or(self.clock(wall));
            json!({ "changes": changes, "last_sync_timestamp": until, "has_more": has_more })
        }
    }
}

fn only(status: u16, body: &Value) -> Answered {
    (response(status, body), Vec::new())
}

fn response(status: u16, body: &Value) -> HttpOutcome {
    HttpOutcome::Response { status, body: body.to_string(), retry_after: None }
}
