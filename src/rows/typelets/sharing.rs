//! What the tab that has the connection has to know of the others: that one of them is seen, and which notes it wants to hear of. Each writes it into
//! the database, and again from time to time; what is old is of a tab that is gone.

use super::{Task, Timer, Typelets};
use crate::engine::io::Now;
use crate::engine::storage::{Read, Row, StorageFailure, Store, seq_key};
use crate::rows::Engine;
use crate::rows::committing::Work;
use crate::rows::electing::Role;
use crate::rows::io::Effect;
use crate::rows::json::{Fields, Value, parse_object, take_list, text_of};
use crate::rows::session::Session;

/// What the keys begin with, in [`Store::Meta`].
const PREFIX: &str = "tab/";
/// Milliseconds after which a tab that is seen says so again.
const EVERY_MS: u64 = 300_000;
/// Milliseconds after which a tab that does not is gone. The clocks are one.
const GONE_MS: u64 = 2 * EVERY_MS;
/// Most tabs that are read.
const MOST_TABS: u32 = 64;

/// What is known of other tabs, and what they were told.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// Keys of notes that tabs which are seen want to hear of.
    pub(super) wanted: Vec<String>,
    /// One of them is seen.
    pub(super) is_seen: bool,
    /// What this tab has written, and when, on the wall clock.
    told: Option<(Vec<String>, u64)>,
}

impl Engine<Typelets> {
    fn tab_key(&self) -> String {
        [PREFIX, &seq_key(self.own.config.seed)].concat()
    }

    /// Writes down what this tab wants of the one that has the connection, where that has changed.
    pub(super) fn share(&mut self, now: Now) {
        if !self.is_ready {
            return;
        }
        let asks = self.is_visible && matches!(self.session, Session::Following);
        let wanted = self.own.joins.wanted();
        let is_fresh = |(told, at): &(Vec<String>, u64)| told == wanted && now.wall < at + EVERY_MS && *at <= now.wall;
        match (&self.own.sharing.told, asks) {
            (Some(told), true) if is_fresh(told) => {}
            (None, false) => {}
            (_, true) => {
                let wanted = wanted.to_vec();
                let keys = Value::Array(wanted.iter().map(|key| key.as_str().into()).collect());
                let text = text_of(&Fields::from([("at", Value::Number(now.wall.to_string())), ("wanted", keys)]));
                self.commits.queue(Work::Keep { key: self.tab_key(), text: Some(text) });
                self.own.sharing.told = Some((wanted, now.wall));
                self.arm(Timer::Share, now.mono + EVERY_MS);
            }
            (Some(_), false) => {
                self.commits.queue(Work::Keep { key: self.tab_key(), text: None });
                self.own.sharing.told = None;
                self.disarm(Timer::Share);
            }
        }
    }

    /// The tab that has the connection looks what the others want.
    pub(super) fn read_shared(&mut self) {
        if self.role == Role::Leader {
            let task = self.begin(crate::rows::Task::Own(Task::FindTabs));
            self.perform(Effect::Read { task, read: Read::Page { store: Store::Meta, after: Some(PREFIX.to_owned()), limit: MOST_TABS } });
        }
    }

    pub(super) fn shared(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let Ok(rows) = rows else { return };
        let (mut wanted, mut is_seen) = (Vec::new(), false);
        for (key, text) in rows.into_iter().filter(|(key, _)| key.starts_with(PREFIX)) {
            match read_tab(&text).filter(|(at, _)| now.wall < at.saturating_add(GONE_MS)) {
                Some((_, keys)) => {
                    is_seen = true;
                    wanted.extend(keys);
                }
                None => self.commits.queue(Work::Keep { key, text: None }),
            }
        }
        let was_seen = std::mem::replace(&mut self.own.sharing.is_seen, is_seen);
        self.own.sharing.wanted = wanted;
        if was_seen != is_seen {
            self.poll_later(now);
        }
    }
}

fn read_tab(text: &[u8]) -> Option<(u64, Vec<String>)> {
    let mut fields = parse_object(std::str::from_utf8(text).ok()?)?;
    let wanted = take_list(&mut fields, "wanted")?;
    let keys = wanted.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    match fields.remove("at")? {
        Value::Number(at) => Some((at.parse().ok()?, keys)),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tab_wrote_is_read() {
        let read = |text: &str| read_tab(text.as_bytes());
        assert_eq!(read(r#"{"at":7,"wanted":["note/a","note/b"]}"#), Some((7, vec!["note/a".into(), "note/b".into()])));
        for damaged in ["", "{}", r#"{"at":7}"#, r#"{"at":"7","wanted":[]}"#, r#"{"at":-1,"wanted":[]}"#, r#"{"wanted":[]}"#] {
            assert_eq!(read(damaged), None, "{damaged}");
        }
    }
}
