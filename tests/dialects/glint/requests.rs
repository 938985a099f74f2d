//! Addresses and bodies that the client writes, byte for byte.

use super::fields;
use sealwire::rows::dialect::Operation;
use sealwire::rows::glint::op::Op;
use sealwire::rows::glint::request::{Routes, read_people, read_places};
use sealwire::rows::glint::{Config, Person};
use sealwire::rows::io::{HttpRequest, Method, Verb};
use serde_json::{Value, json};

/// A value as the engine holds it.
macro_rules! ours {
    ($($json:tt)+) => { sealwire::rows::json::parse(&json!($($json)+).to_string()).unwrap() };
}

fn routes_of(origin: &str, team: &str, set: &str) -> Routes {
    Routes::new(&Config { origin: origin.into(), team_id: team.into(), set_id: set.into(), me: Person::default(), max_queue: 1, seed: 0 })
}

fn routes() -> Routes {
    routes_of("https://glint.example", "team-1", "set-1")
}

fn request(method: Method, url: &str, body: Option<&str>) -> HttpRequest {
    HttpRequest { method, url: url.into(), body: body.map(str::to_owned), token: None }
}

#[test]
fn the_socket_the_stream_and_the_probe() {
    assert_eq!(routes().socket(), "wss://glint.example/api/teams/team-1/sets/set-1/ws");
    assert_eq!(routes().stream(), "https://glint.example/api/teams/team-1/sets/set-1/sse");
    for method in [Method::Head, Method::Get] {
        assert_eq!(routes().probe(method), request(method, "https://glint.example/api/teams/team-1/sets/set-1/ws", None));
    }
    assert_eq!(routes_of("http://localhost:8787", "a", "b").socket(), "ws://localhost:8787/api/teams/a/sets/b/ws");
}

#[test]
fn what_is_asked_for() {
    assert_eq!(routes().me(), request(Method::Get, "https://glint.example/api/auth/me", None));
    assert_eq!(routes().sets(), request(Method::Get, "https://glint.example/api/teams/team-1/sets", None));
    assert_eq!(routes().todos(), request(Method::Get, "https://glint.example/api/teams/team-1/sets/set-1/todos", None));
}

#[test]
fn create() {
    let url = "https://glint.example/api/teams/team-1/sets/set-1/todos";
    assert_eq!(routes().create("Buy milk", None), request(Method::Post, url, Some(r#"{"title":"Buy milk"}"#)));
    assert_eq!(routes().create("Oat", Some("t1")), request(Method::Post, url, Some(r#"{"parentId":"t1","title":"Oat"}"#)));
    let odd = routes().create("\"\\/\n\u{1}é\u{1F511}\u{2028}", None);
    assert_eq!(odd.body.as_deref(), Some("{\"title\":\"\\\"\\\\/\\n\\u0001é\u{1F511}\u{2028}\"}"));
}

#[test]
fn update() {
    let url = "https://glint.example/api/teams/team-1/todos/t1";
    for body in
        [r#"{"title":"Oat milk"}"#, r#"{"completed":true}"#, r#"{"sortOrder":1.5}"#, r#"{"completed":false,"sortOrder":-2,"title":"x"}"#]
    {
        assert_eq!(routes().patch("t1", &fields(body)), request(Method::Patch, url, Some(body)));
    }
}

#[test]
fn delete() {
    assert_eq!(routes().delete("t1"), request(Method::Delete, "https://glint.example/api/teams/team-1/todos/t1", None));
}

#[test]
fn reorder() {
    let items = [("t1".to_owned(), ours!(1)), ("t2".to_owned(), ours!(1.5))];
    let body = r#"{"items":[{"id":"t1","sortOrder":1},{"id":"t2","sortOrder":1.5}],"setId":"set-1"}"#;
    let url = "https://glint.example/api/teams/team-1/todos/reorder";
    assert_eq!(routes().reorder("set-1", &items), request(Method::Post, url, Some(body)));
}

#[test]
fn claim() {
    let url = "https://glint.example/api/teams/team-1/todos/t1/claim";
    assert_eq!(routes().toggle_claim("t1"), request(Method::Post, url, Some("{}")));
}

#[test]
fn assign() {
    let url = "https://glint.example/api/teams/team-1/todos/t1/assignees";
    assert_eq!(routes().assign("t1", &["u1", "u2"]), request(Method::Put, url, Some(r#"{"userIds":["u1","u2"]}"#)));
    assert_eq!(routes().assign("t1", &[]), request(Method::Put, url, Some(r#"{"userIds":[]}"#)));
}

#[test]
fn move_to_another_set() {
    let url = "https://glint.example/api/teams/team-1/todos/t1/move";
    assert_eq!(routes().move_to("t1", "set-2", None), request(Method::Post, url, Some(r#"{"targetSetId":"set-2"}"#)));
    let at_the_top = routes().move_to("t1", "set-2", Some(&ours!("top")));
    assert_eq!(at_the_top, request(Method::Post, url, Some(r#"{"insertAt":"top","targetSetId":"set-2"}"#)));
}

#[test]
fn a_personal_team() {
    let routes = routes_of("https://glint.example", "personal:u1", "set-1");
    assert_eq!(routes.socket(), "wss://glint.example/api/teams/personal%3Au1/sets/set-1/ws");
    assert_eq!(routes.delete("t1").url, "https://glint.example/api/teams/personal%3Au1/todos/t1");
}

/// What a server's URL parser makes of each part of the path is what went in, and nothing else is in the path.
#[test]
fn ids_are_percent_encoded() {
    let odd = "a/b?c#d%2F&e=f;g+h é\u{1F511}\0\\\"'()*!@:,$[]|^`{}<>~-_.";
    let encoded =
        "a%2Fb%3Fc%23d%252F%26e%3Df%3Bg%2Bh%20%C3%A9%F0%9F%94%91%00%5C%22%27%28%29%2A%21%40%3A%2C%24%5B%5D%7C%5E%60%7B%7D%3C%3E~-_.";
    assert_eq!(percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap(), odd);
    let routes = routes_of("https://h", odd, odd);
    assert_eq!(routes.todos().url, format!("https://h/api/teams/{encoded}/sets/{encoded}/todos"));
    assert_eq!(routes.patch(odd, &fields("{}")).url, format!("https://h/api/teams/{encoded}/todos/{encoded}"));
    assert_eq!(routes.toggle_claim(odd).url, format!("https://h/api/teams/{encoded}/todos/{encoded}/claim"));
    assert_eq!(routes.assign(odd, &[]).url, format!("https://h/api/teams/{encoded}/todos/{encoded}/assignees"));
    let moved = routes.move_to(odd, odd, None);
    assert_eq!(moved.url, format!("https://h/api/teams/{encoded}/todos/{encoded}/move"));
    // In a body they are text.
    assert_eq!(serde_json::from_str::<Value>(&moved.body.unwrap()).unwrap(), json!({ "targetSetId": odd }));
}

/// What the app gives, as it is sent.
#[test]
fn titles_are_trimmed_before_they_are_sent() {
    let create = Op::read(Verb::Create, "", r#"{"title":"\u00a0 Buy milk\ufeff","parentId":null}"#);
    assert_eq!(create, Some(Op::Create { title: "Buy milk".into(), parent: None }));
    let update = Op::read(Verb::Update, "", r#"{"title":" Oat ","completed":true,"sortOrder":0.5}"#);
    assert_eq!(update, Some(Op::Update(fields(r#"{"title":"Oat","completed":true,"sortOrder":0.5}"#))));
}

#[test]
fn places_and_people_of_the_app_are_all_good_or_none_is() {
    assert_eq!(read_places(vec![ours!({ "id": "t1", "sortOrder": 1.5 })]), Some(vec![("t1".into(), ours!(1.5))]));
    for bad in [ours!(null), ours!({ "id": "t1" }), ours!({ "id": "", "sortOrder": 1 }), ours!({ "id": "t1", "sortOrder": "1" })] {
        assert_eq!(read_places(vec![ours!({ "id": "t2", "sortOrder": 1 }), bad.clone()]), None, "{bad:?}");
    }
    let ada = ours!({ "userId": "u1", "name": "Ada" });
    assert_eq!(read_people(vec![ada.clone()]), Some(vec![ada.clone()]));
    for bad in [ours!("u1"), ours!({}), ours!({ "userId": 7 }), ours!({ "userId": "" })] {
        assert_eq!(read_people(vec![ada.clone(), bad.clone()]), None, "{bad:?}");
    }
}
