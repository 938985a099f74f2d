//! The server does what the protocol's description says.

use super::*;

const WALL: u64 = 1_795_310_146_215;

fn ask(server: &mut Server, method: Method, path: &str, body: Option<Value>) -> Response {
    ask_as(server, Some("u1"), method, path, body)
}

fn ask_as(server: &mut Server, user: Option<&str>, method: Method, path: &str, body: Option<Value>) -> Response {
    let caller = Caller { machine: 0, user: user.map(str::to_owned) };
    let request = HttpRequest { method, url: format!("{ORIGIN}/api/{path}"), body: body.map(|body| body.to_string()), token: None };
    server.request(WALL, &caller, &request)
}

/// The id of a new row.
fn create(server: &mut Server, title: &str, parent: Option<&str>) -> String {
    let made = ask(server, Method::Post, "teams/t1/sets/s1/todos", Some(json!({ "title": title, "parentId": parent })));
    assert_eq!(made.status, 201);
    value(&made.body)["todo"]["id"].as_str().expect("an id").to_owned()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn events(response: &Response) -> Vec<Value> {
    response.events.iter().map(|(_, frame)| value(frame)).collect()
}

#[test]
fn dates_of_the_generations() {
    assert_eq!(date(WALL, Kind::G1), "2026-11-22 01:15:46");
    assert_eq!(date(WALL, Kind::G3), "2026-11-22T01:15:46.215Z");
    assert_eq!(date(1_709_164_800_000, Kind::G1), "2024-02-29 00:00:00");
}

#[test]
fn who_may_do_what() {
    let mut server = Server::new(Kind::G2);
    let statuses =
        [None, Some("stranger"), Some("u1")].map(|user| ask_as(&mut server, user, Method::Get, "teams/t1/sets/s1/todos", None).status);
    assert_eq!(statuses, [401, 403, 200]);
    assert_eq!(value(&ask_as(&mut server, None, Method::Get, "auth/me", None).body)["user"], Value::Null);
    assert_eq!(value(&ask(&mut server, Method::Get, "auth/me", None).body)["user"]["id"], "u1");
    server.team = "personal:u1".into();
    assert_eq!(ask(&mut server, Method::Get, "teams/personal%3Au1/sets", None).status, 200);
    assert_eq!(ask(&mut server, Method::Get, "teams/personal:u1/sets", None).status, 200);
}

#[test]
fn probes_and_dials() {
    let mut server = Server::new(Kind::G1);
    let path = "teams/t1/sets/s1/ws";
    assert_eq!(ask(&mut server, Method::Head, path, None), Response { status: 426, body: String::new(), events: Vec::new() });
    let url = "wss://glint.example/api/teams/t1/sets/s1/ws";
    assert_eq!(server.dial(url, Some("u1"), false), Some(("s1".into(), None)));
    assert_eq!(server.dial("https://glint.example/api/teams/t1/sets/s1/sse", Some("u1"), true), None);
    server.kind = Kind::G2;
    assert_eq!(ask(&mut server, Method::Head, path, None).status, 200);
    assert_eq!(ask(&mut server, Method::Get, path, None).status, 426);
    assert_eq!(server.dial(url, Some("u1"), false).and_then(|(_, frame)| frame), Some(r#"{"setId":"s1","type":"realtime:ready"}"#.into()));
    assert_eq!(server.dial(url, None, false), None);
    server.live_push = LivePush::Missing;
    assert_eq!((ask(&mut server, Method::Head, path, None).status, server.dial(url, Some("u1"), false)), (503, None));
}

#[test]
fn a_create_is_told_and_answered() {
    let mut server = Server::new(Kind::G3);
    let made = ask(&mut server, Method::Post, "teams/t1/sets/s1/todos", Some(json!({ "title": "  milk " })));
    let todo = value(&made.body)["todo"].clone();
    assert_eq!(
        (&todo["title"], &todo["userId"], &todo["parentId"], &todo["assignees"]),
        (&json!("milk"), &json!("u1"), &Value::Null, &json!([]))
    );
    assert_eq!(events(&made), [json!({ "type": "todo:created", "setId": "s1", "todo": todo })]);
    let id = todo["id"].as_str().expect("an id").to_owned();
    let below = create(&mut server, "oats", Some(&id));
    let last = create(&mut server, "rye", None);
    assert_eq!([below, last].map(|id| server.todos[&id].sort_order), [0.0, 1.0]);
    let again = ask(&mut server, Method::Post, "teams/t1/sets/s1/todos", Some(json!({ "title": "milk" })));
    let orphan = ask(&mut server, Method::Post, "teams/t1/sets/s1/todos", Some(json!({ "title": "x", "parentId": "nothing" })));
    let untitled = ask(&mut server, Method::Post, "teams/t1/sets/s1/todos", Some(json!({ "title": " " })));
    assert_eq!([again.status, orphan.status, untitled.status], [409, 404, 400]);
    assert_eq!(server.log.creates()["milk"], 1);
    server.kind = Kind::G1;
    create(&mut server, "milk", None);
    assert_eq!(server.log.creates_of("milk").len(), 2);
}

#[test]
fn an_update_is_echoed_raw() {
    let mut server = Server::new(Kind::G2);
    let id = create(&mut server, "milk", None);
    let patch = json!({ "title": " oat milk ", "sortOrder": 1.25, "colour": "red" });
    let done = ask(&mut server, Method::Patch, &format!("teams/t1/todos/{id}"), Some(patch));
    assert_eq!((done.status, done.body.as_str()), (200, r#"{"ok":true}"#));
    let echo = json!({ "id": id, "title": " oat milk ", "sortOrder": 1.25, "colour": "red" });
    assert_eq!(events(&done), [json!({ "type": "todo:updated", "setId": "s1", "todo": echo })]);
    assert_eq!((server.todos[&id].title.as_str(), server.todos[&id].sort_order), ("oat milk", 1.25));
    assert_eq!(ask(&mut server, Method::Patch, "teams/t1/todos/none", Some(json!({}))).status, 404);
}

#[test]
fn a_delete_takes_what_is_below_and_tells_of_the_root() {
    let mut server = Server::new(Kind::G1);
    let root = create(&mut server, "root", None);
    let middle = create(&mut server, "middle", Some(&root));
    let leaf = create(&mut server, "leaf", Some(&middle));
    let done = ask(&mut server, Method::Delete, &format!("teams/t1/todos/{root}"), None);
    assert_eq!(events(&done), [json!({ "type": "todo:deleted", "setId": "s1", "id": root })]);
    assert!(server.todos.is_empty() && server.log.is_gone(&leaf) && !server.log.is_altered(&middle, 1, 4));
    server.log.executed[3].machine = 1;
    assert!(server.log.is_altered(&middle, 1, 4));
    assert_eq!(ask(&mut server, Method::Delete, &format!("teams/t1/todos/{root}"), None).status, 404);
}

#[test]
fn a_claim_is_a_toggle() {
    let mut server = Server::new(Kind::G1);
    let id = create(&mut server, "milk", None);
    let path = format!("teams/t1/todos/{id}/claim");
    let done = ask(&mut server, Method::Post, &path, None);
    let told = json!({ "type": "todo:claimed", "setId": "s1", "id": id, "claimedBy": "u1", "claimedByName": "Name of u1", "claimedByAvatar": null });
    assert_eq!(events(&done), [told]);
    assert_eq!(ask_as(&mut server, Some("u2"), Method::Post, &path, None).status, 409);
    server.takes_over = true;
    assert_eq!(ask_as(&mut server, Some("u2"), Method::Post, &path, None).status, 200);
    let released = ask_as(&mut server, Some("u2"), Method::Post, &path, None);
    assert_eq!(events(&released)[0]["claimedBy"], Value::Null);
    server.kind = Kind::G3;
    assert_eq!(ask(&mut server, Method::Post, &path, None).status, 404);
}

#[test]
fn assignees_and_moves_of_the_newest() {
    let mut server = Server::new(Kind::G3);
    let root = create(&mut server, "root", None);
    let leaf = create(&mut server, "leaf", Some(&root));
    let assigned = ask(&mut server, Method::Put, &format!("teams/t1/todos/{leaf}/assignees"), Some(json!({ "userIds": ["u2", "u3"] })));
    assert_eq!(events(&assigned)[0]["assignees"][1]["userId"], "u3");
    let moved = ask(&mut server, Method::Post, &format!("teams/t1/todos/{root}/move"), Some(json!({ "targetSetId": "s2" })));
    let told: Vec<&str> = moved.events.iter().map(|(set, _)| set.as_str()).collect();
    assert_eq!(told, ["s1", "s2"]);
    let expected = json!({ "type": "todo:moved", "setId": "s2", "id": root, "fromSetId": "s1", "toSetId": "s2" });
    assert_eq!(events(&moved)[1], expected);
    assert_eq!((server.rows_of("s1").len(), server.rows_of("s2").len()), (0, 2));
    server.kind = Kind::G2;
    assert_eq!(ask(&mut server, Method::Post, &format!("teams/t1/todos/{root}/move"), Some(json!({ "targetSetId": "s1" }))).status, 404);
}

#[test]
fn a_reorder_is_told_as_it_came() {
    let mut server = Server::new(Kind::G3);
    let [one, two] = ["one", "two"].map(|title| create(&mut server, title, None));
    let items = json!([{ "id": one, "sortOrder": 2.5 }, { "id": two, "sortOrder": 0 }, { "id": "gone", "sortOrder": 9 }]);
    let done = ask(&mut server, Method::Post, "teams/t1/todos/reorder", Some(json!({ "setId": "s1", "items": items })));
    assert_eq!(events(&done)[0]["items"], items);
    let list = value(&ask(&mut server, Method::Get, "teams/t1/sets/s1/todos", None).body);
    let titles: Vec<&str> = list["todos"].as_array().expect("rows").iter().map(|row| row["title"].as_str().expect("a title")).collect();
    assert_eq!(titles, ["two", "one"]);
    assert_eq!(server.log.field_writes().last(), Some(&(two, "sortOrder", json!(0.0), 0)));
}
