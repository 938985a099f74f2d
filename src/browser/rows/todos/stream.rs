//! A stream of server-sent events whose life is that of its owner, by `stream.js`.

use crate::browser::guard::Callback;
use crate::browser::object::Resource;
use crate::browser::socket::event_of;
use crate::engine::dialect::MAX_FRAME;
use crate::engine::io::SocketEvent;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(extends = Resource, js_name = Stream)]
    type Source;
    #[wasm_bindgen(constructor, js_class = "Stream")]
    fn new(url: &str, max_frame: u32, tell: &Function) -> Source;
}

/// A stream. Dropping it closes it, and nothing more is heard of it.
pub(crate) struct Stream {
    source: Source,
    _callback: Callback,
}

impl Stream {
    /// Opens it. `Closed` is told once, also where the browser has no such streams; after it nothing is told.
    pub(crate) fn open(url: &str, on_event: impl Fn(SocketEvent) + 'static) -> Self {
        let callback = Callback::new(move |told| on_event(event_of(&told)));
        Self { source: Source::new(url, MAX_FRAME as u32, callback.function()), _callback: callback }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::done::answer;
    use crate::browser::guard::live_callbacks;
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// Nobody listens there.
    const CLOSED_PORT: &str = "http://127.0.0.1:49151/";
    const NO_URL: &str = "http://[";

    /// Opens one, writing down in `told` what is told, and waits for the first of it.
    async fn open(url: &str, told: &Rc<RefCell<Vec<String>>>) -> Stream {
        let mut stream = None;
        answer(|done| {
            let (told, done) = (Rc::clone(told), Cell::new(Some(done)));
            stream = Some(Stream::open(url, move |event| {
                told.borrow_mut().push(format!("{event:?}"));
                if let Some(done) = done.take() {
                    done(());
                }
            }));
        })
        .await;
        stream.unwrap()
    }

    #[wasm_bindgen_test]
    async fn a_stream_that_does_not_open_is_closed_once() {
        // The test's own page is no stream of events.
        for url in [CLOSED_PORT, NO_URL, "/"] {
            let (first, second) = (Rc::default(), Rc::default());
            let stream = open(url, &first).await;
            // When another has ended as well, whatever else the first had to tell has been told.
            drop(open(url, &second).await);
            assert_eq!(*first.borrow(), [r#"Closed { code: 1006, reason: "" }"#], "{url}");
            drop(stream);
        }
    }

    #[wasm_bindgen_test]
    async fn of_a_stream_that_was_dropped_nothing_is_heard() {
        for url in [CLOSED_PORT, NO_URL] {
            let heard = Rc::new(Cell::new(false));
            let hearing = Rc::clone(&heard);
            let before = live_callbacks();
            drop(Stream::open(url, move |_| hearing.set(true)));
            assert_eq!(live_callbacks(), before);
            drop(open(url, &Rc::default()).await);
            assert_eq!((heard.get(), Rc::strong_count(&heard)), (false, 1));
        }
    }
}
