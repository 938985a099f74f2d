//! Glint's words and tools: what the app asks for, checked by the scripts here, and streams of events.

pub(super) mod stream;

use super::app::App;
use crate::browser::object::Fields;
use crate::browser::random::random;
use crate::rows::glint::{Config, Person};
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readSetOptions)]
    fn read_set_options(options: &JsValue) -> Result<Fields, JsValue>;
    #[wasm_bindgen(catch, js_name = readTodoChange)]
    pub(super) fn read_change(entity_type: &JsValue, id: &JsValue, operation: &JsValue, data: &JsValue) -> Result<Fields, JsValue>;
    #[wasm_bindgen(js_name = newSetApp)]
    pub(super) fn new_app(database: &str) -> App;
    /// Wipes all sets of the account that a set's database is of.
    #[wasm_bindgen(js_name = forgetSets)]
    pub(super) fn forget(database: &str) -> Promise;
}

pub(super) use crate::rows::glint::Engine;
/// What new ids begin with.
pub(super) const NEW: &str = "todo_";

/// Everything that a manager is made of.
pub(crate) struct Options {
    /// For the engine.
    pub(crate) config: Config,
    /// The set's database.
    pub(crate) database: String,
    /// What the dialect works with.
    pub(crate) tools: Tools,
}

/// Nothing.
pub(crate) struct Tools;

impl Options {
    /// Reads the argument of `open`.
    ///
    /// # Errors
    /// `bad_option`.
    pub(crate) fn read(options: &JsValue) -> Result<Self, JsValue> {
        let checked = read_set_options(options)?;
        let text = |name| checked.text(name).unwrap_or_default();
        let me = Person {
            id: text("id"),
            name: checked.text("name"),
            username: checked.text("username"),
            avatar_url: checked.text("avatarUrl"),
        };
        let config = Config {
            origin: text("origin"),
            team_id: text("teamId"),
            set_id: text("setId"),
            me,
            max_queue: checked.number("maxQueue") as usize,
            seed: u64::from_be_bytes(random()),
        };
        Ok(Self { config, database: text("database"), tools: Tools })
    }
}
