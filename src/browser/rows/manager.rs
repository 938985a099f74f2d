//! `RealtimeSyncManager` of one database, as the module exports it. What its methods do and throw is said in `glint.d.ts` and `typelets.d.ts`;
//! several sets, and the methods with the names of todos and notes, are the wrapper's.

use super::shell::Shell;
use super::words::{NEW, Options, read_change};
use crate::browser::guard::enter;
use crate::browser::random::uuid;
use crate::engine::error::ErrorCode;
use crate::engine::ids::{PushId, ReadId};
use crate::engine::io::Decision;
use crate::engine::payload::Payload;
use crate::rows::io::{Command, Push, Query, Verb};
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = syncError)]
    fn sync_error(code: &str) -> JsValue;
}

/// Keeps what one database has in sync.
#[wasm_bindgen]
pub struct RealtimeSyncManager {
    shell: Rc<Shell>,
}

#[wasm_bindgen]
impl RealtimeSyncManager {
    /// Opens a manager; resolves to it once what is stored is loaded.
    pub fn open(options: JsValue) -> Promise {
        promise(Options::read(&options).and_then(|options| {
            enter(|| {
                let shell = Shell::open(options);
                Ok(shell.app.when_ready(&Self { shell: Rc::clone(&shell) }.into()))
            })
        }))
    }

    /// Resolves when what is stored is loaded.
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

    /// The name of the database.
    #[wasm_bindgen(getter)]
    pub fn database(&self) -> JsValue {
        self.shell.app.any("database")
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

    /// Wants no news any more; what waits is sent all the same, and then `drained` is told.
    ///
    /// # Errors
    /// `closed`.
    pub fn retire(&self) -> Result<(), JsValue> {
        self.command(Command::Retire)
    }

    /// Stores and queues one change; of todos the operations `reorder`, `claim`, `assign` and `move` as well.
    #[wasm_bindgen(js_name = pushChange)]
    pub fn push_change(&self, entity_type: JsValue, id: JsValue, operation: JsValue, data: JsValue) -> Promise {
        promise(read_change(&entity_type, &id, &operation, &data).and_then(|change| {
            self.enter(|shell| {
                Ok(shell.ask(false, |call| {
                    let text = |name| change.text(name).unwrap_or_default();
                    let operation = text("operation");
                    Command::Push(Push {
                        push: PushId(call),
                        verb: Verb::find(|verb| verb.as_str() == operation).unwrap_or(Verb::Update),
                        id: text("id"),
                        data: Payload(text("json")),
                        event_id: ["sync_", &uuid()].concat(),
                    })
                }))
            })
        }))
    }

    /// A new temporary id.
    ///
    /// # Errors
    /// `closed`.
    #[wasm_bindgen(js_name = newId)]
    pub fn new_id(&self) -> Result<String, JsValue> {
        self.enter(|_| Ok([NEW, &uuid()].concat()))
    }

    /// Wants to hear of a row, or no more.
    ///
    /// # Errors
    /// `closed`.
    #[cfg(feature = "typelets")]
    pub fn join(&self, key: String, wants_news: bool) -> Result<(), JsValue> {
        self.command(Command::Join { id: key, wants_news })
    }

    /// The row as it is shown now.
    pub fn get(&self, id: JsValue) -> Promise {
        self.read(true, || Query::One(text(&id)))
    }

    /// All rows.
    pub fn list(&self) -> Promise {
        self.read(false, || Query::All)
    }

    /// The sets of the team.
    #[cfg(feature = "glint")]
    pub fn sets(&self) -> Promise {
        self.read(false, || Query::Sets)
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
