//! The socket's address.

use sealwire::engine::dialect::bitmarks::socket_url;

#[test]
fn the_ids_travel_as_query_parameters() {
    let url = socket_url("wss://app.bitmarks.sh/api/v1/sync/realtime", "user01", "device456");
    assert_eq!(url, "wss://app.bitmarks.sh/api/v1/sync/realtime?user_id=user01&device_id=device456");
}

#[test]
fn a_query_that_is_already_there_stays() {
    assert_eq!(socket_url("ws://h/realtime?region=eu", "u", "d"), "ws://h/realtime?region=eu&user_id=u&device_id=d");
}

/// What a server's URL parser makes of the query is what went in.
#[test]
fn ids_are_percent_encoded() {
    let url = socket_url("ws://h/", "ü&x=1#?%/ +\u{1F511}", "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~");
    let query = url.split_once('?').unwrap().1;
    assert!(query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%&=_~".contains(&byte)), "{query}");
    let values: Vec<String> = query
        .split('&')
        .map(|pair| percent_encoding::percent_decode_str(pair.split_once('=').unwrap().1).decode_utf8().unwrap().into_owned())
        .collect();
    assert_eq!(values, ["ü&x=1#?%/ +\u{1F511}", "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"]);
}
