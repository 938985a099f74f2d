//! What the server's routes take and give.

use super::config::Config;
use super::frame::place_of;
use super::row::whole;
use crate::rows::io::{HttpRequest, Method};
use crate::rows::json::{Fields, Value, parse_object, take_list, take_object, take_text};
use crate::rows::wire::{bare, escaped, is_id, with};

/// A set with more todos is not read.
pub const MAX_ROWS: usize = 20_000;

/// The addresses of one team's routes.
#[derive(Clone, Debug)]
pub struct Routes {
    origin: String,
    team: String,
    set: String,
}

impl Routes {
    /// Of what an engine is made for.
    pub fn new(config: &Config) -> Self {
        let team = [&config.origin, "/api/teams/", &escaped(&config.team_id)].concat();
        Self { origin: config.origin.clone(), set: [&team, "/sets/", &escaped(&config.set_id)].concat(), team }
    }

    /// Where the socket is.
    pub fn socket(&self) -> String {
        // `https` becomes `wss`.
        ["ws", self.set.strip_prefix("http").unwrap_or(&self.set), "/ws"].concat()
    }

    /// Where the stream is.
    pub fn stream(&self) -> String {
        [&self.set, "/sse"].concat()
    }

    /// Asks why a dial failed.
    pub fn probe(&self, method: Method) -> HttpRequest {
        bare(method, [&self.set, "/ws"].concat())
    }

    /// Asks who is signed in.
    pub fn me(&self) -> HttpRequest {
        bare(Method::Get, [&self.origin, "/api/auth/me"].concat())
    }

    /// Asks for the team's sets.
    pub fn sets(&self) -> HttpRequest {
        bare(Method::Get, [&self.team, "/sets"].concat())
    }

    /// Asks for the set's todos.
    pub fn todos(&self) -> HttpRequest {
        bare(Method::Get, [&self.set, "/todos"].concat())
    }

    /// Makes a todo.
    pub fn create(&self, title: &str, parent: Option<&str>) -> HttpRequest {
        let mut body = Fields::from([("title", title.into())]);
        if let Some(parent) = parent {
            body.insert("parentId", parent.into());
        }
        with(Method::Post, [&self.set, "/todos"].concat(), &body)
    }

    /// Changes some fields of a todo.
    pub fn patch(&self, id: &str, fields: &Fields) -> HttpRequest {
        with(Method::Patch, self.todo(id, ""), fields)
    }

    /// Deletes a todo.
    pub fn delete(&self, id: &str) -> HttpRequest {
        HttpRequest { method: Method::Delete, url: self.todo(id, ""), body: None, token: None }
    }

    /// Gives todos another place among their siblings.
    pub fn reorder(&self, set_id: &str, items: &[(String, Value)]) -> HttpRequest {
        let item = |(id, order): &(String, Value)| Value::Object(Fields::from([("id", id.as_str().into()), ("sortOrder", order.clone())]));
        let items = Value::Array(items.iter().map(item).collect());
        let body = Fields::from([("setId", set_id.into()), ("items", items)]);
        with(Method::Post, [&self.team, "/todos/reorder"].concat(), &body)
    }

    /// Claims a todo, or releases it if it is claimed.
    pub fn toggle_claim(&self, id: &str) -> HttpRequest {
        with(Method::Post, self.todo(id, "/claim"), &Fields::default())
    }

    /// Assigns a todo to people.
    pub fn assign(&self, id: &str, people: &[&str]) -> HttpRequest {
        let people = Value::Array(people.iter().map(|id| (*id).into()).collect());
        with(Method::Put, self.todo(id, "/assignees"), &Fields::from([("userIds", people)]))
    }

    /// Brings a todo to another set.
    pub fn move_to(&self, id: &str, target: &str, insert_at: Option<&Value>) -> HttpRequest {
        let mut body = Fields::from([("targetSetId", target.into())]);
        if let Some(place) = insert_at {
            body.insert("insertAt", place.clone());
        }
        with(Method::Post, self.todo(id, "/move"), &body)
    }

    fn todo(&self, id: &str, route: &str) -> String {
        [&self.team, "/todos/", &escaped(id), route].concat()
    }
}

/// The todos of a set.
#[derive(Debug, PartialEq, Eq)]
pub struct Listing {
    /// Those that can be read.
    pub rows: Vec<Fields>,
    /// How many cannot.
    pub bad: usize,
}

/// Reads the answer to [`Routes::todos`]; `None` where it is none, or has too many.
pub fn read_listing(body: &str) -> Option<Listing> {
    let todos = take_list(&mut parse_object(body)?, "todos").filter(|todos| todos.len() <= MAX_ROWS)?;
    let total = todos.len();
    let rows: Vec<Fields> = todos.into_iter().filter_map(whole).collect();
    Some(Listing { bad: total - rows.len(), rows })
}

/// Reads the answer to [`Routes::create`].
pub fn read_created(body: &str) -> Option<Fields> {
    take_object(&mut parse_object(body)?, "todo").map(Value::Object).and_then(whole)
}

/// Reads the answer to [`Routes::me`]: who is signed in; the inner `None`: nobody. `None` where it does not say.
pub fn read_me(body: &str) -> Option<Option<String>> {
    let mut answer = parse_object(body)?;
    match answer.remove("user")? {
        Value::Null => Some(None),
        Value::Object(mut user) => take_text(&mut user, "id").map(Some),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// Reads the items of a reorder that the app asks for; `None` where one is none.
pub fn read_places(items: Vec<Value>) -> Option<Vec<(String, Value)>> {
    items.into_iter().map(place_of).collect()
}

/// Reads the people that the app assigns; `None` where one has no `userId`.
pub fn read_people(people: Vec<Value>) -> Option<Vec<Value>> {
    people.iter().all(|person| is_id(person.get("userId"))).then_some(people)
}
