//! Objects that the scripts make.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// An object that is read.
    pub(crate) type Fields;
    #[wasm_bindgen(method, structural, indexing_getter)]
    pub(crate) fn any(this: &Fields, name: &str) -> JsValue;

    /// Something of the browser that its owner closes.
    pub(crate) type Resource;
    #[wasm_bindgen(method, structural)]
    pub(crate) fn close(this: &Resource);
}

/// What a manager counts, as in facts.js.
#[derive(Clone, Copy)]
pub(crate) enum Counted {
    FrameSent = 0,
    FrameReceived = 1,
    Dial = 2,
    Request = 3,
}

impl Fields {
    /// A field that has text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.any(name).as_string()
    }

    /// Whether a field is true.
    pub(crate) fn truth(&self, name: &str) -> bool {
        self.any(name).as_bool().unwrap_or_default()
    }

    /// A field that has a number.
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.any(name).as_f64().unwrap_or_default()
    }
}

/// An object literal.
#[cfg(test)]
pub(crate) fn object(fields: &[(&str, JsValue)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        js_sys::Reflect::set(&object, &JsValue::from_str(name), value).unwrap();
    }
    object
}
