//! The other tabs of this device, by `tabs.js`: the lock that one of them holds, and the hints between them.

use super::guard::{Callback, Held};
#[cfg(not(feature = "rows"))]
use crate::engine::io::Input;
#[cfg(feature = "rows")]
use crate::rows::io::Input;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = Tabs)]
    type Peers;

    #[wasm_bindgen(constructor, js_class = Tabs)]
    fn new(name: &str, place: JsValue, tell: &Function) -> Peers;
    #[wasm_bindgen(method)]
    fn elect(this: &Peers, by_force: bool);
    #[wasm_bindgen(method)]
    fn resign(this: &Peers);
    #[wasm_bindgen(method)]
    fn hint(this: &Peers);
    #[wasm_bindgen(method, js_name = tellForgotten)]
    fn tell_them(this: &Peers);
    #[wasm_bindgen(method)]
    fn close(this: &Peers);
}

/// The other tabs with the same account. Dropping it gives way to them, as a crash does.
pub(crate) struct Tabs {
    peers: Peers,
    _callback: Callback,
    _held: Held,
}

impl Tabs {
    /// `name`: of the account's database, which is open at `place`. `feed` is told `None` when another tab has forgotten the
    /// account.
    pub(crate) fn new(name: &str, place: JsValue, feed: impl Fn(Option<Input>) + 'static) -> Self {
        let callback = Callback::new(move |told| {
            // As in tabs.js.
            feed(match told.as_f64().unwrap_or_default() as u8 {
                0 => Some(Input::Leader(false)),
                1 => Some(Input::Leader(true)),
                2 => Some(Input::Hinted),
                3 => Some(Input::Visible(false)),
                4 => Some(Input::Visible(true)),
                6 => Some(Input::LeaderLives),
                _ => None,
            });
        });
        let peers = Peers::new(name, place, callback.function());
        let held = Held::new(&peers, "close", &JsValue::UNDEFINED);
        Self { peers, _callback: callback, _held: held }
    }

    /// Asks to be the tab that sends. `by_force`: in place of one that is frozen.
    pub(crate) fn elect(&self, by_force: bool) {
        self.peers.elect(by_force);
    }

    /// Gives way, or takes the request back.
    pub(crate) fn resign(&self) {
        self.peers.resign();
    }

    /// Tells the other tabs that the account is forgotten.
    pub(crate) fn tell_forgotten(&self) {
        self.peers.tell_them();
    }

    /// Tells the other tabs that the database holds something new.
    pub(crate) fn hint(&self) {
        self.peers.hint();
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.peers.close();
    }
}
