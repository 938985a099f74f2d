//! What the app holds of a manager, by `app.js`: promises, listeners, and the objects of `types.d.ts`.

use super::database::{Durability, Kind};
use super::object::{Counted, Fields};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::event::Stamp;
use crate::engine::ids::EntityKey;
use crate::engine::notice::{Change, EntityView, Outcome, Rejected, Status};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    /// All that one manager has told and promised.
    #[wasm_bindgen(extends = Fields)]
    pub(crate) type App;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(database: &str) -> App;
    /// The promise of a call, which has a number of its own above 0. One that asks for entities gets the first of them if
    /// `is_one`, else an array.
    #[wasm_bindgen(method)]
    pub(crate) fn ask(this: &App, call: f64, is_one: bool) -> Promise;
    /// Adds a listener; returns the function that takes it away.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn on(this: &App, topic: &JsValue, listener: &JsValue) -> Result<Function, JsValue>;
    /// A promise of a value, which it has once stored changes are loaded.
    #[wasm_bindgen(method, js_name = whenReady)]
    pub(crate) fn when_ready(this: &App, value: &JsValue) -> Promise;
    /// The id of the key that seals.
    #[wasm_bindgen(method, js_name = hasKey)]
    pub(crate) fn has_key(this: &App, id: &[u8]);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn ready(this: &App) -> Promise;
    /// Stored changes are loaded.
    #[wasm_bindgen(method, js_name = becomeReady)]
    pub(crate) fn become_ready(this: &App, device_id: &str);
    /// Answers a call with what [`App::found`] told.
    #[wasm_bindgen(method)]
    pub(crate) fn reply(this: &App, call: f64);

    /// The same with what [`App::found`] and [`App::gone`] told.
    #[wasm_bindgen(method, js_name = replyChanges)]
    pub(crate) fn reply_changes(this: &App, call: f64, revision: f64, reset: bool);
    /// Answers a call with a value.
    #[wasm_bindgen(method, js_name = replyWith)]
    pub(crate) fn reply_with(this: &App, call: f64, value: &JsValue);
    /// Tells the listeners how far a catch-up has come.
    #[wasm_bindgen(method)]
    pub(crate) fn progress(this: &App, events: f64, has_more: bool);

    #[wasm_bindgen(method, js_name = receipt)]
    fn receipt_as(this: &App, call: f64, id: &str, durability: &str, outcome: Option<&str>);
    #[wasm_bindgen(method, js_name = gone)]
    fn gone_entity(this: &App, call: f64, entity_type: &str, id: &str, timestamp: f64, device_id: &str);
    #[wasm_bindgen(method, js_name = wedged)]
    fn wedged_as(this: &App, call: f64, id: &str, entity_type: &str, entity_id: &str, operation: &str, reason: &str);
    #[wasm_bindgen(method, js_name = refuse)]
    fn refuse_at(this: &App, call: f64, place: u32);
    #[wasm_bindgen(method, js_name = stored)]
    fn stored_as(this: &App, call: f64, id: &str, durability: &str);
    #[wasm_bindgen(method, js_name = settled)]
    fn settled_as(this: &App, id: &str, outcome: &str);
    #[wasm_bindgen(method, js_name = found)]
    fn found_entity(this: &App, call: f64, entity_type: &str, id: &str, json: &str, timestamp: f64, device_id: &str, pending: bool);
    #[wasm_bindgen(method, js_name = change)]
    fn change_of(this: &App, operation: &str, entity_type: &str, id: &str, json: &str, timestamp: f64, device_id: &str, origin: &str);
    #[wasm_bindgen(method, js_name = rejected)]
    fn rejected_as(this: &App, id: &str, entity_type: &str, entity_id: &str, operation: &str, reason: &str, json: Option<&str>);
    #[wasm_bindgen(method, js_name = report)]
    fn report_at(this: &App, place: u32, detail: Option<&str>, entity_type: Option<&str>, entity_id: Option<&str>);
    #[wasm_bindgen(method, js_name = setStatus)]
    fn set_status_fields(
        this: &App,
        is_told: bool,
        resends: f64,
        conflicts: f64,
        state: &str,
        reason: Option<u32>,
        pending: f64,
        in_flight: f64,
        wedged: f64,
        oldest_pending: Option<f64>,
        confirmation: Option<&str>,
        storage: &str,
        account: &str,
        key: &str,
        attempts: u32,
        retry_at: Option<f64>,
        last_sync: Option<f64>,
        held: f64,
        close_code: Option<u16>,
        close_reason: Option<&str>,
    );
    #[wasm_bindgen(method, js_name = close)]
    fn close_at(this: &App, place: u32);
    #[wasm_bindgen(method, js_name = count)]
    fn count_at(this: &App, what: u8, bytes: f64);
}

impl App {
    /// Something happened; of a frame with its size.
    pub(crate) fn count(&self, what: Counted, bytes: usize) {
        self.count_at(what as u8, bytes as f64);
    }

    /// A call failed.
    pub(crate) fn refuse(&self, call: f64, code: ErrorCode) {
        self.refuse_at(call, code as u32);
    }

    /// The change of a call is stored.
    pub(crate) fn stored(&self, call: f64, event_id: &str, durability: Durability) {
        self.stored_as(call, event_id, durability.as_str());
    }

    /// A stored change has ended.
    pub(crate) fn settled(&self, event_id: &str, outcome: Outcome) {
        self.settled_as(event_id, outcome.as_str());
    }

    /// An entity of what a call asked for.
    pub(crate) fn found(&self, call: f64, view: &EntityView) {
        let EntityView { key, data, stamp, pending } = view;
        self.found_entity(call, key.entity_type(), key.entity_id(), data, number(stamp.timestamp()), stamp.device_id(), *pending);
    }

    /// Tells the listeners that what is shown has changed.
    pub(crate) fn change(&self, change: &Change) {
        let Change { key, operation, data, stamp, origin } = change;
        self.change_of(
            operation.as_str(),
            key.entity_type(),
            key.entity_id(),
            data,
            number(stamp.timestamp()),
            stamp.device_id(),
            origin.as_str(),
        );
    }

    /// Tells the listeners that the server refused a change.
    pub(crate) fn rejected(&self, rejected: &Rejected) {
        let Rejected { event_id, key, operation, reason, shown } = rejected;
        let json = shown.as_ref().map(|shown| shown.data.as_str());
        self.rejected_as(event_id, key.entity_type(), key.entity_id(), operation.as_str(), reason, json);
    }

    /// A refused change of what a call asked for.
    pub(crate) fn wedged(&self, call: f64, rejected: &Rejected) {
        let Rejected { event_id, key, operation, reason, .. } = rejected;
        self.wedged_as(call, event_id, key.entity_type(), key.entity_id(), operation.as_str(), reason);
    }

    /// An entity that is gone, of what a call asked for.
    pub(crate) fn gone(&self, call: f64, key: &EntityKey, stamp: &Stamp) {
        self.gone_entity(call, key.entity_type(), key.entity_id(), number(stamp.timestamp()), stamp.device_id());
    }

    /// Answers a call with a receipt; with an outcome, its change has ended.
    pub(crate) fn receipt(&self, call: f64, event_id: &str, durability: Durability, outcome: Option<Outcome>) {
        self.receipt_as(call, event_id, durability.as_str(), outcome.map(Outcome::as_str));
    }

    /// Tells the listeners of an error.
    pub(crate) fn report(&self, report: &ErrorReport) {
        let entity = report.entity.as_ref();
        self.report_at(
            report.code as u32,
            report.detail.as_deref(),
            entity.map(|key| key.entity_type()),
            entity.map(|key| key.entity_id()),
        );
    }

    /// Sets `manager.status`, and tells the listeners if `is_told`.
    pub(crate) fn set_status(&self, status: &Status, kind: Kind, is_told: bool) {
        let close = status.last_close.as_ref();
        self.set_status_fields(
            is_told,
            number(status.counts.resends),
            number(status.counts.conflicts),
            status.state.as_str(),
            status.reason.map(|code| code as u32),
            status.pending as f64,
            status.in_flight as f64,
            status.wedged as f64,
            status.oldest_pending.map(number),
            status.confirmation.map(|confirmation| confirmation.as_str()),
            kind.as_str(),
            status.account.as_str(),
            status.key.as_str(),
            status.attempts,
            status.retry_at.map(number),
            status.last_sync.map(number),
            status.held as f64,
            close.map(|(code, _)| *code),
            close.map(|(_, reason)| reason.as_str()),
        );
    }

    /// Lets the app go; whoever waits is told why.
    pub(crate) fn close(&self, code: ErrorCode) {
        self.close_at(code as u32);
    }
}

/// Times lie below 2^53.
fn number(value: u64) -> f64 {
    value as f64
}
