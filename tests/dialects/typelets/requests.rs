//! Addresses and bodies that the client writes, byte for byte.

use super::fields;
use sealwire::rows::io::{HttpRequest, Method};
use sealwire::rows::typelets::request::Routes;
use sealwire::rows::typelets::row::Kind;

fn request(method: Method, path: &str, body: Option<&str>) -> HttpRequest {
    HttpRequest { method, url: format!("https://typelets.example/api{path}"), body: body.map(str::to_owned), token: None }
}

fn routes() -> Routes {
    Routes::new("https://typelets.example/api")
}

#[test]
fn reading() {
    assert_eq!(routes().notes(3), request(Method::Get, "/notes?page=3&limit=50", None));
    assert_eq!(routes().folders(2), request(Method::Get, "/folders?page=2&limit=50", None));
    assert_eq!(routes().note("n1"), request(Method::Get, "/notes/n1", None));
    assert_eq!(routes().note("a/é ~"), request(Method::Get, "/notes/a%2F%C3%A9%20~", None));
}

#[test]
fn writing() {
    let body =
        r#"{"content":"[ENCRYPTED]","encryptedContent":"Yg==","encryptedTitle":"YQ==","iv":"aXY=","salt":"cw==","title":"[ENCRYPTED]"}"#;
    assert_eq!(routes().create(Kind::Note, &fields(body)), request(Method::Post, "/notes", Some(body)));
    assert_eq!(routes().put(Kind::Note, "n1", &fields(body)), request(Method::Put, "/notes/n1", Some(body)));
    assert_eq!(routes().delete(Kind::Note, "n1"), request(Method::Delete, "/notes/n1", None));
    let body = r#"{"name":"Work"}"#;
    assert_eq!(routes().create(Kind::Folder, &fields(body)), request(Method::Post, "/folders", Some(body)));
    assert_eq!(routes().put(Kind::Folder, "f1", &fields(body)), request(Method::Put, "/folders/f1", Some(body)));
    assert_eq!(routes().delete(Kind::Folder, "f1"), request(Method::Delete, "/folders/f1", None));
}
