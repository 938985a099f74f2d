//! What the server sends over its socket or stream.

use super::row::{holders, partial, whole};
use crate::rows::json::Value;
use crate::rows::json::{Fields, parse_object, take_list, take_object, take_text};
use crate::rows::wire::is_id;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It will tell from now on.
    Ready,
    /// A todo is new.
    Created(Fields),
    /// Some fields of a todo have changed, or who holds it.
    Updated {
        /// Which one.
        id: String,
        /// What they are now.
        fields: Fields,
    },
    /// A todo is gone, with its descendants.
    Deleted(String),
    /// Todos have another place among their siblings.
    Reordered(Vec<(String, Value)>),
    /// A todo went to another set, with its descendants, or came from one.
    Moved {
        /// Which one.
        id: String,
        /// Where it was.
        from: String,
        /// Where it is.
        to: String,
    },
}

/// Why a frame is not an event of the set.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no JSON object, or has no type.
    Malformed,
    /// Its type is not one of the protocol's.
    UnknownType(String),
    /// It is of another set.
    OtherSet,
    /// Its fields are missing or of the wrong type.
    BadEvent,
}

/// Reads a frame.
///
/// # Errors
/// Why it is no event of the set.
pub fn read_frame(text: &str, set_id: &str) -> Result<News, Unusable> {
    let mut frame = parse_object(text).ok_or(Unusable::Malformed)?;
    let kind = take_text(&mut frame, "type").ok_or(Unusable::Malformed)?;
    let of_set = take_text(&mut frame, "setId");
    if kind != "todo:moved" && of_set.is_some_and(|of| of != set_id) {
        return Err(Unusable::OtherSet);
    }
    let news = match kind.as_str() {
        "realtime:ready" => Some(News::Ready),
        "todo:created" => whole(Value::Object(nested(frame))).map(News::Created),
        "todo:updated" => updated(nested(frame), partial),
        "todo:claimed" | "todo:assigned" => updated(nested(frame), holders),
        "todo:deleted" => id_of(&mut nested(frame)).map(News::Deleted),
        "todo:reordered" => take_list(&mut frame, "items").map(|items| News::Reordered(items.into_iter().filter_map(place_of).collect())),
        "todo:moved" => moved(nested(frame)),
        _ => return Err(Unusable::UnknownType(kind)),
    };
    match news {
        Some(News::Moved { from, to, .. }) if from != set_id && to != set_id => Err(Unusable::OtherSet),
        news => news.ok_or(Unusable::BadEvent),
    }
}

/// The seed's table reads as if a todo's fields stood in the event itself; the server puts them under `todo`.
fn nested(mut frame: Fields) -> Fields {
    take_object(&mut frame, "todo").unwrap_or(frame)
}

fn id_of(fields: &mut Fields) -> Option<String> {
    if is_id(fields.get("id")) { take_text(fields, "id") } else { None }
}

fn updated(mut fields: Fields, known: fn(Fields) -> Fields) -> Option<News> {
    let id = id_of(&mut fields)?;
    Some(News::Updated { id, fields: known(fields) })
}

fn moved(mut fields: Fields) -> Option<News> {
    let id = id_of(&mut fields)?;
    Some(News::Moved { id, from: take_text(&mut fields, "fromSetId")?, to: take_text(&mut fields, "toSetId")? })
}

/// An item of a reorder: an id and a number.
pub fn place_of(item: Value) -> Option<(String, Value)> {
    let Value::Object(mut item) = item else { return None };
    let id = id_of(&mut item)?;
    let order = item.remove("sortOrder").filter(Value::is_number)?;
    Some((id, order))
}
