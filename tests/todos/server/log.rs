//! What the server has carried out, in order.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A write that was carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    pub wall: u64,
    /// Where it came from.
    pub machine: usize,
    pub user: String,
    pub done: Done,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    Create {
        id: String,
        parent: Option<String>,
        title: String,
    },
    Patch {
        id: String,
        fields: Map<String, Value>,
    },
    Delete {
        id: String,
        all: Vec<String>,
    },
    Reorder {
        items: Vec<(String, f64)>,
    },
    /// By a claim or an assignment: who has it now.
    Assign {
        id: String,
        users: Vec<String>,
    },
    Move {
        id: String,
        all: Vec<String>,
    },
}

#[derive(Default)]
pub struct Log {
    pub executed: Vec<Executed>,
}

impl Log {
    /// The rows that were created with a title, and their place in the log.
    pub fn creates_of(&self, title: &str) -> Vec<(usize, &str)> {
        let of_title = |(place, executed): (usize, &'_ Executed)| match &executed.done {
            Done::Create { title: given, .. } if given == title => Some(place),
            _ => None,
        };
        let places = self.executed.iter().enumerate().filter_map(of_title);
        places.map(|place| (place, self.created_at(place))).collect()
    }

    fn created_at(&self, place: usize) -> &str {
        match &self.executed[place].done {
            Done::Create { id, .. } => id,
            other => unreachable!("{other:?} is no create"),
        }
    }

    /// How many rows were created with each title.
    pub fn creates(&self) -> BTreeMap<&str, usize> {
        let mut creates = BTreeMap::new();
        for executed in &self.executed {
            if let Done::Create { title, .. } = &executed.done {
                *creates.entry(title.as_str()).or_default() += 1;
            }
        }
        creates
    }

    /// Whether a row was given another title, moved or deleted between two places of the log, and by another machine than its author's: that one
    /// cannot find it by what it was created with.
    pub fn is_altered(&self, id: &str, from: usize, to: usize) -> bool {
        let author = self.executed[from].machine;
        self.executed[from..to].iter().filter(|executed| executed.machine != author).any(|executed| match &executed.done {
            Done::Patch { id: patched, fields } => patched == id && fields.contains_key("title"),
            Done::Delete { all, .. } | Done::Move { all, .. } => all.iter().any(|gone| gone == id),
            Done::Create { .. } | Done::Reorder { .. } | Done::Assign { .. } => false,
        })
    }

    /// Whether a row was deleted or moved to another set.
    pub fn is_gone(&self, id: &str) -> bool {
        self.executed.iter().any(|executed| match &executed.done {
            Done::Delete { all, .. } | Done::Move { all, .. } => all.iter().any(|gone| gone == id),
            _ => false,
        })
    }

    /// The values that fields of rows were given, in order: row, field, value, and the machine it came from.
    pub fn field_writes(&self) -> Vec<(String, &'static str, Value, usize)> {
        let mut writes = Vec::new();
        for Executed { machine, done, .. } in &self.executed {
            match done {
                Done::Create { id, title, .. } => writes.push((id.clone(), "title", Value::from(title.as_str()), *machine)),
                Done::Patch { id, fields } => {
                    if let Some(title) = fields.get("title").and_then(Value::as_str) {
                        writes.push((id.clone(), "title", Value::from(title.trim()), *machine));
                    }
                    for field in ["completed", "sortOrder"] {
                        if let Some(value) = fields.get(field) {
                            let value = value.as_f64().map_or(value.clone(), Value::from);
                            writes.push((id.clone(), field, value, *machine));
                        }
                    }
                }
                Done::Reorder { items } => {
                    writes.extend(items.iter().map(|(id, order)| (id.clone(), "sortOrder", Value::from(*order), *machine)));
                }
                Done::Delete { .. } | Done::Assign { .. } | Done::Move { .. } => {}
            }
        }
        writes
    }
}
