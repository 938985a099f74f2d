//! A WebSocket whose life is that of its owner, by `socket.js`.

use super::guard::Callback;
use super::object::{Fields, Resource};
use crate::engine::dialect::MAX_FRAME;
use crate::engine::io::SocketEvent;
#[cfg(feature = "typelets")]
use crate::rows::io::Secret;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(extends = Resource, js_name = Socket)]
    type WebSocket;
    #[wasm_bindgen(constructor, js_class = "Socket")]
    fn new(url: &str, max_frame: u32, tell: &Function) -> WebSocket;
    #[wasm_bindgen(method)]
    fn send(this: &WebSocket, text: &str);
    #[wasm_bindgen(method, getter)]
    fn buffered(this: &WebSocket) -> f64;

    #[cfg(feature = "typelets")]
    #[wasm_bindgen(js_name = sendInTurn)]
    fn send_in_turn(socket: &WebSocket, frame: &str, secret: Option<&str>, tell: &Function);

    #[cfg(test)]
    #[wasm_bindgen(js_name = frameOf)]
    fn frame_of(data: &JsValue, max_frame: u32) -> JsValue;
}

/// A socket. Dropping it closes it, and nothing more is heard of it.
pub(crate) struct Socket {
    socket: WebSocket,
    #[cfg_attr(not(feature = "typelets"), allow(dead_code))]
    callback: Callback,
}

impl Socket {
    /// Dials. `Closed` is told once, also where the browser refuses the URL itself; after it nothing is told.
    pub(crate) fn open(url: &str, on_event: impl Fn(SocketEvent) + 'static) -> Self {
        let callback = Callback::new(move |told| on_event(event_of(&told)));
        Self { socket: WebSocket::new(url, MAX_FRAME as u32, callback.function()), callback }
    }

    /// Sends a text frame. While the socket closes it goes nowhere, and `Closed` tells.
    pub(crate) fn send(&self, text: &str) {
        self.socket.send(text);
    }

    /// The same in its turn behind frames that are being signed, and signed itself where there is a secret. `Buffered` tells once it has been sent.
    #[cfg(feature = "typelets")]
    pub(crate) fn send_in_turn(&self, text: &str, secret: Option<&Secret>) {
        send_in_turn(&self.socket, text, secret.map(|secret| secret.0.as_str()), self.callback.function());
    }

    /// How many bytes wait to be sent.
    pub(crate) fn buffered(&self) -> u64 {
        self.socket.buffered() as u64
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.close();
    }
}

pub(super) fn event_of(told: &JsValue) -> SocketEvent {
    if let Some(text) = told.as_string() {
        return if text.len() > MAX_FRAME { SocketEvent::Unreadable { too_large: true } } else { SocketEvent::Frame(text) };
    }
    let told: &Fields = told.unchecked_ref();
    match told.text("event").as_deref() {
        Some("opened") => SocketEvent::Opened,
        Some("closed") => SocketEvent::Closed { code: told.number("code") as u16, reason: told.text("reason").unwrap_or_default() },
        #[cfg(feature = "typelets")]
        Some("buffered") => SocketEvent::Buffered(told.number("bytes") as u64),
        Some("too_large") => SocketEvent::Unreadable { too_large: true },
        _ => SocketEvent::Unreadable { too_large: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::done::answer;
    use crate::browser::guard::live_callbacks;
    use js_sys::ArrayBuffer;
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// Nobody listens there.
    const CLOSED_PORT: &str = "ws://127.0.0.1:49151/";
    const NO_URL: &str = "ws://[";

    /// Dials, writing down in `told` what is told, and waits for the first of it.
    async fn dial(url: &str, told: &Rc<RefCell<Vec<String>>>) -> Socket {
        let mut socket = None;
        answer(|done| {
            let (told, done) = (Rc::clone(told), Cell::new(Some(done)));
            socket = Some(Socket::open(url, move |event| {
                told.borrow_mut().push(format!("{event:?}"));
                if let Some(done) = done.take() {
                    done(());
                }
            }));
        })
        .await;
        socket.unwrap()
    }

    #[wasm_bindgen_test]
    async fn a_socket_that_does_not_open_is_closed_once() {
        for url in [CLOSED_PORT, NO_URL] {
            let (first, second) = (Rc::default(), Rc::default());
            let socket = dial(url, &first).await;
            socket.send("to nobody");
            assert_eq!(socket.buffered(), if url == NO_URL { 0 } else { 9 });
            // When another has ended as well, whatever else the first had to tell has been told.
            dial(url, &second).await;
            assert_eq!(*first.borrow(), [r#"Closed { code: 1006, reason: "" }"#]);
        }
    }

    #[wasm_bindgen_test]
    async fn of_a_socket_that_was_dropped_nothing_is_heard() {
        for url in [CLOSED_PORT, NO_URL] {
            let heard = Rc::new(Cell::new(false));
            let hearing = Rc::clone(&heard);
            drop(Socket::open(url, move |_| hearing.set(true)));
            dial(url, &Rc::default()).await;
            assert_eq!((heard.get(), Rc::strong_count(&heard)), (false, 1));
        }
    }

    #[wasm_bindgen_test]
    fn a_thousand_sockets_leave_nothing() {
        let before = live_callbacks();
        for _ in 0..1000 {
            drop(Socket::open(CLOSED_PORT, |_| ()));
        }
        assert_eq!(live_callbacks(), before);
    }

    #[wasm_bindgen_test]
    fn a_frame_is_read_up_to_its_limit_in_bytes_of_utf8() {
        let text = |text: &str| told_of(&text.into());
        assert!(matches!(text("é"), SocketEvent::Frame(text) if text == "é"));
        assert!(matches!(text(&"x".repeat(MAX_FRAME)), SocketEvent::Frame(text) if text.len() == MAX_FRAME));
        assert!(matches!(text(&"x".repeat(MAX_FRAME + 1)), SocketEvent::Unreadable { too_large: true }));
        assert!(matches!(text(&"é".repeat(MAX_FRAME / 2 + 1)), SocketEvent::Unreadable { too_large: true }));
        assert!(matches!(told_of(&ArrayBuffer::new(1)), SocketEvent::Unreadable { too_large: false }));
    }

    /// What is told of a message with this data.
    fn told_of(data: &JsValue) -> SocketEvent {
        event_of(&frame_of(data, MAX_FRAME as u32))
    }
}
