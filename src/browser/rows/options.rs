//! What the app asks for, checked by `options.js`.

use crate::browser::object::Fields;
use crate::browser::random::random;
use crate::rows::glint::{Config, Person};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readSetOptions)]
    fn read_set_options(options: &JsValue) -> Result<Fields, JsValue>;
}

/// Everything that a manager is made of.
pub(crate) struct Options {
    /// For the engine.
    pub(crate) config: Config,
    /// The set's database.
    pub(crate) database: String,
}

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
        Ok(Self { config, database: text("database") })
    }
}
