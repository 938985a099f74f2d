//! What the app holds of what a database has, by `rows-app.js`: promises, listeners, and the objects of `glint.d.ts` and `typelets.d.ts`.

use crate::browser::database::{Durability, Kind};
use crate::browser::object::{Counted, Fields};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::notice::Outcome;
#[cfg(feature = "typelets")]
use crate::rows::notice::Conflict;
use crate::rows::notice::{Change, Refusal, Status, View};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    /// All that one manager has told and promised.
    #[wasm_bindgen(extends = Fields, js_name = RowsApp)]
    pub(crate) type App;

    /// The promise of a call, which has a number of its own above 0. One that asks for rows gets the first of them if
    /// `is_one`, else an array.
    #[wasm_bindgen(method)]
    pub(crate) fn ask(this: &App, call: f64, is_one: bool) -> Promise;
    /// Adds a listener; returns the function that takes it away.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn on(this: &App, event: &JsValue, listener: &JsValue) -> Result<Function, JsValue>;
    /// A promise of a value, which it has once stored rows are loaded.
    #[wasm_bindgen(method, js_name = whenReady)]
    pub(crate) fn when_ready(this: &App, value: &JsValue) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn ready(this: &App) -> Promise;
    /// Stored rows and changes are loaded.
    #[wasm_bindgen(method, js_name = becomeReady)]
    pub(crate) fn become_ready(this: &App);
    /// Answers a call with what [`App::found`] told.
    #[wasm_bindgen(method)]
    pub(crate) fn reply(this: &App, call: f64);
    /// The same with what [`App::found`] and [`App::gone`] told.
    #[wasm_bindgen(method, js_name = replyChanges)]
    pub(crate) fn reply_changes(this: &App, call: f64, revision: f64, reset: bool);
    /// Answers a call with a value.
    #[wasm_bindgen(method, js_name = replyWith)]
    pub(crate) fn reply_with(this: &App, call: f64, value: &JsValue);
    /// Answers a call with JSON of the server.
    #[wasm_bindgen(method, js_name = replyJson)]
    pub(crate) fn reply_json(this: &App, call: f64, json: &str);
    /// A row that is gone, of what a call asked for.
    #[wasm_bindgen(method)]
    pub(crate) fn gone(this: &App, call: f64, id: &str);
    /// Tells the listeners of an event of the server.
    #[wasm_bindgen(method)]
    pub(crate) fn event(this: &App, json: &str);
    /// Tells that nothing waits for the server any more.
    #[wasm_bindgen(method)]
    pub(crate) fn drained(this: &App);

    #[wasm_bindgen(method, js_name = receipt)]
    fn receipt_as(this: &App, call: f64, id: &str, durability: &str, outcome: Option<&str>);
    #[wasm_bindgen(method, js_name = wedged)]
    fn wedged_as(this: &App, call: f64, id: &str, key: &str, operation: &str, reason: &str, place: u32, blocked_by: Option<&str>);
    #[wasm_bindgen(method, js_name = refuse)]
    fn refuse_at(this: &App, call: f64, place: u32);
    #[wasm_bindgen(method, js_name = stored)]
    fn stored_as(this: &App, call: f64, id: &str, durability: &str);
    #[wasm_bindgen(method, js_name = settled)]
    fn settled_as(this: &App, id: &str, outcome: &str);
    #[wasm_bindgen(method, js_name = found)]
    fn found_row(this: &App, call: f64, id: &str, former: Option<&str>, json: &str, pending: bool);
    #[wasm_bindgen(method, js_name = change)]
    fn change_of(this: &App, operation: &str, id: &str, json: &str, origin: &str, alias: Option<&str>);
    #[wasm_bindgen(method, js_name = rejected)]
    fn rejected_as(
        this: &App,
        id: &str,
        key: &str,
        operation: &str,
        reason: &str,
        place: u32,
        blocked_by: Option<&str>,
        shown: Option<&str>,
        former: Option<&str>,
        json: Option<&str>,
        pending: bool,
    );
    #[cfg(feature = "typelets")]
    #[wasm_bindgen(method, js_name = conflict)]
    fn conflict_of(this: &App, id: &str, ours: &str, theirs: &str);
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
        storage: &str,
        account: &str,
        attempts: u32,
        retry_at: Option<f64>,
        last_sync: Option<f64>,
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

    /// A row of what a call asked for.
    pub(crate) fn found(&self, call: f64, view: &View) {
        let View { id, former_id, data, pending } = view;
        self.found_row(call, id, former_id.as_deref(), data, *pending);
    }

    /// Tells the listeners that what is shown has changed.
    pub(crate) fn change(&self, change: &Change) {
        let Change { id, operation, data, origin, alias } = change;
        self.change_of(operation.as_str(), id, data, origin.as_str(), alias.as_deref());
    }

    /// Tells the listeners that the server refused a change.
    pub(crate) fn rejected(&self, refusal: &Refusal) {
        let Refusal { event_id, id, verb, reason, code, blocked_by, shown } = refusal;
        let (verb, place, blocked_by) = (verb.as_str(), *code as u32, blocked_by.as_deref());
        let view = shown.as_ref();
        let (shown, json) = (view.map(|view| view.id.as_str()), view.map(|view| view.data.as_str()));
        let (former, pending) = (view.and_then(|view| view.former_id.as_deref()), view.is_some_and(|view| view.pending));
        self.rejected_as(event_id, id, verb, reason, place, blocked_by, shown, former, json, pending);
    }

    /// Tells the listeners that two devices have saved a row over each other.
    #[cfg(feature = "typelets")]
    pub(crate) fn conflict(&self, conflict: &Conflict) {
        let Conflict { id, ours, theirs } = conflict;
        self.conflict_of(id, ours, theirs);
    }

    /// A refused change of what a call asked for.
    pub(crate) fn wedged(&self, call: f64, refusal: &Refusal) {
        let Refusal { event_id, id, verb, reason, code, blocked_by, .. } = refusal;
        self.wedged_as(call, event_id, id, verb.as_str(), reason, *code as u32, blocked_by.as_deref());
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
            kind.as_str(),
            status.account.as_str(),
            status.attempts,
            status.retry_at.map(number),
            status.last_sync.map(number),
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
