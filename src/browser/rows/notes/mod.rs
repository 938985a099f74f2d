//! Typelets' words and tools: what the app asks for, checked by the scripts here, its key, and its tokens.

use super::app::App;
use crate::browser::done::Done;
use crate::browser::guard::settle;
use crate::browser::object::Fields;
use crate::browser::random::random;
use crate::engine::io::CryptoFailure;
use crate::rows::io::{Sealed, Secret, Texts};
use crate::rows::typelets::Config;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

pub(super) use crate::rows::typelets::Engine;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readNotesOptions)]
    fn read_notes_options(options: &JsValue) -> Result<Fields, JsValue>;
    #[wasm_bindgen(catch, js_name = readNoteChange)]
    pub(super) fn read_change(entity_type: &JsValue, id: &JsValue, operation: &JsValue, data: &JsValue) -> Result<Fields, JsValue>;
    #[wasm_bindgen(js_name = newNotesApp)]
    pub(super) fn new_app(database: &str) -> App;
    #[wasm_bindgen(js_name = forgetAll)]
    fn forget_all(names: Array) -> Promise;
    #[wasm_bindgen(js_name = askForToken)]
    fn ask_for_token(get_token: &JsValue) -> Promise;

    /// The key of an account.
    type NotesKey;
    #[wasm_bindgen(constructor, catch)]
    fn new(user_id: &str, master_password: Option<&str>, device_secret: Option<&str>) -> Result<NotesKey, JsValue>;
    #[wasm_bindgen(method, js_name = seal)]
    fn begin_to_seal(this: &NotesKey, title: Option<&str>, content: Option<&str>) -> Promise;
    #[wasm_bindgen(method, js_name = openAll)]
    fn begin_to_open(this: &NotesKey, sealed: Array) -> Promise;
}

/// What new ids begin with.
pub(super) const NEW: &str = "new_";

/// Everything that a manager is made of.
pub(crate) struct Options {
    /// For the engine.
    pub(crate) config: Config,
    /// The account's database.
    pub(crate) database: String,
    /// What the dialect works with.
    pub(crate) tools: Tools,
}

/// What gives tokens, and what seals.
pub(crate) struct Tools {
    get_token: JsValue,
    key: Option<NotesKey>,
}

impl Options {
    /// Reads the argument of `open`.
    ///
    /// # Errors
    /// `bad_option`, `key_missing`, `not_supported`.
    pub(crate) fn read(options: &JsValue) -> Result<Self, JsValue> {
        let checked = read_notes_options(options)?;
        let text = |name| checked.text(name).unwrap_or_default();
        let is_sealed = checked.truth("isSealed");
        let user_id = text("userId");
        let (password, secret) = (checked.text("masterPassword"), checked.text("deviceSecret"));
        let key = if is_sealed { Some(NotesKey::new(&user_id, password.as_deref(), secret.as_deref())?) } else { None };
        let config = Config {
            url: text("url"),
            api: text("api"),
            user_id,
            is_sealed,
            max_attempts: checked.number("maxAttempts") as u32,
            keeps_joins: checked.truth("keepJoins"),
            signs: checked.truth("sign"),
            max_queue: checked.number("maxQueue") as usize,
            seed: u64::from_be_bytes(random()),
        };
        Ok(Self { config, database: text("database"), tools: Tools { get_token: checked.any("getToken"), key } })
    }
}

/// Wipes the account's database.
pub(super) fn forget(database: &str) -> Promise {
    forget_all(Array::of1(&database.into()))
}

impl Tools {
    /// Asks the app for a token.
    pub(super) fn ask_token(&self, done: Done<Option<Secret>>) {
        settle(Ok(ask_for_token(&self.get_token)), move |token| done(token.ok().and_then(|token| token.as_string()).map(Secret)));
    }

    /// Seals texts under a fresh IV.
    pub(super) fn seal(&self, texts: &Texts, done: Done<Result<Sealed, CryptoFailure>>) {
        let begun = match &self.key {
            Some(key) => Ok(key.begin_to_seal(texts.title.as_deref(), texts.content.as_deref())),
            None => Err(JsValue::UNDEFINED),
        };
        settle(begun, move |sealed| done(sealed.ok().and_then(|sealed| sealed_of(sealed.unchecked_ref())).ok_or(CryptoFailure::Broken)));
    }

    /// Opens what was sealed.
    pub(super) fn open(&self, sealed: &[Sealed], done: Done<Vec<Result<Texts, CryptoFailure>>>) {
        let count = sealed.len();
        let begun = match &self.key {
            Some(key) => Ok(key.begin_to_open(sealed.iter().map(parts_of).collect())),
            None => Err(JsValue::UNDEFINED),
        };
        settle(begun, move |opened| {
            let opened = opened.map(|opened| Array::from(&opened)).unwrap_or_default();
            done((0..count as u32).map(|place| texts_of(&opened.get(place))).collect());
        });
    }
}

fn parts_of(sealed: &Sealed) -> Array {
    let text = |text: &Option<String>| text.as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
    Array::of4(&sealed.iv.as_str().into(), &sealed.salt.as_str().into(), &text(&sealed.title), &text(&sealed.content))
}

fn sealed_of(sealed: &Fields) -> Option<Sealed> {
    Some(Sealed { iv: sealed.text("iv")?, salt: sealed.text("salt")?, title: sealed.text("title"), content: sealed.text("content") })
}

/// Texts, or a word for why they do not open.
fn texts_of(opened: &JsValue) -> Result<Texts, CryptoFailure> {
    match opened.as_string().as_deref() {
        Some("bad_tag") => Err(CryptoFailure::BadTag),
        Some(_) => Err(CryptoFailure::Malformed),
        None if opened.is_object() => {
            let opened: &Fields = opened.unchecked_ref();
            Ok(Texts { title: opened.text("title"), content: opened.text("content") })
        }
        None => Err(CryptoFailure::Broken),
    }
}
