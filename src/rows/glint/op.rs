//! A change as the outbox holds it: what it does to which row, and what is shown of that before the server has it.

use super::config::Person;
use super::request::{read_people, read_places};
use super::row::{CLAIM, partial, trimmed};
use crate::rows::by_id::Ids;
use crate::rows::dialect::Operation;
use crate::rows::io::Verb;
use crate::rows::json::{Fields, Value, length_of, parse_object, take_list, take_text};
use crate::rows::wire::is_path_id;

/// Longest title, in bytes of JSON: the row with it has to be one that can be read.
const MAX_TITLE: usize = 32_768;
/// Most items of a reorder.
const MAX_ITEMS: usize = 20_000;

/// What a change does to its row. Ids may be temporary ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Makes it.
    Create {
        /// As the server will store it.
        title: String,
        /// The row above it.
        parent: Option<String>,
    },
    /// Sets some of `title`, `completed`, `sortOrder`.
    Update(Fields),
    /// Deletes it, with its descendants.
    Delete,
    /// Gives rows another place among their siblings.
    Reorder(Vec<(String, Value)>),
    /// The one who is signed in claims it (`true`) or releases it.
    Claim(bool),
    /// Assigns it to these people, and nobody else.
    Assign(Vec<Value>),
    /// Brings it to another set, with its descendants.
    Move {
        /// The set.
        target: String,
        /// Its place there.
        insert_at: Option<Value>,
    },
}

impl Operation for Op {
    fn read(verb: Verb, _: &str, data: &str) -> Option<Self> {
        if verb == Verb::Delete {
            return Some(Self::Delete);
        }
        let mut data = parse_object(data)?;
        match verb {
            Verb::Create => {
                let title = trimmed(&take_text(&mut data, "title")?).to_owned();
                let parent = match data.remove("parentId") {
                    None | Some(Value::Null) => None,
                    Some(Value::String(id)) if is_path_id(&id) => Some(id),
                    Some(_) => return None,
                };
                is_title(&title).then_some(Self::Create { title, parent })
            }
            Verb::Update => {
                let asked = data.count();
                let fields = partial(data);
                let has_title = fields.get("title").and_then(Value::as_str).is_none_or(is_title);
                // What the server would ignore is the app's mistake.
                (asked > 0 && fields.count() == asked && has_title).then_some(Self::Update(fields))
            }
            Verb::Delete => Some(Self::Delete),
            Verb::Reorder => {
                let items = take_list(&mut data, "items").and_then(read_places)?;
                (1..=MAX_ITEMS).contains(&items.len()).then_some(Self::Reorder(items))
            }
            Verb::Claim => data.get("claimed")?.as_bool().map(Self::Claim),
            Verb::Assign => take_list(&mut data, "assignees").and_then(read_people).map(Self::Assign),
            Verb::Move => {
                let target = take_text(&mut data, "targetSetId").filter(|target| is_path_id(target))?;
                let insert_at = data.remove("insertAt").filter(|place| *place != Value::Null);
                let is_place = |place: &Value| matches!(place.as_str(), Some("top" | "bottom"));
                insert_at.as_ref().is_none_or(is_place).then_some(Self::Move { target, insert_at })
            }
        }
    }

    fn others(&self) -> Vec<&str> {
        match self {
            Self::Create { parent, .. } => parent.as_deref().into_iter().collect(),
            Self::Reorder(items) => items.iter().map(|(id, _)| id.as_str()).collect(),
            Self::Update(_) | Self::Delete | Self::Claim(_) | Self::Assign(_) | Self::Move { .. } => Vec::new(),
        }
    }

    fn says(&self) -> Option<Ids> {
        match self {
            Self::Update(fields) => Some(Ids::of(fields.keys())),
            Self::Create { .. } | Self::Delete | Self::Reorder(_) | Self::Claim(_) | Self::Assign(_) | Self::Move { .. } => None,
        }
    }
}

impl Op {
    /// The row above one that it makes.
    pub fn parent(&self) -> Option<&str> {
        match self {
            Self::Create { parent, .. } => parent.as_deref(),
            Self::Update(_) | Self::Delete | Self::Reorder(_) | Self::Claim(_) | Self::Assign(_) | Self::Move { .. } => None,
        }
    }

    /// Whether the row is not in the set any more afterwards, nor its descendants.
    pub fn removes(&self) -> bool {
        matches!(self, Self::Delete | Self::Move { .. })
    }

    /// Changes a row as the server is going to. `id` is the row's, as the server or this device knows it.
    pub fn apply(&self, row: &mut Option<Fields>, is_row: impl Fn(&str) -> bool, me: &Person) {
        match (self, row) {
            (Self::Create { title, parent }, row @ None) => {
                let parent = parent.as_deref().map_or(Value::Null, Value::from);
                *row = Some(Fields::from([
                    ("userId", me.id.as_str().into()),
                    ("parentId", parent),
                    ("title", title.as_str().into()),
                    ("completed", Value::Bool(false)),
                ]));
            }
            (Self::Update(fields), Some(row)) => row.extend(fields.clone()),
            (Self::Delete | Self::Move { .. }, row) => *row = None,
            (Self::Reorder(items), Some(row)) => {
                if let Some((_, order)) = items.iter().rfind(|(id, _)| is_row(id)) {
                    row.insert("sortOrder", order.clone());
                }
            }
            (Self::Claim(is_claimed), Some(row)) => row.extend(claimed(row, *is_claimed, me)),
            (Self::Assign(people), Some(row)) => row.extend(assigned(row, people)),
            (Self::Create { .. }, Some(_)) => {}
            (Self::Update(_) | Self::Reorder(_) | Self::Claim(_) | Self::Assign(_), None) => {}
        }
    }
}

fn is_title(title: &str) -> bool {
    !title.is_empty() && length_of(title) <= MAX_TITLE
}

/// What a claim makes of a row's fields, in the row's generation.
pub fn claimed(row: &Fields, is_claimed: bool, me: &Person) -> Fields {
    if let Some(Value::Array(people)) = row.get("assignees") {
        let others = people.iter().filter(|person| !is_me(person, me)).cloned();
        let mine = is_claimed.then(|| people.iter().find(|person| is_me(person, me)).cloned().unwrap_or_else(|| person_of(me)));
        return Fields::from([("assignees", Value::Array(others.chain(mine).collect()))]);
    }
    let known = [Some(&me.id), me.name.as_ref(), me.avatar_url.as_ref(), me.username.as_ref()];
    let mut fields = Fields::default();
    for (name, known) in CLAIM.into_iter().zip(known) {
        if row.contains_key(name) || name == "claimedBy" {
            fields.insert(name, known.filter(|_| is_claimed).map_or(Value::Null, |known| known.as_str().into()));
        }
    }
    fields
}

/// What an assignment makes of a row's fields; of people that the row knows already all is kept.
fn assigned(row: &Fields, people: &[Value]) -> Fields {
    let known = row.get("assignees").and_then(Value::as_array);
    let same = |person: &&Value, other: &Value| person.get("userId") == other.get("userId");
    let full = |person: &Value| known.and_then(|known| known.iter().find(|other| same(other, person))).unwrap_or(person).clone();
    Fields::from([("assignees", Value::Array(people.iter().map(full).collect()))])
}

fn is_me(person: &Value, me: &Person) -> bool {
    person.get("userId").and_then(Value::as_str) == Some(&me.id)
}

fn person_of(me: &Person) -> Value {
    let known = |value: &Option<String>| value.as_deref().map_or(Value::Null, Value::from);
    let (name, username, avatar_url) = (known(&me.name), known(&me.username), known(&me.avatar_url));
    Value::Object(Fields::from([("userId", me.id.as_str().into()), ("name", name), ("username", username), ("avatarUrl", avatar_url)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::json::text_of;

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (verb, data) in [
            (Verb::Create, r#"{"title":"  "}"#),
            (Verb::Create, r#"{"title":7}"#),
            (Verb::Create, r#"{"title":"a","parentId":7}"#),
            (Verb::Update, "{}"),
            (Verb::Update, r#"{"title":"a","colour":"red"}"#),
            (Verb::Update, r#"{"completed":"yes"}"#),
            (Verb::Update, r#"{"parentId":"p"}"#),
            (Verb::Reorder, r#"{"items":[]}"#),
            (Verb::Reorder, r#"{"items":[{"id":"a"}]}"#),
            (Verb::Claim, "{}"),
            (Verb::Assign, r#"{"assignees":["u"]}"#),
            (Verb::Move, r#"{"targetSetId":""}"#),
            (Verb::Move, r#"{"targetSetId":"s","insertAt":"first"}"#),
            (Verb::Move, r#"{"targetSetId":"s","insertAt":0}"#),
            (Verb::Move, "no JSON"),
        ] {
            assert_eq!(Op::read(verb, "", data), None, "{verb:?} {data}");
        }
    }

    #[test]
    fn a_claim_is_shown_in_the_generation_of_its_row() {
        let me = Person { id: "me".into(), name: Some("Me".into()), ..Person::default() };
        let row = |json: &str| parse_object(json).unwrap();
        let seed = row(r#"{"claimedBy":"other","claimedByName":"O"}"#);
        assert_eq!(text_of(&claimed(&seed, true, &me)), r#"{"claimedBy":"me","claimedByName":"Me"}"#);
        assert_eq!(text_of(&claimed(&seed, false, &me)), r#"{"claimedBy":null,"claimedByName":null}"#);
        let latest = row(r#"{"assignees":[{"userId":"other"}]}"#);
        let mine = r#"{"assignees":[{"userId":"other"},{"avatarUrl":null,"name":"Me","userId":"me","username":null}]}"#;
        assert_eq!(text_of(&claimed(&latest, true, &me)), mine);
        assert_eq!(text_of(&claimed(&row(mine), false, &me)), r#"{"assignees":[{"userId":"other"}]}"#);
    }
}
