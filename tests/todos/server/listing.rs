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
    let (days, millis) = (wall / 86_400_000, wall % 86_400_000);
    // Days to year, month and day, by eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60);
    match kind {
        Kind::G1 => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        Kind::G2 | Kind::G3 => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", millis % 1_000),
    }
}
