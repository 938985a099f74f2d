//! Plain JavaScript objects, and the global one.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // `js_sys::global` asks four names for it, each an import; this one every browser with wasm has.
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL_THIS: JsValue;

    /// An object that a snippet made.
    pub(crate) type Fields;
    #[wasm_bindgen(method, structural, indexing_getter)]
    pub(crate) fn any(this: &Fields, name: &str) -> JsValue;
}

impl Fields {
    /// A field that has text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.any(name).as_string()
    }

    /// A field that has a number.
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.any(name).as_f64().unwrap_or_default()
    }
}

/// An object literal.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of an object that was just made cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

/// The global object, of window and worker alike.
pub(crate) fn global_this() -> JsValue {
    GLOBAL_THIS.with(JsValue::clone)
}

/// A property of the global object; `None` if it is not there, or the page may not touch it.
pub(crate) fn global(name: &str) -> Option<JsValue> {
    let property = GLOBAL_THIS.with(|global| Reflect::get(global, &JsValue::from_str(name)));
    property.ok().filter(|value| !value.is_undefined() && !value.is_null())
}
