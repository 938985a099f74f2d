//! What the app asks for, checked by `options.js`.

use super::object::Fields;
use super::random::{random, uuid};
use crate::engine::seal::Format;
use crate::engine::{Config, Identity};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readOptions)]
    fn read_options(options: &JsValue) -> Result<Fields, JsValue>;
    #[wasm_bindgen(catch, js_name = readPositional)]
    fn read_positional(user_id: &JsValue, device_id: &JsValue, key: &JsValue, options: &JsValue) -> Result<Fields, JsValue>;
}

/// Everything that a manager is made of.
pub(crate) struct Options {
    /// For the engine.
    pub(crate) config: Config,
    /// For the cipher: keys, and how they are used.
    pub(crate) keys: Fields,
    /// The account's database.
    pub(crate) database: String,
}

impl Options {
    /// Reads the argument of `open`.
    ///
    /// # Errors
    /// `bad_option`, `not_available`.
    pub(crate) fn read(options: &JsValue) -> Result<Self, JsValue> {
        read_options(options).map(Self::of)
    }

    /// Reads the arguments of the positional constructor.
    ///
    /// # Errors
    /// `bad_option`.
    pub(crate) fn positional(user_id: &JsValue, device_id: &JsValue, key: &JsValue, options: &JsValue) -> Result<Self, JsValue> {
        read_positional(user_id, device_id, key, options).map(Self::of)
    }

    fn of(checked: Fields) -> Self {
        let text = |name| checked.text(name).unwrap_or_default();
        let config = Config {
            socket_url: text("url"),
            api: text("api"),
            user_id: text("userId"),
            device_id: checked.text("deviceId"),
            fresh: Identity { device_id: checked.text("adopted").unwrap_or_else(generate_device_id), salt: random() },
            format: Format::from_name(&text("format")).unwrap_or(Format::SealedV1),
            key_ids: Vec::new(), // They are known when the keys are.
            accepts_other: checked.truth("acceptsOther"),
            compresses: checked.number("compressAbove").is_finite(),
            max_queue: checked.number("maxQueue") as usize,
            debounce: checked.number("debounce") as u64,
            confirm_by_pong: checked.text("confirm").is_some_and(|confirm| confirm == "pong"),
            seed: u64::from_be_bytes(random()),
        };
        let database = text("database");
        Self { config, keys: checked, database }
    }
}

/// A new device id.
pub(crate) fn generate_device_id() -> String {
    ["device_", &uuid()].concat()
}
