//! A todo as the server tells of it, checked, and in one form whatever the generation.

use crate::rows::json::{Fields, Value, text, text_of};
use crate::rows::wire::{is_id, iso_date};

/// Longest row, in bytes of JSON.
const MAX_ROW: usize = 65_536;

/// The fields of a claim, which the first two generations have where the third has `assignees`.
pub const CLAIM: [&str; 4] = ["claimedBy", "claimedByName", "claimedByAvatar", "claimedByUsername"];

/// A whole todo; `None` where it cannot be one. Fields of the wrong type are left out, unknown ones stay.
pub fn whole(value: Value) -> Option<Fields> {
    let Value::Object(mut row) = value else { return None };
    let is_placed = matches!(row.get("parentId"), None | Some(Value::Null | Value::String(_)));
    if !is_id(row.get("id")) || !is_placed || !matches!(row.get("title"), Some(Value::String(_))) {
        return None;
    }
    row = row.filtered(checked);
    row.insert_missing("parentId", Value::Null);
    row.insert_missing("completed", Value::Bool(false));
    is_small(&row).then_some(row)
}

/// Whether a row is within the limit.
pub fn is_small(row: &Fields) -> bool {
    text_of(row).len() <= MAX_ROW
}

/// What a partial update says: the server repeats what its client sent, so only what is known counts.
pub fn partial(fields: Fields) -> Fields {
    let is_known = |name: &str| matches!(name, "title" | "completed" | "sortOrder");
    fields.filtered(|name, value| if is_known(name) { checked(name, value) } else { None })
}

/// Who has claimed a todo, or whom it is assigned to.
pub fn holders(fields: Fields) -> Fields {
    let is_known = |name: &str| name == "assignees" || CLAIM.contains(&name);
    fields.filtered(|name, value| if is_known(name) { checked(name, value) } else { None })
}

/// The value of a field, in the form in which it is kept; `None` where it is of the wrong type.
fn checked(name: &str, value: Value) -> Option<Value> {
    match (name, value) {
        ("title", Value::String(title)) => Some(Value::String(trimmed(&title).to_owned())),
        ("completed", Value::Number(number)) => Some(Value::Bool(!is_zero(&number))),
        ("createdAt" | "updatedAt", Value::String(date)) => Some(Value::String(iso_date(date))),
        ("completed", value @ Value::Bool(_)) | ("sortOrder" | "commentCount", value @ Value::Number(_)) => Some(value),
        ("id" | "userId", value @ Value::String(_)) => Some(value),
        (
            "parentId" | "claimedBy" | "claimedByName" | "claimedByAvatar" | "claimedByUsername",
            value @ (Value::String(_) | Value::Null),
        ) => Some(value),
        ("assignees", Value::Array(people)) => Some(Value::Array(people.into_iter().filter(is_person).collect())),
        (
            "title" | "completed" | "createdAt" | "updatedAt" | "sortOrder" | "commentCount" | "id" | "userId" | "parentId" | "assignees",
            _,
        ) => None,
        (name, _) if CLAIM.contains(&name) => None,
        (_, value) => Some(value),
    }
}

fn is_zero(number: &str) -> bool {
    let significand = number.split(['e', 'E']).next().unwrap_or_default();
    !significand.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

fn is_person(value: &Value) -> bool {
    is_id(value.get("userId"))
}

/// As the server stores a title: what JavaScript counts as space is cut off at both ends.
pub fn trimmed(title: &str) -> &str {
    title.trim_matches(|character: char| character.is_whitespace() && character != '\u{85}' || character == '\u{feff}')
}

/// Whether a row is of the generation that has assignees instead of a claim; `None` where it shows neither.
pub fn has_assignees(row: &Fields) -> Option<bool> {
    if row.contains_key("assignees") { Some(true) } else { row.contains_key("claimedBy").then_some(false) }
}

/// The parent of a row.
pub fn parent_of(row: &Fields) -> Option<&str> {
    text(row, "parentId")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::json::{parse, parse_object};

    fn whole_of(json: &str) -> Option<String> {
        whole(parse(json).unwrap()).map(|row| text_of(&row))
    }

    #[test]
    fn a_todo_has_one_form_in_all_generations() {
        let seed = r#"{"id":"t1","userId":"u","parentId":null,"title":" Milk ","completed":0,"sortOrder":1.5,"claimedBy":null,"createdAt":"2026-11-22 01:15:46"}"#;
        let read = r#"{"claimedBy":null,"completed":false,"createdAt":"2026-11-22T01:15:46Z","id":"t1","parentId":null,"sortOrder":1.5,"title":"Milk","userId":"u"}"#;
        assert_eq!(whole_of(seed).as_deref(), Some(read));
        let later = r#"{"id":"t1","title":"Milk","assignees":[{"userId":"u","name":"U"},7,{"userId":7}],"createdAt":"2026-11-22T01:15:46.215Z","priority":[1]}"#;
        let read = r#"{"assignees":[{"name":"U","userId":"u"}],"completed":false,"createdAt":"2026-11-22T01:15:46.215Z","id":"t1","parentId":null,"priority":[1],"title":"Milk"}"#;
        assert_eq!(whole_of(later).as_deref(), Some(read));
    }

    #[test]
    fn what_cannot_be_a_todo_is_none() {
        for json in [
            "1",
            "[]",
            "{}",
            r#"{"id":"a"}"#,
            r#"{"id":7,"title":"x"}"#,
            r#"{"id":"","title":"x"}"#,
            r#"{"id":"a","title":7}"#,
            r#"{"id":"a","title":"x","parentId":7}"#,
        ] {
            assert_eq!(whole_of(json), None, "{json}");
        }
        assert_eq!(whole_of(&format!(r#"{{"id":"a","title":"x","more":"{}"}}"#, "y".repeat(MAX_ROW))), None);
    }

    #[test]
    fn an_update_says_only_what_is_known_and_of_the_right_type() {
        let fields =
            parse_object(r#"{"title":" a ","completed":"yes","sortOrder":2,"id":"other","userId":"other","__proto__":{}}"#).unwrap();
        assert_eq!(text_of(&partial(fields)), r#"{"sortOrder":2,"title":"a"}"#);
    }
}
