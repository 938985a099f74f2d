//! The routes that change something. Each tells the sockets of the set what came in, not what was stored.

use super::{Done, Executed, Kind, Response, Server, Todo};
use sealwire::rows::io::Method;
use serde_json::{Map, Value, json};

/// Who writes, and when.
pub struct Writer {
    pub wall: u64,
    pub machine: usize,
    pub user: String,
}

impl Server {
    pub(super) fn write(&mut self, writer: &Writer, method: Method, path: &[&str], body: &Value) -> Response {
        let answer = match (method, path) {
            (Method::Post, ["sets"]) => self.create_set(body),
            (Method::Post, ["sets", set, "todos"]) => self.create(writer, set, body),
            (Method::Post, ["todos", "reorder"]) => self.reorder(writer, body),
            (Method::Patch, ["todos", id]) => self.patch(writer, id, body),
            (Method::Delete, ["todos", id]) => self.delete(writer, id),
            (Method::Post, ["todos", id, "claim"]) if self.kind.has_claims() => self.toggle(writer, id),
            (Method::Put, ["todos", id, "assignees"]) if self.kind == Kind::G3 => self.assign(writer, id, body),
            (Method::Post, ["todos", id, "move"]) if self.kind == Kind::G3 => self.move_to(writer, id, body),
            (Method::Post, ["todos", _, "claim" | "move"]) | (Method::Put, ["todos", _, "assignees"]) => Err((404, "Not found")),
            _ => panic!("the client asked for {} {path:?}", method.as_str()),
        };
        answer.unwrap_or_else(|(status, words)| Response::refusal(status, words))
    }

    fn log(&mut self, writer: &Writer, done: Done) {
        self.log.executed.push(Executed { wall: writer.wall, machine: writer.machine, user: writer.user.clone(), done });
    }

    fn create_set(&mut self, body: &Value) -> Answered {
        let name = body["name"].as_str().map(str::trim).filter(|name| !name.is_empty()).ok_or((400, "Name is required"))?;
        self.sets.insert(name.to_owned());
        Ok(Response::new(201, &json!({ "set": { "id": name, "name": name } })))
    }

    fn create(&mut self, writer: &Writer, set: &str, body: &Value) -> Answered {
        if !self.sets.contains(set) {
            return Err((404, "Set not found"));
        }
        let title = title_of(body)?;
        let parent = match &body["parentId"] {
            Value::Null => None,
            Value::String(id) if self.todos.get(id).is_some_and(|todo| todo.set == set) => Some(id.clone()),
            _ => return Err((404, "Parent not found")),
        };
        self.check_title(set, parent.as_deref(), &title, None)?;
        let siblings = self.todos.values().filter(|todo| todo.set == set && todo.parent == parent);
        let last = siblings.map(|todo| todo.sort_order).max_by(f64::total_cmp);
        let todo = Todo {
            set: set.to_owned(),
            author: writer.user.clone(),
            parent: parent.clone(),
            title: title.clone(),
            completed: false,
            sort_order: last.map_or(0.0, |last| last + 1.0),
            assignees: Vec::new(),
            created_at: writer.wall,
            updated_at: writer.wall,
        };
        let id = self.next_id();
        let row = self.row(&id, &todo);
        self.todos.insert(id.clone(), todo);
        self.log(writer, Done::Create { id, parent, title });
        let told = frame("todo:created", set, json!({ "todo": row }));
        Ok(Response { events: vec![told], ..Response::new(201, &json!({ "todo": row })) })
    }

    fn patch(&mut self, writer: &Writer, id: &str, body: &Value) -> Answered {
        let todo = self.todos.get(id).ok_or((404, "Todo not found"))?.clone();
        let fields = body.as_object().ok_or((400, "Invalid body"))?.clone();
        let mut after = todo.clone();
        if fields.contains_key("title") {
            after.title = title_of(body)?;
            if after.title != todo.title {
                self.check_title(&todo.set, todo.parent.as_deref(), &after.title, Some(id))?;
            }
        }
        if let Some(completed) = fields.get("completed") {
            after.completed = completed.as_bool().ok_or((400, "Invalid completed"))?;
        }
        if let Some(order) = fields.get("sortOrder") {
            after.sort_order = order.as_f64().ok_or((400, "Invalid sortOrder"))?;
        }
        after.updated_at = writer.wall;
        let set = after.set.clone();
        self.todos.insert(id.to_owned(), after);
        self.log(writer, Done::Patch { id: id.to_owned(), fields: fields.clone() });
        let mut echo = fields;
        echo.insert("id".into(), json!(id));
        Ok(Response::done(vec![frame("todo:updated", &set, json!({ "todo": echo }))]))
    }

    fn delete(&mut self, writer: &Writer, id: &str) -> Answered {
        let set = self.todos.get(id).ok_or((404, "Todo not found"))?.set.clone();
        let all = self.subtree(id);
        all.iter().for_each(|id| {
            self.todos.remove(id);
        });
        self.log(writer, Done::Delete { id: id.to_owned(), all });
        Ok(Response::done(vec![frame("todo:deleted", &set, json!({ "id": id }))]))
    }

    fn reorder(&mut self, writer: &Writer, body: &Value) -> Answered {
        let set = body["setId"].as_str().filter(|set| self.sets.contains(*set)).ok_or((404, "Set not found"))?;
        let item = |item: &Value| Some((item["id"].as_str()?.to_owned(), item["sortOrder"].as_f64()?));
        let items: Option<Vec<_>> = body["items"].as_array().and_then(|items| items.iter().map(item).collect());
        let mut items = items.ok_or((400, "Invalid items"))?;
        items.retain(|(id, _)| self.todos.get(id).is_some_and(|todo| todo.set == set));
        for (id, order) in &items {
            let todo = self.todos.get_mut(id).expect("a row");
            (todo.sort_order, todo.updated_at) = (*order, writer.wall);
        }
        self.log(writer, Done::Reorder { items });
        Ok(Response::done(vec![frame("todo:reordered", set, json!({ "items": body["items"] }))]))
    }

    /// A toggle: who has it already gives it back.
    fn toggle(&mut self, writer: &Writer, id: &str) -> Answered {
        let claimed = self.todos.get(id).ok_or((404, "Todo not found"))?.assignees.first().cloned();
        let users = match claimed {
            Some(user) if user == writer.user => Vec::new(),
            Some(_) if !self.takes_over => return Err((409, "Already claimed")),
            _ => vec![writer.user.clone()],
        };
        self.give(writer, id, users);
        let mut told = self.people(&self.todos[id].assignees);
        told.insert("id".into(), json!(id));
        Ok(Response::done(vec![frame("todo:claimed", &self.todos[id].set, Value::Object(told))]))
    }

    fn assign(&mut self, writer: &Writer, id: &str, body: &Value) -> Answered {
        self.todos.get(id).ok_or((404, "Todo not found"))?;
        let users = body["userIds"].as_array().ok_or((400, "Invalid userIds"))?;
        let users: Option<Vec<String>> = users.iter().map(|user| user.as_str().map(str::to_owned)).collect();
        let users = users.filter(|users| users.iter().all(|user| self.members.contains(user))).ok_or((400, "Invalid userIds"))?;
        self.give(writer, id, users);
        let mut told = self.people(&self.todos[id].assignees);
        told.insert("id".into(), json!(id));
        Ok(Response::done(vec![frame("todo:assigned", &self.todos[id].set, Value::Object(told))]))
    }

    fn give(&mut self, writer: &Writer, id: &str, users: Vec<String>) {
        let todo = self.todos.get_mut(id).expect("a row");
        (todo.assignees, todo.updated_at) = (users.clone(), writer.wall);
        self.log(writer, Done::Assign { id: id.to_owned(), users });
    }

    /// It becomes a root of the other set, and those below it go along.
    fn move_to(&mut self, writer: &Writer, id: &str, body: &Value) -> Answered {
        let from = self.todos.get(id).ok_or((404, "Todo not found"))?.set.clone();
        let to = body["targetSetId"].as_str().filter(|set| self.sets.contains(*set)).ok_or((404, "Set not found"))?.to_owned();
        if from == to {
            return Err((400, "Already in this set"));
        }
        let mut orders: Vec<f64> =
            self.todos.values().filter(|todo| todo.set == to && todo.parent.is_none()).map(|todo| todo.sort_order).collect();
        orders.sort_by(f64::total_cmp);
        let place = if body["insertAt"] == "top" { 0 } else { orders.len() };
        let (before, after) = (place.checked_sub(1).map(|place| orders[place]), orders.get(place).copied());
        let order = match (before, after) {
            (Some(before), Some(after)) => f64::midpoint(before, after),
            (Some(before), None) => before + 1.0,
            (None, Some(after)) => after - 1.0,
            (None, None) => 0.0,
        };
        let all = self.subtree(id);
        for moved in &all {
            self.todos.get_mut(moved).expect("a row").set = to.clone();
        }
        let root = self.todos.get_mut(id).expect("a row");
        (root.parent, root.sort_order, root.updated_at) = (None, order, writer.wall);
        self.log(writer, Done::Move { id: id.to_owned(), all });
        let told = json!({ "id": id, "fromSetId": from, "toSetId": to });
        Ok(Response::done(vec![frame("todo:moved", &from, told.clone()), frame("todo:moved", &to, told)]))
    }

    /// The newest generation has no two siblings of one title.
    fn check_title(&self, set: &str, parent: Option<&str>, title: &str, own: Option<&str>) -> Result<(), (u16, &'static str)> {
        let is_sibling =
            |(id, todo): (&String, &Todo)| todo.set == set && todo.parent.as_deref() == parent && todo.title == title && own != Some(id);
        if self.kind == Kind::G3 && self.todos.iter().any(is_sibling) {
            return Err((409, "A todo with this title already exists"));
        }
        Ok(())
    }
}

/// An answer, or a refusal's status and words.
type Answered = Result<Response, (u16, &'static str)>;

fn title_of(body: &Value) -> Result<String, (u16, &'static str)> {
    let title = body["title"].as_str().map(str::trim).filter(|title| !title.is_empty());
    title.map(str::to_owned).ok_or((400, "Title is required"))
}

/// A frame for the sockets of a set.
fn frame(name: &str, set: &str, content: Value) -> (String, String) {
    let mut frame = Map::new();
    frame.insert("type".into(), json!(name));
    frame.insert("setId".into(), json!(set));
    let Value::Object(content) = content else { unreachable!("it is an object") };
    frame.extend(content);
    (set.to_owned(), Value::Object(frame).to_string())
}
