//! The token, the socket and its end.

use crate::bench::{Bench, WALL, config, jwt, status};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::io::HttpOutcome;
use sealwire::engine::storage::MemoryStore;
use sealwire::rows::io::{Command, Input, Method, Secret, Verb};
use sealwire::rows::notice::ConnectionState;
use sealwire::rows::typelets::signing::{signature, signed_string};
use serde_json::{Value, json};

/// The token is the first frame, unsigned, on every socket; nothing follows before the server has taken it, whatever waits.
#[test]
pub fn the_token_comes_first() {
    let mut b = Bench::new();
    b.command(Command::Join { id: "note/n1".into(), wants_news: true });
    b.push(Verb::Create, "note/tmp", json!({ "title": "a" }));
    for token in ["first", "second"] {
        b.give_token(Some(token));
        b.open();
        b.hear(&json!({ "type": "connection_established", "message": "" }));
        b.pass(5_000);
        assert_eq!(b.frames(), [json!({ "token": token, "type": "auth" })]);
        assert_eq!(b.state(), ConnectionState::Connecting);
        assert_eq!(b.asked, []);
        b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1" }));
        assert_eq!(b.state(), ConnectionState::CatchingUp);
        assert_eq!(b.said(), ["join_note"]);
        b.lose();
        b.asked.clear();
        b.pass(1_000);
    }
}

/// A refused token: the app is asked for another one, once; then nothing is tried until it reconnects.
#[test]
pub fn a_refused_token_is_replaced_once() {
    for reason in ["token-expired", "auth-failed"] {
        let mut b = Bench::new();
        let refusal = json!({ "type": "auth_failed", "message": "", "reason": reason });
        b.give_token(Some("old"));
        b.open();
        b.hear(&refusal);
        b.give_token(Some("new"));
        assert_eq!((b.sockets.len(), b.closed.len()), (2, 1));
        b.open();
        b.hear(&refusal);
        assert_eq!((b.state(), b.engine.status().reason), (ConnectionState::Stopped, Some(ErrorCode::NeedsAuth)));
        b.pass(600_000);
        assert_eq!((b.tokens.len(), b.sockets.len()), (0, 2));
        b.command(Command::Reconnect);
        b.connect();
        assert_eq!(b.state(), ConnectionState::CatchingUp);
    }
}

/// One that was taken meanwhile begins the count anew.
#[test]
pub fn tokens_that_end_now_and_then_are_each_replaced() {
    let mut b = Bench::new();
    for _ in 0..5 {
        b.connect();
        b.pass(40_000);
        b.hear(&json!({ "type": "pong" }));
        b.hear(&json!({ "type": "auth_failed", "message": "", "reason": "token-expired" }));
    }
    assert_eq!(b.state(), ConnectionState::Connecting);
}

#[test]
pub fn another_user_stops_everything() {
    let mut b = Bench::new();
    b.push(Verb::Create, "note/tmp", json!({ "title": "a" }));
    b.give_token(Some("token"));
    b.open();
    b.frames();
    b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u2" }));
    assert_eq!((b.state(), b.engine.status().reason), (ConnectionState::Stopped, Some(ErrorCode::WrongUser)));
    assert_eq!((b.frames(), b.asked.len()), (vec![], 0));
}

/// A minute before the token ends, the socket gets a new one; nothing is sent while the server looks at it.
#[test]
pub fn a_token_is_replaced_before_it_ends() {
    let row = Bench::new().row("n1", "a", "b", 1);
    let mut b = Bench::new();
    b.give_token(Some(&jwt(600_000)));
    b.open();
    b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1" }));
    b.list(&[row]);
    b.stay(538_000);
    assert_eq!(b.tokens.len(), 0, "{}", b.now);
    b.stay(2_000);
    b.frames();
    assert_eq!(b.tokens.len(), 1, "{}", b.now);
    b.give_token(Some(&jwt(1_200_000)));
    assert_eq!(b.said(), ["auth"]);
    b.update("note/n1", json!({ "starred": true }));
    b.command(Command::Join { id: "note/n1".into(), wants_news: true });
    b.pass(1_000);
    assert_eq!(b.said(), Vec::<String>::new());
    b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1" }));
    assert_eq!((b.said(), b.sockets.len()), (vec!["join_note".to_owned()], 1));
    b.hear(&json!({ "type": "note_joined", "noteId": "n1" }));
    assert_eq!(b.said(), ["note_update"]);
}

/// An app that goes on giving the token that is about to end is not asked all the time.
#[test]
pub fn the_same_token_again() {
    let mut b = Bench::new();
    let token = jwt(40_000);
    b.give_token(Some(&token));
    b.open();
    b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1" }));
    let mut asked = 0;
    for _ in 0..600 {
        b.pass(1_000);
        if !b.tokens.is_empty() {
            asked += 1;
            b.give_token(Some(&token));
        }
        if b.said().contains(&"auth".to_owned()) {
            b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1" }));
        }
        b.hear(&json!({ "type": "pong" }));
    }
    assert!((10..=21).contains(&asked), "{asked}");
}

/// An app that gives none while the socket is open is asked again after a pause, and not at once for ever.
#[test]
pub fn no_token_for_a_request() {
    let mut b = Bench::live(&[]);
    b.feed(Input::Visible(true));
    assert!(b.answer(Method::Get, "/folders", status(401)));
    let mut asked = 0;
    for _ in 0..60 {
        while !b.tokens.is_empty() && asked < 1_000 {
            asked += 1;
            b.give_token(None);
        }
        b.hear(&json!({ "type": "pong" }));
        b.pass(1_000);
    }
    assert!((2..=20).contains(&asked), "asked {asked} times in a minute");
}

/// A request is refused for its token: another one is asked for, once, and then the user has to sign in.
#[test]
pub fn a_request_without_a_session() {
    let mut b = Bench::live(&[]);
    b.feed(Input::Visible(true));
    assert!(b.answer(Method::Get, "/folders", status(401)));
    b.give_token(Some("new"));
    assert_eq!(b.asked.last().expect("asked again").1.token, Some(Secret("new".into())));
    assert!(b.answer(Method::Get, "/folders", status(401)));
    assert_eq!((b.state(), b.engine.status().reason), (ConnectionState::Stopped, Some(ErrorCode::NeedsAuth)));
}

/// Ten attempts, then no more until something has changed: each thing begins ten new ones.
#[test]
pub fn given_up() {
    let fail = |b: &mut Bench| {
        let mut dials = 0;
        for _ in 0..1_000 {
            if !b.tokens.is_empty() {
                b.give_token(Some("token"));
                b.lose();
                dials += 1;
            }
            b.pass(1_000);
        }
        dials
    };
    for wakes in [
        |b: &mut Bench| b.feed(Input::Network(true)),
        |b: &mut Bench| b.feed(Input::Visible(true)),
        |b: &mut Bench| b.command(Command::Reconnect),
    ] {
        let mut b = Bench::new();
        assert_eq!(fail(&mut b), 10);
        assert_eq!((b.state(), b.engine.status().reason), (ConnectionState::Failed, Some(ErrorCode::GivenUp)));
        assert!(b.errors().contains(&"given_up".to_owned()));
        wakes(&mut b);
        assert_eq!(fail(&mut b), 10);
    }
}

/// Without a network nothing is learnt about the server.
#[test]
pub fn attempts_while_offline_do_not_count() {
    let mut b = Bench::new();
    for _ in 0..40 {
        b.feed(Input::Network(false));
        if !b.tokens.is_empty() {
            b.give_token(Some("token"));
            b.lose();
        }
        b.pass(29_000);
    }
    assert_ne!(b.state(), ConnectionState::Failed);
}

#[test]
pub fn each_wait_ends() {
    // A dial, a token, a sign of life.
    let mut b = Bench::new();
    b.give_token(Some("token"));
    b.pass(15_000);
    assert_eq!(b.errors(), ["dial_failed"]);
    b.pass(30_000);
    b.give_token(Some("token"));
    b.open();
    b.pass(10_000);
    assert_eq!(b.errors(), ["no_answer auth"]);
    b.pass(30_000);
    b.connect();
    b.list(&[]);
    b.hear(&json!({ "type": "pong" }));
    b.pass(35_051);
    assert_eq!(b.errors(), ["no_pong"]);
    assert_eq!(b.state(), ConnectionState::Reconnecting);
}

/// What is signed, by the vectors' rules; the clock is the server's, and nothing goes before it is known.
#[test]
pub fn frames_are_signed_by_the_servers_clock() {
    let mut b = Bench::of(sealwire::rows::typelets::Config { signs: true, keeps_joins: true, ..config() }, MemoryStore::default());
    let secret = "098afbf2fc25541b58d8b451a058bbbc18ce6f7024c697f307822d2b49e0036e";
    b.command(Command::Join { id: "note/n1".into(), wants_news: true });
    let mut nonces = Vec::new();
    for socket in 0..3 {
        b.give_token(Some("token"));
        b.open();
        b.hear(&json!({ "type": "auth_success", "message": "", "userId": "u1", "sessionSecret": secret }));
        b.pass(2_000);
        let kinds: Vec<Value> = b.frames().into_iter().map(|frame| frame["type"].clone()).collect();
        assert_eq!(kinds, ["auth", "ping"], "unsigned, and no more");
        assert_eq!(b.asked, []);
        b.hear(&json!({ "type": "pong", "timestamp": WALL + 7_000_000 }));
        // A clock that the user sets changes nothing but that the server is asked for its own.
        let mut frames = b.frames();
        b.skew += 3_600_000;
        b.pass(500);
        assert_eq!(b.frames(), [json!({ "type": "ping" })]);
        b.hear(&json!({ "type": "pong", "timestamp": WALL + 7_000_500 }));
        b.command(Command::Join { id: format!("note/m{socket}"), wants_news: true });
        b.hear(&json!({ "type": "note_joined", "noteId": "n1" }));
        frames.extend(b.frames());
        assert!(!frames.is_empty());
        for frame in frames {
            let (payload, nonce) = (frame["payload"].to_string(), frame["nonce"].as_str().expect("a nonce"));
            let timestamp = frame["timestamp"].as_u64().expect("a time");
            assert!((WALL + 7_000_000..=WALL + 7_000_500).contains(&timestamp), "{timestamp}");
            assert_eq!(frame["signature"], signature(&Secret(secret.into()), &signed_string(&payload, timestamp, nonce)));
            assert!(!nonces.contains(&nonce.to_owned()), "a nonce twice");
            nonces.push(nonce.to_owned());
        }
        b.lose();
        b.asked.clear();
        b.pass(30_000);
    }
}

/// The app asks for another attempt while an update is in the air: it is looked for at once.
#[test]
pub fn reconnected_with_an_update_in_the_air() {
    let row = Bench::new().row("n1", "a", "b", 1);
    let mut b = Bench::live(std::slice::from_ref(&row));
    b.update("note/n1", json!({ "starred": true }));
    assert_eq!(b.said(), ["auth", "note_update"]);
    b.command(Command::Reconnect);
    b.connect();
    assert!(
        b.answer(Method::Get, "/notes/n1", HttpOutcome::Response { status: 200, body: row.to_string(), retry_after: None }),
        "{:?}",
        b.asked
    );
}
