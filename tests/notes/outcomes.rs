//! What became of each change: whether it was carried out, and how often.

use crate::crypto::Key;
use crate::machine::MachineId;
use crate::server::{Deed, Executed, Table};
use crate::tab::TabId;
use crate::verbs::Pushed;
use crate::world::World;
use sealwire::engine::io::{Decision, Standing};
use sealwire::engine::notice::Outcome;
use sealwire::rows::io::Verb;
use serde_json::Value;
use std::collections::BTreeMap;

/// Milliseconds that a change of another tab may take to be stored.
const STORED_WITHIN_MS: u64 = 10_000;
/// The names of a note's texts.
const TEXTS: [&str; 2] = ["title", "content"];

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
        let machine = self.tab(pushed.tab).machine;
        let is_forgotten = |id: &str| {
            let is_it = |create: &&Pushed| create.verb == Verb::Create && create.id == id && create.is_forgotten;
            self.pushes.values().any(|create| is_it(&create))
        };
        if is_forgotten(&pushed.id) {
            return None; // The machine has lost which row that is.
        }
        let decided = |decision| self.appeals.values().any(|appeal| appeal.event_id == event_id && appeal.decision == decision);
        match outcome {
            Outcome::Confirmed => (!self.is_carried_out(pushed)).then_some("is confirmed, and was never carried out"),
            Outcome::Superseded => (!self.is_overtaken(pushed)).then_some("is superseded, and by nothing"),
            Outcome::Unchanged => {
                let wrong = pushed.verb == Verb::Update && !self.is_carried_out(pushed);
                wrong.then_some("is no change, and the server has something else")
            }
            Outcome::Cancelled => {
                (pushed.verb == Verb::Create && !self.ids_of(machine, &pushed.id).is_empty()).then_some("was taken back, and carried out")
            }
            Outcome::Discarded => {
                let is_refused =
                    self.tabs_of(pushed.tab).iter().any(|id| self.tab(*id).diary.rejected.iter().any(|it| it.event_id == event_id));
                (!decided(Decision::Discard) && !is_refused).then_some("was given up by nobody")
            }
        }
    }

    /// The ids that the server has given to a row; of a temporary one none, or as many as it was created.
    pub fn ids_of(&self, machine: MachineId, key: &str) -> Vec<String> {
        let of_row = |pushed: &&Pushed| pushed.id == key && pushed.verb == Verb::Create && self.tab(pushed.tab).machine == machine;
        let Some(create) = self.pushes.values().find(of_row) else {
            return vec![key.split_once('/').expect("a key").1.to_owned()];
        };
        let creates = self.creates().into_iter().filter(|(executed, name)| executed.machine == machine.0 && *name == name_of(create));
        creates.map(|(executed, _)| executed.id.clone()).collect()
    }

    /// Rows that were made, with the name of each: a folder's own, a note's title.
    fn creates(&self) -> Vec<(&Executed, String)> {
        let creates = self.server.log.executed.iter().filter(|executed| executed.deed == Deed::Create);
        creates
            .filter_map(|executed| Some((executed, value_in(executed, if executed.table == Table::Notes { "title" } else { "name" })?)))
            .collect()
    }

    fn is_carried_out(&self, pushed: &Pushed) -> bool {
        let ids = self.ids_of(self.tab(pushed.tab).machine, &pushed.id);
        let is_gone = |id: &String| !self.server.notes.contains_key(id) && !self.server.folders.contains_key(id);
        match pushed.verb {
            Verb::Create => !ids.is_empty(),
            Verb::Update => {
                ids.iter().all(is_gone)
                    || self.fields_of(pushed).iter().all(|(name, value)| self.has_had(&ids, name, value) || self.is_outdone(pushed, name))
            }
            // Of a row that was made twice because nobody could find the first one is deleted.
            _ => {
                ids.is_empty()
                    || ids.iter().any(|id| {
                        is_gone(id) || self.server.notes.get(id).is_some_and(|row| row["deleted"] == true) || self.was_deleted(id)
                    })
            }
        }
    }

    fn was_deleted(&self, id: &str) -> bool {
        self.server.log.executed.iter().any(|executed| executed.id == id && executed.deed == Deed::Delete)
    }

    /// The fields that a change gives, as the server knows them; folders by all the ids that are meant.
    fn fields_of(&self, pushed: &Pushed) -> Vec<(String, Vec<Value>)> {
        let machine = self.tab(pushed.tab).machine;
        let fields = pushed.data.as_object().into_iter().flatten();
        let meant = |name: &str, value: &Value| match value.as_str() {
            Some(folder) if name == "folderId" || name == "parentId" => {
                self.ids_of(machine, &format!("folder/{folder}")).into_iter().map(Value::from).collect()
            }
            _ => vec![value.clone()],
        };
        fields.map(|(name, value)| (name.clone(), meant(name, value))).collect()
    }

    /// Whether a row has a value, or had it.
    fn has_had(&self, ids: &[String], name: &str, values: &[Value]) -> bool {
        let versions = self.server.log.executed.iter().filter(|executed| ids.contains(&executed.id));
        versions.into_iter().any(|executed| {
            let value = if TEXTS.contains(&name) { value_in(executed, name).map(Value::from) } else { executed.row.get(name).cloned() };
            value.is_some_and(|value| values.contains(&value))
        })
    }

    /// Whether a newer change of the same machine gives the same field a value.
    fn is_outdone(&self, pushed: &Pushed, name: &str) -> bool {
        self.newer_than(pushed).any(|newer| newer.data.get(name).is_some())
    }

    fn newer_than<'a>(&'a self, pushed: &'a Pushed) -> impl Iterator<Item = &'a Pushed> {
        let machine = self.tab(pushed.tab).machine;
        let ids = self.ids_of(machine, &pushed.id);
        // Two tabs may store in another order than they push; one that is frozen stores what it was given when it thaws.
        let stored_at = |other: &Pushed| other.stored_at.unwrap_or(other.pushed_at + STORED_WITHIN_MS);
        self.pushes.values().filter(move |other| {
            let is_later = other.push > pushed.push || other.tab != pushed.tab && stored_at(other) >= pushed.pushed_at;
            let is_same = other.id == pushed.id || self.ids_of(machine, &other.id).iter().any(|id| ids.contains(id));
            self.tab(other.tab).machine == machine && other.push != pushed.push && is_later && is_same
        })
    }

    /// Whether something newer of the same machine took a change's place, or its row is gone.
    fn is_overtaken(&self, pushed: &Pushed) -> bool {
        self.newer_than(pushed).next().is_some()
            || self.ids_of(self.tab(pushed.tab).machine, &pushed.id).iter().any(|id| self.was_deleted(id))
    }

    /// Creates that were carried out more often than they were pushed. Who created a note and does not know it finds it by its iv, or a folder by
    /// its name, and cannot once another device has saved it.
    pub fn doubled_creates(&mut self) -> usize {
        let mut allowed: BTreeMap<String, usize> = BTreeMap::new();
        for pushed in self.pushes.values().filter(|pushed| pushed.verb == Verb::Create && !self.is_refused_by_disk(pushed)) {
            *allowed.entry(name_of(pushed)).or_default() += 1;
        }
        let mut made: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
        let executed = &self.server.log.executed;
        for (place, executed) in executed.iter().enumerate().filter(|(_, it)| it.deed == Deed::Create && it.machine != usize::MAX) {
            let name = value_in(executed, if executed.table == Table::Notes { "title" } else { "name" });
            made.entry(name.unwrap_or_default()).or_default().push((executed.id.clone(), place));
        }
        let is_hidden = |id: &str, from: usize, to: usize| {
            let is_other =
                |it: &Executed| it.id == id && (it.given.contains_key("iv") || it.given.contains_key("name") || it.deed == Deed::Delete);
            executed[from + 1..to].iter().any(is_other)
        };
        let mut doubled = Vec::new();
        for (name, places) in made {
            let hidden = places.windows(2).filter(|pair| is_hidden(&pair[0].0, pair[0].1, pair[1].1)).count();
            if places.len() > allowed.get(&name).copied().unwrap_or(0) + hidden {
                doubled.push(format!("{name} was created {} times: {places:?}", places.len()));
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
            let is_there = self.server.notes.get(id).is_some_and(|row| row["deleted"] != true) || self.server.folders.contains_key(id);
            if !is_there || self.was_altered_by_others(machine, id) {
                continue;
            }
            for tab in self.tabs_on(machine).into_iter().filter(|tab| self.tab(*tab).is_open()).collect::<Vec<_>>() {
                let found = self.row(tab, &pushed.id).map(|row| row["id"].clone());
                if found != Some(Value::from(id.as_str())) {
                    self.note(tab, format_args!("finds {found:?} under {} instead of {id}", pushed.id));
                    dead += 1;
                }
            }
        }
        dead
    }

    /// Whether a row was changed by another machine so that its author could not find it.
    fn was_altered_by_others(&self, machine: MachineId, id: &str) -> bool {
        self.server.log.executed.iter().any(|executed| executed.id == id && executed.machine != machine.0 && executed.deed != Deed::Create)
    }

    /// Texts whose last value is from an older change of a device than another one that was confirmed before.
    pub fn reverted_texts(&mut self) -> usize {
        let mut reverted = Vec::new();
        for id in self.server.notes.keys().cloned().collect::<Vec<_>>() {
            for name in TEXTS {
                let versions: Vec<(&Executed, String)> = self.versions(&id, name);
                for pair in versions.windows(2).filter(|pair| pair[0].1 != pair[1].1) {
                    let [(_, before), (writer, after)] = pair else { unreachable!() };
                    // What another device writes over it, having read the row a moment before, nobody can prevent.
                    let is_mine = |pushed: &Pushed| self.tab(pushed.tab).machine.0 == writer.machine && pushed.verb == Verb::Update;
                    let of_value = |value: &str| self.pushes.iter().find(|(_, pushed)| is_mine(pushed) && pushed.data[name] == *value);
                    let (Some((event_id, older)), Some((newer_id, newer))) = (of_value(after), of_value(before)) else { continue };
                    let is_older = self.renewed_at(event_id, older).is_some_and(|stored_at| newer.pushed_at >= stored_at);
                    if is_older && !older.is_forgotten && self.is_confirmed(newer_id, newer) {
                        reverted.push((older.tab, format!("{name} of {id} is of {event_id} again, and not of {newer_id}")));
                    }
                }
            }
        }
        reverted.iter().for_each(|(tab, what)| self.note(*tab, format_args!("{what}")));
        reverted.len()
    }

    /// The texts that a note had, one after the other.
    fn versions(&self, id: &str, name: &str) -> Vec<(&Executed, String)> {
        let saved = self.server.log.executed.iter().filter(|executed| executed.id == id && executed.given.contains_key("iv"));
        saved.filter_map(|executed| Some((executed, value_in(executed, name)?))).collect()
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

/// A row's name: a folder's own, a note's title.
fn name_of(pushed: &Pushed) -> String {
    pushed.data["name"].as_str().or(pushed.data["title"].as_str()).unwrap_or_default().to_owned()
}

/// A field of a row as it was then, opened.
fn value_in(executed: &Executed, name: &str) -> Option<String> {
    if TEXTS.contains(&name) && executed.row.get("title").is_some_and(|title| title == crate::server::SEALED) {
        let (title, content) = Key::Right.open_row(&executed.row).ok()?;
        return Some(if name == "title" { title } else { content });
    }
    executed.row.get(name)?.as_str().map(str::to_owned)
}
