//! What no server should send: frames that are no messages, and messages that nobody made. None of it may outlast the next read of the set.

use crate::luck::Luck;
use crate::server::Server;
use serde_json::{Value, json};

/// Any of the frames.
pub fn babble(luck: &mut Luck, server: &Server, set: &str) -> String {
    let ids: Vec<&str> = server.rows_of(set).into_keys().collect();
    let id = if ids.is_empty() { "td_none" } else { *luck.pick(&ids) };
    let other = if ids.is_empty() { "td_none" } else { *luck.pick(&ids) };
    let frames = frames(set, id, other);
    luck.pick(&frames).clone()
}

/// All of them, about two rows of a set.
pub fn frames(set: &str, id: &str, other: &str) -> Vec<String> {
    let mut frames: Vec<String> = no_json().into_iter().chain(no_messages(set, id)).collect();
    frames.extend(lies(set, id, other).iter().map(Value::to_string));
    frames.extend(foreign(id).iter().map(Value::to_string));
    frames
}

fn no_json() -> Vec<String> {
    let texts =
        ["", "{", "null", "7", "[]", r#""todo:created""#, "ping", "\u{0}", r#"{"type":"todo:created""#, r#"{"type":"realtime:ready"}{}"#];
    let mut frames: Vec<String> = texts.map(str::to_owned).into();
    frames.push("[".repeat(100_000));
    frames.push(r#"{"type":"#.repeat(20_000));
    frames
}

fn no_messages(set: &str, id: &str) -> Vec<String> {
    vec![
        r#"{"type":7}"#.into(),
        r#"{"type":null,"todo":{}}"#.into(),
        r#"{"type":"todo:created"}"#.into(),
        r#"{"type":"weather","degrees":21}"#.into(),
        format!(r#"{{"type":"todo:exploded","setId":"{set}","id":"{id}"}}"#),
        format!(r#"{{"type":"todo:created","setId":"{set}","todo":[]}}"#),
        format!(r#"{{"type":"todo:created","setId":"{set}","todo":{{"title":"no id"}}}}"#),
        format!(r#"{{"type":"todo:created","setId":"{set}","todo":{{"id":"","title":"empty id"}}}}"#),
        format!(r#"{{"type":"todo:created","setId":"{set}","todo":{{"id":7,"title":"a number"}}}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":null}}"#),
        format!(r#"{{"type":"todo:updated","setId":7,"todo":{{"id":"{id}","title":"x"}}}}"#),
        format!(r#"{{"type":"todo:deleted","setId":"{set}"}}"#),
        format!(r#"{{"type":"todo:deleted","setId":"{set}","id":{{}}}}"#),
        format!(r#"{{"type":"todo:reordered","setId":"{set}","items":{{}}}}"#),
        format!(
            r#"{{"type":"todo:reordered","setId":"{set}","items":[null,7,{{}},{{"id":"{id}"}},{{"sortOrder":3}},{{"id":"{id}","sortOrder":"x"}}]}}"#
        ),
        format!(r#"{{"type":"todo:claimed","setId":"{set}"}}"#),
        format!(r#"{{"type":"todo:assigned","setId":"{set}","id":"{id}","assignees":"u1"}}"#),
        format!(r#"{{"type":"todo:moved","setId":"{set}","id":"{id}"}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"{id}","title":"\ud800"}}}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"\udc00{id}","title":"x"}}}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"{id}","sortOrder":1e999}}}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"{id}","sortOrder":-0.0,"completed":"yes"}}}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"{id}","title":"one","title":"two"}}}}"#),
        format!(r#"{{"type":"todo:deleted","type":"todo:updated","setId":"{set}","id":"{id}"}}"#),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"{id}","deep":{}{}}}}}"#, "[".repeat(5_000), "]".repeat(5_000)),
        format!(r#"{{"type":"todo:updated","setId":"{set}","todo":{{"id":"{id}","title":"{}"}}}}"#, "x".repeat(300_000)),
    ]
}

/// Messages that read well.
fn lies(set: &str, id: &str, other: &str) -> Vec<Value> {
    let created = |id: &str, parent: Value| {
        json!({ "type": "todo:created", "setId": set, "todo": { "id": id, "userId": "nobody", "parentId": parent, "title": "a phantom", "completed": false,
            "sortOrder": 0, "commentCount": 0, "createdAt": "2026-11-22 01:15:46", "updatedAt": "2026-11-22 01:15:46" } })
    };
    let updated = |fields: Value| {
        let mut todo = json!({ "id": id });
        todo.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        json!({ "type": "todo:updated", "setId": set, "todo": todo })
    };
    vec![
        created("phantom", Value::Null),
        created("phantom_below", json!(id)),
        created("phantom_orphan", json!("nothing")),
        created("phantom_of_itself", json!("phantom_of_itself")),
        created("phantom_one", json!("phantom_two")),
        created("phantom_two", json!("phantom_one")),
        created("__proto__", json!("constructor")),
        created(&"long".repeat(500), Value::Null),
        created("a/../b?c#d%2F", Value::Null),
        created(id, json!(id)),
        // As the document's table has it: not nested.
        json!({ "type": "todo:created", "setId": set, "id": "phantom_flat", "userId": "nobody", "parentId": null, "title": "a phantom", "completed": false, "sortOrder": 1 }),
        json!({ "type": "todo:updated", "setId": set, "id": id, "title": "a lie" }),
        updated(json!({ "title": "a lie", "__proto__": { "x": 1 }, "constructor": 7, "colour": "red" })),
        updated(json!({ "sortOrder": 9_007_199_254_740_993_u64, "completed": 1 })),
        updated(json!({ "parentId": id })),
        updated(json!({ "parentId": other, "userId": "nobody", "title": 7 })),
        updated(json!({ "title": null, "completed": null, "sortOrder": null })),
        updated(json!({ "id": other })),
        json!({ "type": "todo:deleted", "setId": set, "id": id }),
        json!({ "type": "todo:deleted", "setId": set, "id": "phantom" }),
        json!({ "type": "todo:reordered", "setId": set, "items": [{ "id": id, "sortOrder": 1e300 }, { "id": other, "sortOrder": -7 }, { "id": "x", "sortOrder": 1 }] }),
        json!({ "type": "todo:claimed", "setId": set, "id": id, "claimedBy": "nobody", "claimedByName": 7, "claimedByAvatar": [] }),
        json!({ "type": "todo:assigned", "setId": set, "id": id, "assignees": [7, {}, { "userId": "nobody" }, { "userId": "nobody" }] }),
        json!({ "type": "todo:moved", "setId": set, "id": id, "fromSetId": set, "toSetId": "elsewhere" }),
        json!({ "type": "todo:moved", "setId": set, "id": id, "fromSetId": set, "toSetId": set }),
        json!({ "type": "todo:moved", "setId": set, "id": "phantom", "fromSetId": "elsewhere", "toSetId": set }),
        json!({ "type": "realtime:ready", "setId": set }),
    ]
}

/// About a set that was not asked for.
fn foreign(id: &str) -> Vec<Value> {
    vec![
        json!({ "type": "todo:deleted", "setId": "elsewhere", "id": id }),
        json!({ "type": "todo:updated", "setId": "elsewhere", "todo": { "id": id, "title": "of another set" } }),
        json!({ "type": "todo:created", "setId": "elsewhere", "todo": { "id": "foreign", "title": "of another set", "parentId": null } }),
        json!({ "type": "todo:moved", "setId": "elsewhere", "id": id, "fromSetId": "elsewhere", "toSetId": "nowhere" }),
    ]
}
