//! `RealtimeSyncManager`, as the module exports it. What its methods do and throw is said in `types.d.ts`.

use super::guard::enter;
use super::object::Fields;
use super::options::{Options, generate_device_id};
use super::random::uuid;
use super::shell::Shell;
use crate::engine::error::ErrorCode;
use crate::engine::event::Operation;
use crate::engine::ids::{EntityKey, PushId, ReadId};
use crate::engine::io::{Command, Decision, Push, Query};
use crate::engine::payload::Payload;
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = entityKey)]
    fn entity_key(entity_type: &JsValue, entity_id: &JsValue) -> Option<String>;
    #[wasm_bindgen(catch, js_name = readChange)]
    fn read_change(entity_type: &JsValue, entity_id: &JsValue, operation: &JsValue, data: &JsValue) -> Result<Fields, JsValue>;
    #[wasm_bindgen(js_name = syncError)]
    fn sync_error(code: &str) -> JsValue;
}

/// Keeps one account's data in sync.
#[wasm_bindgen]
pub struct RealtimeSyncManager {
    shell: Rc<Shell>,
}

/// A new device id.
#[wasm_bindgen(js_name = generateDeviceId)]
pub fn new_device_id() -> String {
    generate_device_id()
}

#[wasm_bindgen]
impl RealtimeSyncManager {
    /// The spelling of the BitMarks sample.
    ///
    /// # Errors
    /// `bad_option`.
    #[wasm_bindgen(constructor)]
    pub fn new(user_id: JsValue, device_id: JsValue, key: JsValue, options: JsValue) -> Result<RealtimeSyncManager, JsValue> {
        let options = Options::positional(&user_id, &device_id, &key, &options)?;
        enter(|| Ok(Self { shell: Shell::open(options) }))
    }

    /// Opens a manager; resolves to it once stored changes are loaded.
    pub fn open(options: JsValue) -> Promise {
        promise(Options::read(&options).and_then(|options| {
            enter(|| {
                let shell = Shell::open(options);
                Ok(shell.app.when_ready(&Self { shell: Rc::clone(&shell) }.into()))
            })
        }))
    }

    /// Resolves when stored changes are loaded.
    #[wasm_bindgen(getter)]
    pub fn ready(&self) -> JsValue {
        self.shell.app.any("ready")
    }

    /// The present state.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> JsValue {
        self.shell.app.any("status")
    }

    /// What a bug report has of this manager: an object that goes on changing, also after a crash.
    #[wasm_bindgen(getter)]
    pub fn facts(&self) -> JsValue {
        self.shell.app.any("facts")
    }

    /// This device's id.
    #[wasm_bindgen(getter, js_name = deviceId)]
    pub fn device_id(&self) -> JsValue {
        self.shell.app.any("deviceId")
    }

    /// The id of the key that seals.
    #[wasm_bindgen(getter, js_name = keyId)]
    pub fn key_id(&self) -> JsValue {
        self.shell.app.any("keyId")
    }

    /// Says that the key is right.
    ///
    /// # Errors
    /// `closed`.
    #[wasm_bindgen(js_name = acceptKey)]
    pub fn accept_key(&self) -> Result<(), JsValue> {
        self.command(Command::AcceptKey)
    }

    /// Wipes the account from this device, and closes.
    pub fn forget(&self) -> Promise {
        promise(self.enter(|shell| Ok(shell.forget())))
    }

    /// Connects, and stays connected.
    ///
    /// # Errors
    /// `closed`.
    pub fn connect(&self) -> Result<(), JsValue> {
        self.command(Command::Connect)
    }

    /// Disconnects, and stays away.
    ///
    /// # Errors
    /// `closed`.
    pub fn disconnect(&self) -> Result<(), JsValue> {
        self.command(Command::Disconnect)
    }

    /// Tries at once.
    ///
    /// # Errors
    /// `closed`.
    pub fn reconnect(&self) -> Result<(), JsValue> {
        self.command(Command::Reconnect)
    }

    /// Stores, seals and queues one change.
    #[wasm_bindgen(js_name = pushChange)]
    pub fn push_change(&self, entity_type: JsValue, entity_id: JsValue, operation: JsValue, data: JsValue) -> Promise {
        promise(read_change(&entity_type, &entity_id, &operation, &data).and_then(|change| {
            self.enter(|shell| {
                Ok(shell.ask(false, |call| {
                    let text = |name| change.text(name).unwrap_or_default();
                    Command::Push(Push {
                        push: PushId(call),
                        key: EntityKey::from_storage_key(&text("key")),
                        operation: Operation::from_word(&text("operation")).unwrap_or(Operation::Update),
                        data: Payload(text("json")),
                        event_id: ["sync_", &uuid()].concat(),
                    })
                }))
            })
        }))
    }

    /// The entity as it is shown now.
    pub fn get(&self, entity_type: JsValue, entity_id: JsValue) -> Promise {
        match entity_key(&entity_type, &entity_id) {
            Some(key) => self.read(true, || Query::One(EntityKey::from_storage_key(&key))),
            None => Promise::resolve(&JsValue::UNDEFINED),
        }
    }

    /// All entities of a type.
    pub fn list(&self, entity_type: JsValue) -> Promise {
        self.read(false, || Query::All(text(&entity_type)))
    }

    /// Takes a change back, if it was never attempted.
    pub fn cancel(&self, event_id: JsValue) -> Promise {
        self.decide(Decision::Cancel, &event_id)
    }

    /// Sends a refused change again.
    pub fn retry(&self, event_id: JsValue) -> Promise {
        self.decide(Decision::Retry, &event_id)
    }

    /// Gives a refused change up.
    pub fn discard(&self, event_id: JsValue) -> Promise {
        self.decide(Decision::Discard, &event_id)
    }

    /// The changes that the server refused for good.
    pub fn wedged(&self) -> Promise {
        self.read(false, || Query::Wedged)
    }

    /// The receipt of a change that was made earlier.
    pub fn receipt(&self, event_id: JsValue) -> Promise {
        self.read(false, || Query::Receipt(text(&event_id)))
    }

    /// What has changed since a revision.
    #[wasm_bindgen(js_name = changesSince)]
    pub fn changes_since(&self, revision: JsValue) -> Promise {
        self.read(false, || Query::Since(revision.as_f64().unwrap_or_default() as u64))
    }

    /// Calls a listener at each event; returns the function that ends it.
    ///
    /// # Errors
    /// `bad_option`, `closed`.
    pub fn on(&self, event: JsValue, listener: JsValue) -> Result<Function, JsValue> {
        self.enter(|shell| shell.app.on(&event, &listener))
    }

    /// Disconnects and frees everything.
    pub fn close(&self) {
        let _ = enter(|| {
            self.shell.close(ErrorCode::Closed);
            Ok(())
        });
    }

    fn command(&self, command: Command) -> Result<(), JsValue> {
        self.enter(|shell| {
            shell.command(command);
            Ok(())
        })
    }

    fn read(&self, is_one: bool, query: impl FnOnce() -> Query) -> Promise {
        promise(self.enter(|shell| Ok(shell.ask(is_one, |call| Command::Read { read: ReadId(call), query: query() }))))
    }

    fn decide(&self, decision: Decision, event_id: &JsValue) -> Promise {
        promise(self.enter(|shell| Ok(shell.ask(false, |call| Command::Decide { read: ReadId(call), decision, event_id: text(event_id) }))))
    }

    /// Enters, unless the manager was closed.
    fn enter<T>(&self, body: impl FnOnce(&Shell) -> Result<T, JsValue>) -> Result<T, JsValue> {
        enter(|| if self.shell.is_closed() { Err(sync_error(ErrorCode::Closed.as_str())) } else { body(&self.shell) })
    }
}

impl Drop for RealtimeSyncManager {
    fn drop(&mut self) {
        self.shell.close(ErrorCode::Closed);
    }
}

/// What could not be promised is a rejection.
fn promise(promise: Result<Promise, JsValue>) -> Promise {
    promise.unwrap_or_else(|error| Promise::reject(&error))
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}
