//! What the server shows: who asks, the sets, the rows of a set.

use super::{Kind, Response, Server, Todo};
use serde_json::{Value, json};

impl Server {
    pub(super) fn me(&self, user: Option<&str>) -> Response {
        let user = user.map(|id| {
            json!({ "id": id, "username": username(id), "displayName": name(id), "avatarUrl": null, "teams": [{ "id": self.team, "name": "Team" }] })
        });
        Response::new(200, &json!({ "user": user }))
    }

    pub(super) fn list_sets(&self) -> Response {
        let sets: Vec<Value> = self.sets.iter().map(|id| json!({ "id": id, "name": format!("Set {id}") })).collect();
        Response::new(200, &json!({ "sets": sets, "role": "member" }))
    }

    pub(super) fn list(&self, set: &str) -> Response {
        if !self.sets.contains(set) {
            return Response::refusal(404, "Set not found");
        }
        if let Some(body) = &self.lists {
            return Response { status: 200, body: body.clone(), events: Vec::new() };
        }
        let mut rows: Vec<(&str, &Todo)> = self.rows_of(set).into_iter().collect();
        rows.sort_by(|(_, one), (_, other)| one.sort_order.total_cmp(&other.sort_order));
        let todos: Vec<Value> = rows.into_iter().map(|(id, todo)| self.row(id, todo)).collect();
        Response::new(200, &json!({ "todos": todos, "role": "member", "permissions": { "edit": true, "manage": false } }))
    }

    /// A row as it is shown.
    pub fn row(&self, id: &str, todo: &Todo) -> Value {
        let mut row = json!({
            "id": id,
            "userId": todo.author,
            "parentId": todo.parent,
            "title": todo.title,
            "completed": todo.completed,
            "sortOrder": todo.sort_order,
            "commentCount": 0,
            "createdAt": self.date(todo.created_at),
            "updatedAt": self.date(todo.updated_at),
        });
        let people = self.people(&todo.assignees);
        row.as_object_mut().expect("an object").extend(people);
        row
    }

    /// Who has a row, as rows and events tell it.
    pub(super) fn people(&self, users: &[String]) -> serde_json::Map<String, Value> {
        let claimed = users.first();
        let all = match self.kind {
            Kind::G1 => {
                json!({ "claimedBy": claimed, "claimedByName": claimed.map(|id| name(id)), "claimedByAvatar": null })
            }
            Kind::G2 => json!({
                "claimedBy": claimed,
                "claimedByName": claimed.map(|id| name(id)),
                "claimedByAvatar": null,
                "claimedByUsername": claimed.map(|id| username(id)),
            }),
            Kind::G3 => {
                let person = |id: &String| json!({ "userId": id, "name": name(id), "username": username(id), "avatarUrl": null });
                json!({ "assignees": users.iter().map(person).collect::<Vec<_>>() })
            }
        };
        let Value::Object(all) = all else { unreachable!("it is an object") };
        all
    }

    fn date(&self, wall: u64) -> String {
        date(wall, self.kind)
    }
}

pub fn name(user: &str) -> String {
    format!("Name of {user}")
}

pub fn username(user: &str) -> String {
    format!("@{user}")
}

/// A moment as a generation writes it.
pub fn date(wall: u64, kind: Kind) -> String {
    crate::date::date(wall, kind != Kind::G1)
}
