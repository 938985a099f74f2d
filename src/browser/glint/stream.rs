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
