//! A WebSocket whose life is that of its owner.

use super::done::later;
use super::guard::{Callback, Held};
use crate::engine::dialect::MAX_FRAME;
use crate::engine::io::SocketEvent;
use js_sys::JsString;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

const NORMAL_CLOSURE: u16 = 1000;
const ABNORMAL_CLOSURE: u16 = 1006;

/// A socket. Dropping it closes it, and nothing more is heard of it.
pub(crate) struct Socket {
    socket: Option<WebSocket>,
    _callback: Callback,
    _held: Option<Held>,
}

impl Socket {
    /// Dials. `Closed` is told once, also where the browser refuses the URL itself; after it nothing is told.
    pub(crate) fn open(url: &str, on_event: impl Fn(SocketEvent) + 'static) -> Self {
        let on_event = Rc::new(on_event);
        let refused = Rc::downgrade(&on_event);
        let callback = Callback::new(move |event| {
            if let Some(event) = event_of(event.unchecked_into()) {
                on_event(event);
            }
        });
        let Ok(socket) = WebSocket::new(url) else {
            later(move || {
                if let Some(on_event) = refused.upgrade() {
                    on_event(SocketEvent::Closed { code: ABNORMAL_CLOSURE, reason: String::new() });
                }
            });
            return Self { socket: None, _callback: callback, _held: None };
        };
        // A binary frame is refused, and an ArrayBuffer costs less to refuse than a Blob.
        socket.set_binary_type(BinaryType::Arraybuffer);
        for event in ["open", "message", "close"] {
            callback.listen(&socket, event);
        }
        let held = Held::new(&socket, "close", &JsValue::from(NORMAL_CLOSURE));
        Self { socket: Some(socket), _callback: callback, _held: Some(held) }
    }

    /// Sends a text frame. While the socket closes it goes nowhere, and `Closed` tells.
    pub(crate) fn send(&self, text: &str) {
        if let Some(socket) = &self.socket {
            let _ = socket.send_with_str(text);
        }
    }

    /// How many bytes wait to be sent.
    pub(crate) fn buffered(&self) -> u64 {
        self.socket.as_ref().map_or(0, |socket| u64::from(socket.buffered_amount()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            let _ = socket.close_with_code(NORMAL_CLOSURE);
        }
    }
}

fn event_of(event: Event) -> Option<SocketEvent> {
    match event.type_().as_str() {
        "open" => Some(SocketEvent::Opened),
        "message" => Some(frame_of(event.unchecked_into())),
        "close" => {
            let event: CloseEvent = event.unchecked_into();
            Some(SocketEvent::Closed { code: event.code(), reason: event.reason() })
        }
        _ => None,
    }
}

fn frame_of(event: MessageEvent) -> SocketEvent {
    let Ok(text) = event.data().dyn_into::<JsString>() else {
        return SocketEvent::Unreadable { too_large: false };
    };
    // In UTF-8 a text has at least as many bytes as it has UTF-16 units, so most of what is too large need not be copied.
    if text.length() as usize > MAX_FRAME {
        return SocketEvent::Unreadable { too_large: true };
    }
    let text = String::from(text);
    if text.len() > MAX_FRAME { SocketEvent::Unreadable { too_large: true } } else { SocketEvent::Frame(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::done::answer;
    use crate::browser::guard::live_callbacks;
    use js_sys::{ArrayBuffer, Function};
    use std::cell::{Cell, RefCell};
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
        assert!(matches!(text("é"), Some(SocketEvent::Frame(text)) if text == "é"));
        assert!(matches!(text(&"x".repeat(MAX_FRAME)), Some(SocketEvent::Frame(text)) if text.len() == MAX_FRAME));
        assert!(matches!(text(&"x".repeat(MAX_FRAME + 1)), Some(SocketEvent::Unreadable { too_large: true })));
        assert!(matches!(text(&"é".repeat(MAX_FRAME / 2 + 1)), Some(SocketEvent::Unreadable { too_large: true })));
        assert!(matches!(told_of(&ArrayBuffer::new(1)), Some(SocketEvent::Unreadable { too_large: false })));
    }

    /// What is told of a message with this data.
    fn told_of(data: &JsValue) -> Option<SocketEvent> {
        let message = Function::new_with_args("data", "return new MessageEvent('message', { data })");
        event_of(message.call1(&JsValue::NULL, data).unwrap().unchecked_into())
    }
}
