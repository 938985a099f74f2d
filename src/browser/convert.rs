//! Between Rust and the objects of `types.d.ts`.

use super::database::{Durability, Kind};
use super::object::object;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::notice::{Change, EntityView, Rejected, Status};
use js_sys::{Array, Error, JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A `SyncError`: what is thrown, and what promises reject with.
pub(crate) fn sync_error(code: ErrorCode, option: Option<&str>, detail: Option<&str>) -> JsValue {
    let error = Error::new(code.message());
    let mut fields = vec![("name", "SyncError".into()), ("code", code.as_str().into()), ("fault", code.fault().as_str().into())];
    fields.extend(option.map(|option| ("option", option.into())));
    fields.extend(detail.map(|detail| ("detail", detail.into())));
    let _ = Object::assign(&error, &object(&fields));
    error.into()
}

/// The argument of `on("error")`.
pub(crate) fn report(report: &ErrorReport) -> JsValue {
    let code = report.code;
    let mut fields = vec![("code", code.as_str().into()), ("fault", code.fault().as_str().into()), ("message", code.message().into())];
    fields.extend(report.detail.as_ref().map(|detail| ("detail", detail.into())));
    if let Some(key) = &report.entity {
        fields.extend([("entityType", key.entity_type().into()), ("entityId", key.entity_id().into())]);
    }
    frozen(&fields)
}

/// The argument of `on("change")`; `None` where the data is no JSON.
pub(crate) fn change(change: &Change) -> Option<JsValue> {
    let operation = JsValue::from(change.operation.as_str());
    let mut fields = vec![
        ("operation", operation.clone()),
        ("type", operation),
        ("entityType", change.key.entity_type().into()),
        ("entityId", change.key.entity_id().into()),
        ("origin", change.origin.as_str().into()),
        ("timestamp", number(change.stamp.timestamp())),
        ("deviceId", change.stamp.device_id().into()),
    ];
    if !change.data.is_empty() {
        let data = JSON::parse(&change.data).ok()?;
        fields.extend([("data", data.clone()), ("entity", data)]);
    }
    Some(object(&fields).into())
}

/// What `get` and `list` give; `None` where the data is no JSON.
pub(crate) fn entity(view: &EntityView) -> Option<JsValue> {
    let fields = [
        ("entityType", view.key.entity_type().into()),
        ("entityId", view.key.entity_id().into()),
        ("data", JSON::parse(&view.data).ok()?),
        ("timestamp", number(view.stamp.timestamp())),
        ("deviceId", view.stamp.device_id().into()),
        ("pending", view.pending.into()),
    ];
    Some(object(&fields).into())
}

/// The argument of `on("rejected")`.
pub(crate) fn rejected(rejected: &Rejected) -> JsValue {
    frozen(&[
        ("id", (&rejected.event_id).into()),
        ("entityType", rejected.key.entity_type().into()),
        ("entityId", rejected.key.entity_id().into()),
        ("operation", rejected.operation.as_str().into()),
        ("reason", (&rejected.reason).into()),
        ("code", ErrorCode::Refused.as_str().into()),
    ])
}

/// What `pushChange` resolves to.
pub(crate) fn receipt(event_id: &str, durability: Durability, acknowledged: &Promise) -> JsValue {
    frozen(&[("id", event_id.into()), ("durability", durability.as_str().into()), ("acknowledged", acknowledged.into())])
}

/// `manager.status`.
pub(crate) fn status(status: &Status, kind: Kind) -> JsValue {
    let close = status.last_close.as_ref();
    frozen(&[
        ("state", status.state.as_str().into()),
        ("reason", or_null(status.reason.map(|code| code.as_str().into()))),
        ("pending", count(status.pending)),
        ("inFlight", count(status.in_flight)),
        ("wedged", count(status.wedged)),
        ("oldestPending", or_null(status.oldest_pending.map(number))),
        ("confirmation", or_null(status.confirmation.map(|confirmation| confirmation.as_str().into()))),
        ("storage", kind.as_str().into()),
        ("account", status.account.as_str().into()),
        ("attempts", status.attempts.into()),
        ("retryAt", or_null(status.retry_at.map(number))),
        ("lastSync", or_null(status.last_sync.map(number))),
        ("lastClose", or_null(close.map(|(code, reason)| frozen(&[("code", (*code).into()), ("reason", reason.into())])))),
    ])
}

/// The JSON of the app's data.
///
/// # Errors
/// `bad_change`, with the words of what refused it.
pub(crate) fn json(data: &JsValue) -> Result<String, JsValue> {
    let refused = |detail: &str| sync_error(ErrorCode::BadChange, None, Some(detail));
    let text = JSON::stringify(data).map_err(|thrown| refused(&words(&thrown)))?;
    // For `undefined`, functions and symbols there is no JSON, and `stringify` returns none.
    JsValue::from(text).as_string().ok_or_else(|| refused("data is not JSON"))
}

/// A string without lone surrogates, which UTF-8 cannot hold.
pub(crate) fn well_formed(value: &JsValue) -> Option<String> {
    value.as_string().filter(|text| *value == **text)
}

/// A property; `undefined` where there is none.
pub(crate) fn property(target: &JsValue, name: &str) -> JsValue {
    if target.is_object() { Reflect::get(target, &name.into()).unwrap_or(JsValue::UNDEFINED) } else { JsValue::UNDEFINED }
}

/// An array of what there is.
pub(crate) fn array(values: impl Iterator<Item = JsValue>) -> JsValue {
    values.collect::<Array>().into()
}

/// What something thrown says.
fn words(thrown: &JsValue) -> String {
    thrown.dyn_ref::<Error>().map(|error| String::from(error.message())).unwrap_or_default()
}

fn frozen(fields: &[(&str, JsValue)]) -> JsValue {
    Object::freeze(&object(fields)).into()
}

fn or_null(value: Option<JsValue>) -> JsValue {
    value.unwrap_or(JsValue::NULL)
}

/// Times and counts lie below 2^53.
fn number(value: u64) -> JsValue {
    (value as f64).into()
}

fn count(value: usize) -> JsValue {
    (value as f64).into()
}
