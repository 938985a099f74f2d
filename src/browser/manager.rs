//! `RealtimeSyncManager`, as the module exports it. What its methods do and throw is said in `types.d.ts`.

use super::convert::{json, sync_error, well_formed};
use super::guard::{enter, refuse_with, settle};
use super::listeners::Topic;
use super::options::{Options, generate_device_id};
use super::promise::Deferred;
use super::random::uuid;
use super::shell::{Shape, Shell};
use crate::engine::error::ErrorCode;
use crate::engine::event::Operation;
use crate::engine::ids::EntityKey;
use crate::engine::io::{Command, Push, Query};
use crate::engine::payload::Payload;
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Keeps one account's data in sync.
#[wasm_bindgen]
pub struct RealtimeSyncManager {
    shell: Rc<Shell>,
}

/// What every later method of a crashed instance throws.
#[wasm_bindgen(start)]
pub fn start() {
    refuse_with(&sync_error(ErrorCode::EngineCrashed, None, None));
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
        let options = match Options::read(&options) {
            Ok(options) => options,
            Err(error) => return Promise::reject(&error),
        };
        answered(|opened| {
            let shell = Shell::open(options);
            let ready = shell.ready.promise();
            settle(Ok(ready), move |result| match result {
                Ok(_) => opened.resolve(&Self { shell }.into()),
                Err(error) => opened.reject(&error),
            });
        })
    }

    /// Resolves when stored changes are loaded.
    #[wasm_bindgen(getter)]
    pub fn ready(&self) -> Promise {
        self.shell.ready.promise()
    }

    /// The present state.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> JsValue {
        self.shell.status()
    }

    /// This device's id.
    #[wasm_bindgen(getter, js_name = deviceId)]
    pub fn device_id(&self) -> JsValue {
        self.shell.device_id().map_or(JsValue::NULL, JsValue::from)
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
        let change = match read_change(&entity_type, &entity_id, &operation, &data) {
            Ok(change) => change,
            Err(error) => return Promise::reject(&error),
        };
        self.asked(|shell, stored| {
            let (key, operation, data) = change;
            let push = shell.expect_push(stored);
            let event_id = ["sync_", &uuid()].concat();
            shell.command(Command::Push(Push { push, key, operation, data, event_id }));
        })
    }

    /// The entity as it is shown now.
    pub fn get(&self, entity_type: JsValue, entity_id: JsValue) -> Promise {
        let key =
            entity_type.as_string().zip(well_formed(&entity_id)).and_then(|(entity_type, entity_id)| key_of(&entity_type, &entity_id));
        let Some(key) = key else { return Promise::resolve(&JsValue::UNDEFINED) };
        self.asked(|shell, found| {
            let read = shell.expect_read(found, Shape::One);
            shell.command(Command::Read { read, query: Query::One(key) });
        })
    }

    /// All entities of a type.
    pub fn list(&self, entity_type: JsValue) -> Promise {
        self.asked(|shell, found| {
            let read = shell.expect_read(found, Shape::All);
            shell.command(Command::Read { read, query: Query::All(entity_type.as_string().unwrap_or_default()) });
        })
    }

    /// Calls a listener at each event; returns the function that ends it.
    ///
    /// # Errors
    /// `bad_option`, `closed`.
    pub fn on(&self, event: JsValue, listener: JsValue) -> Result<Function, JsValue> {
        let topic = event.as_string().and_then(|word| Topic::from_word(&word));
        let (Some(topic), Ok(listener)) = (topic, listener.dyn_into::<Function>()) else {
            let detail = "on(event, listener): `event` must be ready, change, status, error or rejected, and `listener` a function";
            return Err(sync_error(ErrorCode::BadOption, Some("event"), Some(detail)));
        };
        self.check_open()?;
        enter(|| Ok(self.shell.listeners.add(topic, listener)))
    }

    /// Disconnects and frees everything.
    pub fn close(&self) {
        let _ = enter(|| {
            self.shell.close(ErrorCode::Closed);
            Ok(())
        });
    }

    fn command(&self, command: Command) -> Result<(), JsValue> {
        self.check_open()?;
        enter(|| {
            self.shell.command(command);
            Ok(())
        })
    }

    fn asked(&self, ask: impl FnOnce(&Shell, Deferred)) -> Promise {
        match self.check_open() {
            Ok(()) => answered(|deferred| ask(&self.shell, deferred)),
            Err(error) => Promise::reject(&error),
        }
    }

    fn check_open(&self) -> Result<(), JsValue> {
        if self.shell.is_closed() { Err(sync_error(ErrorCode::Closed, None, None)) } else { Ok(()) }
    }
}

impl Drop for RealtimeSyncManager {
    fn drop(&mut self) {
        self.shell.close(ErrorCode::Closed);
    }
}

/// A promise that `begin` will have ended.
fn answered(begin: impl FnOnce(Deferred)) -> Promise {
    let deferred = Deferred::new();
    let promise = deferred.promise();
    match enter(|| {
        begin(deferred);
        Ok(())
    }) {
        Ok(()) => promise,
        Err(error) => Promise::reject(&error),
    }
}

type Changed = (EntityKey, Operation, Payload);

fn read_change(entity_type: &JsValue, entity_id: &JsValue, operation: &JsValue, data: &JsValue) -> Result<Changed, JsValue> {
    let refused = |detail| sync_error(ErrorCode::BadChange, None, Some(detail));
    let entity_type = entity_type.as_string().ok_or_else(|| refused("entityType is not a string"))?;
    let entity_id = well_formed(entity_id).ok_or_else(|| refused("entityId is not a well-formed string"))?;
    let operation = operation.as_string().and_then(|word| Operation::from_word(&word));
    let operation = operation.ok_or_else(|| refused("operation is not create, update or delete"))?;
    let data = match operation {
        Operation::Create | Operation::Update => json(data)?,
        Operation::Delete if data.is_undefined() || data.is_null() => String::new(),
        Operation::Delete => return Err(refused("a delete takes no data")),
    };
    let key = key_of(&entity_type, &entity_id).ok_or_else(|| refused("there is no such entityType"))?;
    Ok((key, operation, Payload(data)))
}

/// The entity, unless the type's name would run into the id.
fn key_of(entity_type: &str, entity_id: &str) -> Option<EntityKey> {
    Some(EntityKey::new(entity_type, entity_id)).filter(|key| key.entity_type() == entity_type)
}
