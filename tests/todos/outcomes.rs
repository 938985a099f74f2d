//! What became of each change: whether it was carried out, and how often.

use crate::machine::MachineId;
use crate::server::Done;
use crate::tab::TabId;
use crate::verbs::Pushed;
use crate::world::World;
use sealwire::engine::io::{Decision, Standing};
use sealwire::engine::notice::Outcome;
use sealwire::rows::io::{Query, Reply, Verb};
use serde_json::Value;
use std::collections::BTreeMap;

/// Milliseconds that a change of another tab may take to be stored.
const STORED_WITHIN_MS: u64 = 10_000;

/// What a change does to fields of rows.
type FieldWrite = (String, &'static str, Value);

impl World {
    /// Changes that were stored and vanished, or ended for no reason.
    pub fn lost_changes(&mut self) -> usize {
        let event_ids: Vec<String> = self.pushes.keys().cloned().collect();
        let mut lost = 0;
        for event_id in event_ids {
            let pushed = self.pushes[&event_id].clone();
            let tabs = self.tabs_of(pushed.tab);
            let Some(asked) = tabs.iter().copied().find(|id| self.tab(*id).is_open()) else { continue };
            let standing = self.standing(asked, &event_id);
            let told = tabs.iter().find_map(|id| self.tab(*id).diary.settled.get(&event_id).copied());
            let wrong = match (standing, told) {
                _ if pushed.is_forgotten => None,
                (None, None) => {
                    let may_say_nothing = matches!(pushed.verb, Verb::Update | Verb::Delete);
                    pushed.stored_at.filter(|_| pushed.was_queued || !may_say_nothing).map(|_| "has vanished")
                }
                (Some(Standing::Pending), Some(_)) => Some("ended, and waits"),
                (Some(Standing::Ended(kept)), Some(told)) if kept != told => Some("ended in two ways"),
                (Some(Standing::Ended(outcome)), _) | (None, Some(outcome)) => self.objection(&event_id, &pushed, outcome),
                (Some(Standing::Pending), None) => None,
            };
            if let Some(wrong) = wrong {
                lost += 1;
                self.note(pushed.tab, format_args!("{event_id} {wrong}: {:?} of {:?} {}", pushed.verb, pushed.id, pushed.data));
            }
        }
        lost
    }

    /// What speaks against an end.
    fn objection(&self, event_id: &str, pushed: &Pushed, outcome: Outcome) -> Option<&'static str> {
        let items = pushed.data["items"].as_array().into_iter().flatten();
        let ids: Vec<&str> = items.filter_map(|item| item["id"].as_str()).chain([pushed.id.as_str()]).collect();
        let is_of_row = |create: &&Pushed| create.verb == Verb::Create && ids.contains(&create.id.as_str());
        if self.pushes.values().filter(is_of_row).any(|create| create.is_forgotten) {
            return None; // The machine has lost which row that is.
        }
        let is_done = self.is_carried_out(pushed);
        let decided = |decision| self.appeals.values().any(|appeal| appeal.event_id == event_id && appeal.decision == decision);
        match outcome {
            Outcome::Confirmed => (!is_done).then_some("is confirmed, and was never carried out"),
            Outcome::Superseded => (!self.is_overtaken(pushed)).then_some("is superseded, and by nothing"),
            Outcome::Unchanged => {
                let title = title_of(&pushed.data).filter(|_| pushed.verb == Verb::Update);
                let is_known = |title: &String| self.server.log.field_writes().iter().any(|(.., value, _)| value.as_str() == Some(title));
                title.is_some_and(|title| !is_known(&title)).then_some("is no change, and the server has something else")
            }
            // A row that is dropped takes along what waits for it, so who decided may have spoken of another change.
            Outcome::Cancelled => (pushed.verb == Verb::Create && is_done).then_some("was taken back, and carried out"),
            Outcome::Discarded => {
                let is_refused =
                    self.tabs_of(pushed.tab).iter().any(|id| self.tab(*id).diary.rejected.iter().any(|it| it.event_id == event_id));
                (!decided(Decision::Discard) && !is_refused).then_some("was given up by nobody")
            }
        }
    }

    /// The ids that the server has given to a row; of a temporary one none, or as many as it was created.
    pub fn ids_of(&self, machine: MachineId, id: &str) -> Vec<String> {
        let of_row = |pushed: &&Pushed| pushed.id == id && self.tab(pushed.tab).machine == machine;
        let is_temporary = self.pushes.values().filter(of_row).any(|pushed| pushed.verb == Verb::Create);
        if !is_temporary {
            return vec![id.to_owned()];
        }
        let titles = self.pushes.values().filter(of_row).filter_map(|pushed| title_of(&pushed.data));
        let created = titles.flat_map(|title| self.server.log.creates_of(&title));
        let own = created.filter(|(place, _)| self.server.log.executed[*place].machine == machine.0);
        own.map(|(_, id)| id.to_owned()).collect()
    }

    fn is_carried_out(&self, pushed: &Pushed) -> bool {
        let machine = self.tab(pushed.tab).machine;
        let ids = self.ids_of(machine, &pushed.id);
        let log = &self.server.log;
        // What another machine has brought about need not be done again.
        let has = |is_it: &dyn Fn(&Done) -> bool| log.executed.iter().any(|executed| is_it(&executed.done));
        match pushed.verb {
            Verb::Create => !ids.is_empty(),
            Verb::Update | Verb::Reorder => {
                let writes = log.field_writes();
                let wanted = self.field_writes_of(pushed);
                let is_written = |(id, field, value): &FieldWrite| {
                    let row = self.server.todos.get(id).map(|todo| self.server.row(id, todo));
                    let is_there =
                        row.is_none_or(|row| row[*field] == *value || row[*field].as_f64().is_some_and(|it| Some(it) == value.as_f64()));
                    is_there
                        || *field == "completed" && *value == false
                        || writes.iter().any(|(row, name, given, _)| row == id && name == field && given == value)
                };
                wanted.is_empty() || wanted.iter().any(is_written) || wanted.iter().any(|(id, ..)| log.is_gone(id))
            }
            Verb::Delete => ids.iter().any(|id| log.is_gone(id)) || ids.iter().all(|id| !self.server.todos.contains_key(id)),
            // What never was has left, too.
            Verb::Move => ids.iter().any(|id| log.is_gone(id)) || ids.is_empty(),
            Verb::Claim | Verb::Assign => {
                let is_as_created = pushed.data["claimed"] == false || pushed.data["assignees"].as_array().is_some_and(Vec::is_empty);
                is_as_created
                    || has(&|done| matches!(done, Done::Assign { id, .. } if ids.contains(id)))
                    || ids.iter().any(|id| log.is_gone(id))
            }
        }
    }

    /// Whether something newer of the same machine took a change's place, or its row is gone.
    fn is_overtaken(&self, pushed: &Pushed) -> bool {
        let machine = self.tab(pushed.tab).machine;
        let ids = self.ids_of(machine, &pushed.id);
        let above = self.temporary_rows_above(machine, pushed);
        let concerns = |other: &Pushed| {
            other.id == pushed.id
                || other.verb == Verb::Delete && above.contains(&other.id)
                || other.verb == Verb::Reorder
                || pushed.verb == Verb::Reorder
                || self.ids_of(machine, &other.id).iter().any(|id| ids.contains(id))
        };
        // Two tabs may store in another order than they push; one that is frozen stores what it was given when it thaws.
        let stored_at = |other: &Pushed| other.stored_at.unwrap_or(other.pushed_at + STORED_WITHIN_MS);
        let is_newer = |other: &&Pushed| {
            let is_later = other.push > pushed.push || other.tab != pushed.tab && stored_at(other) >= pushed.pushed_at;
            self.tab(other.tab).machine == machine && other.push != pushed.push && is_later
        };
        ids.iter().any(|id| self.server.log.is_gone(id)) || self.pushes.values().filter(is_newer).any(concerns)
    }

    /// The rows above one that a change is about, as far as they were made on this machine as well.
    fn temporary_rows_above(&self, machine: MachineId, pushed: &Pushed) -> Vec<String> {
        let made = |id: &str| {
            let is_it = |other: &&Pushed| other.verb == Verb::Create && other.id == id && self.tab(other.tab).machine == machine;
            self.pushes.values().find(is_it)
        };
        let mut above: Vec<String> = Vec::new();
        while let Some(parent) = made(above.last().unwrap_or(&pushed.id)).and_then(|create| create.data["parentId"].as_str()) {
            above.push(parent.to_owned());
        }
        above
    }

    /// The fields that a change gives values, on each row that it can mean.
    fn field_writes_of(&self, pushed: &Pushed) -> Vec<FieldWrite> {
        let machine = self.tab(pushed.tab).machine;
        let of_row = |id: &str, field: &'static str, value: Value| {
            self.ids_of(machine, id).into_iter().map(move |id| (id, field, value.clone())).collect::<Vec<_>>()
        };
        match pushed.verb {
            Verb::Create | Verb::Update => {
                let title = title_of(&pushed.data).map(Value::from);
                let completed = pushed.data.get("completed").cloned();
                let order = pushed.data["sortOrder"].as_f64().map(Value::from);
                let fields = [("title", title), ("completed", completed), ("sortOrder", order)];
                fields.into_iter().filter_map(|(field, value)| Some(of_row(&pushed.id, field, value?))).flatten().collect()
            }
            Verb::Reorder => {
                let items = pushed.data["items"].as_array().expect("items");
                let write = |item: &Value| of_row(item["id"].as_str().expect("an id"), "sortOrder", item["sortOrder"].as_f64().into());
                items.iter().flat_map(write).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Creates that were carried out more often than they were pushed. Who created a row and does not know it finds it by its title and its
    /// parent, and cannot once another device has changed that.
    pub fn doubled_creates(&mut self) -> usize {
        let mut allowed: BTreeMap<String, usize> = BTreeMap::new();
        for pushed in self.pushes.values().filter(|pushed| !self.is_refused_by_disk(pushed)) {
            title_of(&pushed.data).into_iter().for_each(|title| *allowed.entry(title).or_default() += 1);
        }
        let mut doubled = Vec::new();
        for (title, count) in self.server.log.creates() {
            let creates = self.server.log.creates_of(title);
            let hidden = creates.windows(2).filter(|pair| self.server.log.is_altered(pair[0].1, pair[0].0, pair[1].0)).count();
            if count > allowed.get(title).copied().unwrap_or(0) + hidden {
                doubled.push(format!("{title} was created {count} times: {creates:?}"));
            }
        }
        doubled.iter().for_each(|what| self.note(TabId(0), format_args!("{what}")));
        doubled.len()
    }

    /// Whether an app was told that its change is not stored.
    fn is_refused_by_disk(&self, pushed: &Pushed) -> bool {
        self.tab(pushed.tab).diary.stored.get(&pushed.push).is_some_and(Result::is_err)
    }

    /// Temporary ids that do not lead to their row.
    pub fn dead_aliases(&mut self) -> usize {
        let creates: Vec<Pushed> =
            self.pushes.values().filter(|pushed| pushed.verb == Verb::Create && !pushed.is_forgotten).cloned().collect();
        let mut dead = 0;
        for pushed in creates {
            let machine = self.tab(pushed.tab).machine;
            let [id] = &self.ids_of(machine, &pushed.id)[..] else { continue };
            let is_there = self.server.todos.get(id).is_some_and(|todo| todo.set == self.machines[machine.0].set);
            if !is_there || self.was_hidden(id) {
                continue;
            }
            for tab in self.tabs_on(machine).into_iter().filter(|tab| self.tab(*tab).is_open()).collect::<Vec<_>>() {
                let found = match self.answer(tab, Query::One(pushed.id.clone())) {
                    Some(Reply::Rows(views)) => views.into_iter().map(|view| (view.id, view.former_id)).collect::<Vec<_>>(),
                    other => panic!("{other:?} is no row"),
                };
                if found != [(id.clone(), Some(pushed.id.clone()))] {
                    self.note(tab, format_args!("finds {found:?} under {} instead of {id}", pushed.id));
                    dead += 1;
                }
            }
        }
        dead
    }

    /// Whether a row was changed by another machine so that its author could not find it.
    fn was_hidden(&self, id: &str) -> bool {
        let log = &self.server.log;
        let place = log.executed.iter().position(|executed| matches!(&executed.done, Done::Create { id: created, .. } if created == id));
        place.is_some_and(|place| log.is_altered(id, place, log.executed.len()))
    }

    /// Fields whose last value is from an older change of a device than another one that was confirmed before.
    pub fn reverted_fields(&mut self) -> usize {
        let writes = self.server.log.field_writes();
        let last: BTreeMap<(&str, &str), (&Value, usize)> =
            writes.iter().map(|(id, field, value, machine)| ((id.as_str(), *field), (value, *machine))).collect();
        let mut reverted = Vec::new();
        for ((id, field), (value, machine)) in last.into_iter().filter(|((_, field), _)| *field != "completed") {
            let mine: Vec<(&String, &Pushed, Value)> = self.writers_of(MachineId(machine), id, field);
            // Who has lost the database does not know what was sent before.
            let is_author = |(_, pushed, given): &&(&String, &Pushed, Value)| given == value && !pushed.is_forgotten;
            let Some((event_id, author, _)) = mine.iter().find(is_author) else { continue };
            let Some(stored_at) = self.renewed_at(event_id, author) else { continue };
            let is_newer = |(newer, pushed, given): &&(&String, &Pushed, Value)| {
                newer != event_id
                    && pushed.pushed_at >= stored_at
                    && self.is_confirmed(newer, pushed)
                    && writes.iter().any(|(row, name, written, _)| row == id && *name == field && written == given)
            };
            if let Some((newer, ..)) = mine.iter().find(is_newer) {
                reverted.push((author.tab, format!("{field} of {id} is of {event_id} again, and not of {newer}")));
            }
        }
        reverted.iter().for_each(|(tab, what)| self.note(*tab, format_args!("{what}")));
        reverted.len()
    }

    /// A machine's changes of a field of a row, and the values that they gave it.
    fn writers_of(&self, machine: MachineId, id: &str, field: &str) -> Vec<(&String, &Pushed, Value)> {
        // What is created a second time is another row.
        let own = self.pushes.iter().filter(|(_, pushed)| self.tab(pushed.tab).machine == machine && pushed.verb != Verb::Create);
        let value_of = |pushed: &Pushed| {
            let writes = self.field_writes_of(pushed);
            writes.into_iter().find(|(row, name, _)| row == id && *name == field).map(|(.., value)| value)
        };
        own.filter_map(|(event_id, pushed)| Some((event_id, pushed, value_of(pushed)?))).collect()
    }

    /// When a change was stored, or asked for again after it was refused.
    fn renewed_at(&self, event_id: &str, pushed: &Pushed) -> Option<u64> {
        let tabs = self.tabs_of(pushed.tab);
        let is_refused = tabs.iter().any(|id| self.tab(*id).diary.rejected.iter().any(|refusal| refusal.event_id == event_id));
        // What depends on a refused change is asked for again with it.
        let retried = |event: &str| self.pushes.get(event).is_some_and(|pushed| tabs.contains(&pushed.tab));
        let again = self.appeals.values().filter(|appeal| is_refused && appeal.decision == Decision::Retry && retried(&appeal.event_id));
        Some(pushed.stored_at?.max(again.filter_map(|appeal| appeal.granted_at).max().unwrap_or(0)))
    }

    fn is_confirmed(&self, event_id: &str, pushed: &Pushed) -> bool {
        self.tabs_of(pushed.tab).iter().any(|id| self.tab(*id).diary.settled.get(event_id) == Some(&Outcome::Confirmed))
    }
}

/// A title as the server keeps it.
fn title_of(data: &Value) -> Option<String> {
    data.get("title").and_then(Value::as_str).map(|title| title.trim().to_owned())
}
