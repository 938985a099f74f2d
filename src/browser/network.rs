//! Whether the browser believes to be online, and whether the page has come back, by `network.js`.

use super::guard::Callback;
use super::object::Resource;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(extends = Resource, js_name = Network)]
    type Watch;
    #[wasm_bindgen(constructor, js_class = "Network")]
    fn new(tell: &Function) -> Watch;
}

/// Watches until it is dropped.
pub(crate) struct Network {
    watch: Watch,
    _callback: Callback,
}

impl Network {
    /// At each change `on_change` gets whether it is online now; a page that comes back is as one that is online again.
    pub(crate) fn new(on_change: impl Fn(bool) + 'static) -> Self {
        let callback = Callback::new(move |event| on_change(event.as_string().as_deref() != Some("offline")));
        Self { watch: Watch::new(callback.function()), _callback: callback }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.watch.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn dispatch(event: &str) {
        Function::new_no_args(&["dispatchEvent(", event, ")"].concat()).call0(&JsValue::NULL).unwrap();
    }

    #[wasm_bindgen_test]
    fn each_change_is_told_until_it_is_dropped() {
        let told = Rc::new(RefCell::new(Vec::new()));
        let telling = Rc::clone(&told);
        let network = Network::new(move |is_online| telling.borrow_mut().push(is_online));
        dispatch("new Event('offline')");
        dispatch("new Event('online')");
        dispatch("new PageTransitionEvent('pageshow', { persisted: false })"); // It was loaded.
        dispatch("new PageTransitionEvent('pageshow', { persisted: true })");
        drop(network);
        dispatch("new Event('offline')");
        assert_eq!((&*told.borrow(), Rc::strong_count(&told)), (&vec![false, true, true], 1));
    }
}
