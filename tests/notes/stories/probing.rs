//! Whether the socket is alive, and a server that asks to be left alone.

use crate::bench::{Bench, WALL, status};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::io::HttpOutcome;
use sealwire::rows::io::{Command, Input, Method, Verb};
use sealwire::rows::notice::ConnectionState;
use serde_json::json;

/// A page that is live on a socket whose last ping was answered.
fn live() -> Bench {
    let row = Bench::new().row("n1", "a", "b", 1);
    let mut b = Bench::live(std::slice::from_ref(&row));
    b.hear(&json!({ "type": "pong", "timestamp": WALL }));
    b.pass(5_000);
    b.frames();
    b.errors();
    b
}

fn pings(b: &mut Bench) -> usize {
    b.frames().iter().filter(|frame| frame["type"] == "ping").count()
}

/// When the browser is online, the page is seen or the device wakes, a ping goes out whose answer is due in two seconds.
#[test]
pub fn a_dead_socket_is_noticed_at_once() {
    for hint in 0..4 {
        let mut b = live();
        match hint {
            0 => b.feed(Input::Network(true)),
            1 => b.feed(Input::Visible(true)),
            2 => {
                b.skew += 3_600_000; // The monotonic clock stood still.
                b.feed(Input::TimerFired);
            }
            _ => {
                b.now += 90_000;
                b.feed(Input::TimerFired);
            }
        }
        assert_eq!(pings(&mut b), 1, "{hint}");
        b.pass(1_999);
        assert_eq!(b.errors(), [""; 0], "{hint}");
        b.pass(100);
        assert_eq!(b.errors(), ["no_pong"], "{hint}");
        assert!(!b.closed.is_empty());
        // It is not waited for that it closes.
        b.pass(1_000);
        b.connect();
        assert_eq!(b.state(), ConnectionState::CatchingUp);
    }
}

/// Where the server answers, nothing comes of it; and one question is under way, not ten.
#[test]
pub fn a_living_socket_stays() {
    let mut b = live();
    for _ in 0..5 {
        b.feed(Input::Network(true));
        b.feed(Input::Visible(true));
    }
    assert_eq!(pings(&mut b), 1);
    b.hear(&json!({ "type": "pong" }));
    b.stay(60_000);
    assert_eq!((b.errors(), b.sockets.len()), (vec![], 1));
}

/// With an update in the air and no frame for two seconds there is a ping, and five seconds later an end.
#[test]
pub fn a_dead_socket_is_noticed_sooner_with_an_update_on_it() {
    let mut b = live();
    b.update("note/n1", json!({ "starred": true }));
    assert_eq!(b.said(), ["note_update"]);
    b.pass(1_999);
    assert_eq!(pings(&mut b), 0);
    b.pass(1);
    assert_eq!(pings(&mut b), 1);
    b.pass(4_999);
    assert_eq!(b.errors(), [""; 0]);
    b.pass(100);
    assert_eq!(b.errors(), ["no_pong"]);
}

/// What the socket has not sent yet cannot be answered: as long as it becomes less, the line is slow and not dead.
#[test]
pub fn a_slow_line_is_not_a_dead_one() {
    for is_hinted in [false, true] {
        let mut b = live();
        b.buffered = 600_000;
        b.update("note/n1", json!({ "starred": true }));
        for second in 0..60 {
            if is_hinted && second == 10 {
                b.feed(Input::Network(true));
            }
            b.buffered -= 10_000;
            b.pass(1_000);
        }
        b.buffered = 0;
        // That it takes more than ten seconds to answer the update is another matter: it is looked for.
        assert!(!b.errors().contains(&"no_pong".to_owned()));
        b.pass(2_000);
        b.hear(&json!({ "type": "pong" }));
        b.pass(10_000);
        assert_eq!((b.errors().contains(&"no_pong".to_owned()), b.sockets.len()), (false, 1));
    }
}

/// A pong that waits behind the timer is heard before the judgement.
#[test]
pub fn one_free_task_before_the_judgement() {
    let mut b = live();
    b.feed(Input::Network(true));
    b.now += 9_000; // The page was busy.
    b.feed(Input::TimerFired);
    b.hear(&json!({ "type": "pong" }));
    b.pass(1_000);
    assert_eq!((b.errors(), b.sockets.len()), (vec![], 1));
}

/// Whatever comes of a socket that was given up is dropped.
#[test]
pub fn events_of_a_former_socket() {
    let mut b = live();
    let former = *b.sockets.last().expect("a socket");
    b.feed(Input::Network(true));
    b.pass(3_000);
    let frames = [
        json!({ "type": "auth_failed", "message": "", "reason": "auth-failed" }).to_string(),
        json!({ "type": "auth_success", "message": "", "userId": "u2" }).to_string(),
    ];
    use sealwire::engine::io::SocketEvent;
    for event in [
        SocketEvent::Opened,
        SocketEvent::Frame(frames[0].clone()),
        SocketEvent::Frame(frames[1].clone()),
        SocketEvent::Buffered(1 << 30),
        SocketEvent::Closed { code: 1006, reason: String::new() },
    ] {
        b.feed(Input::Socket { generation: former, event });
    }
    b.connect();
    assert_eq!(b.state(), ConnectionState::CatchingUp);
}

/// A connection that the server takes and loses within seconds is no reason to dial at once.
#[test]
pub fn the_backoff_survives_a_short_lived_success() {
    let dials_while = |lasts: u64| {
        let mut b = Bench::new();
        let end = b.now + 900_000;
        let mut dials = 0;
        while b.now < end {
            if b.tokens.is_empty() {
                b.pass(100);
                continue;
            }
            dials += 1;
            b.connect();
            b.stay(lasts);
            b.lose();
        }
        dials
    };
    let (short, long) = (dials_while(1_000), dials_while(31_000));
    assert!(short < 120, "{short} dials in a quarter of an hour");
    assert!(long > 25, "{long} dials in a quarter of an hour, of half a minute each");
}

/// The same where the page is hidden: half a minute more, after the third.
#[test]
pub fn hidden_pages_slow_down() {
    let mut b = Bench::of(sealwire::rows::typelets::Config { max_attempts: 1_000, ..crate::bench::config() }, Default::default());
    b.feed(Input::Visible(false));
    let mut dials = 0;
    for _ in 0..7_200 {
        if !b.tokens.is_empty() {
            b.give_token(Some("token"));
            b.lose();
            dials += 1;
        }
        b.pass(1_000);
    }
    assert!((130..200).contains(&dials), "{dials} dials in two hours");
    b.feed(Input::Visible(true));
    assert_eq!(b.tokens.len(), 1, "at once");
}

/// `Retry-After` of any route: nothing is asked before, and no write begun; a note's own fields go over the socket, and wait as well.
#[test]
pub fn no_request_before_the_server_wants_one() {
    for code in [429, 503] {
        let mut b = live();
        b.push(Verb::Create, "note/tmp", json!({ "title": "a" }));
        let busy = HttpOutcome::Response { status: code, body: r#"{"error":"busy"}"#.into(), retry_after: Some(40_000) };
        assert!(b.answer(Method::Post, "/notes", busy));
        b.update("note/n1", json!({ "starred": true }));
        b.frames();
        let before = b.asked.len();
        for _ in 0..39 {
            b.feed(Input::Visible(true));
            b.hear(&json!({ "type": "pong" }));
            b.pass(1_000);
            assert_eq!((b.asked.len(), b.said()), (before, vec![]), "{code}");
        }
        b.pass(2_000);
        assert!(b.asked.len() > before);
    }
}

/// Without that header it is the backoff that waits.
#[test]
pub fn a_failure_alone_is_no_wish_to_be_left_alone() {
    let mut b = live();
    b.push(Verb::Create, "note/tmp", json!({ "title": "a" }));
    assert!(b.answer(Method::Post, "/notes", status(429)));
    b.pass(2_000);
    assert!(b.answer(Method::Post, "/notes", status(429)));
}

/// A token is asked for anew for each socket, and one that is refused twice stops everything; a failing app is asked again, ever more rarely.
#[test]
pub fn a_fresh_token_for_each_socket() {
    let mut b = Bench::new();
    let (mut asked, mut last) = (0, b.now);
    for _ in 0..200 {
        if !b.tokens.is_empty() {
            asked += 1;
            last = b.now;
            b.give_token(None);
            assert_eq!(b.errors().first().map(String::as_str), Some("token_failed"));
        }
        b.pass(1_000);
    }
    // Ten attempts, then none before something changes.
    assert_eq!((asked, b.engine.status().reason, b.state()), (10, Some(ErrorCode::GivenUp), ConnectionState::Failed));
    assert!(b.now > last);
    b.command(Command::Reconnect);
    for _ in 0..3 {
        assert_eq!(b.tokens.len(), 1);
        b.connect();
        b.lose();
        b.pass(31_000);
    }
}
