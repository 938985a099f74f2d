//! What has to hold once a world is quiet. `outcomes` judges what became of each change.

use crate::diary::{Rows, rows_of};
use crate::machine::MachineId;
use crate::server::{Kind, date};
use crate::tab::TabId;
use crate::world::World;
use sealwire::rows::io::{Query, Reply};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::AddAssign;

/// Dials in a row before the pauses have reached their full length, and those that follow a command.
const DIALS_FREE: u64 = 60;
/// Average pause between dials is 15 s; a run of luck makes it shorter, and a stream may follow a socket.
const MS_PER_DIAL: u64 = 3_000;

/// Broken promises, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Changes that were stored, and are neither with the server, nor in an outbox, nor ended for a reason.
    pub lost: usize,
    /// Creates that were carried out twice for one change, or for a change that was not to be; changes that ended twice.
    pub doubled: usize,
    /// Tabs that show something else than the server has, than their `change`s told, than a mirror that asks what has changed since, or than
    /// after a reload; and temporary ids that do not lead to their row, also after a reload.
    pub diverged: usize,
    /// Fields that an older write of a device got back from a newer one of the same device.
    pub reverted: usize,
    /// Changes that told an app what it knew.
    pub flickered: usize,
    /// Writes that a machine sent while another of its writes was in the air.
    pub overlapped: usize,
    /// Changes that wait although nothing hinders them, worlds that never came to rest or ended in a panic, and machines that dialled too
    /// often.
    pub stalled: usize,
}

impl Verdict {
    fn counts(&self) -> [(&'static str, usize); 7] {
        let Self { lost, doubled, diverged, reverted, flickered, overlapped, stalled } = *self;
        [
            ("lost", lost),
            ("doubled", doubled),
            ("diverged", diverged),
            ("reverted", reverted),
            ("flickered", flickered),
            ("overlapped", overlapped),
            ("stalled", stalled),
        ]
    }

    /// Whether it has a fault in common with another one.
    pub fn resembles(&self, other: &Self) -> bool {
        self.counts().into_iter().zip(other.counts()).any(|((_, one), (_, other))| one > 0 && other > 0)
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.diverged += other.diverged;
        self.reverted += other.reverted;
        self.flickered += other.flickered;
        self.overlapped += other.overlapped;
        self.stalled += other.stalled;
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.counts().iter().map(|(name, count)| format!("{name}={count}")).collect();
        f.write_str(&counts.join(" "))
    }
}

impl World {
    /// All tabs show what the server has, and no promise was broken.
    pub fn assert_converged(&mut self) {
        let verdict = self.verdict();
        assert_eq!(verdict, Verdict::default(), "{}", self.trace());
    }

    /// Judges a quiet world. In the end a page of each machine was opened anew, without a connection.
    pub fn verdict(&mut self) -> Verdict {
        let machines: Vec<MachineId> = self.machine_ids().collect();
        let open: Vec<TabId> = self.tab_ids().filter(|id| self.tab(*id).is_open()).collect();
        let verdict = Verdict {
            lost: self.lost_changes(),
            doubled: self.doubled_creates() + self.ended_twice(),
            reverted: self.reverted_fields(),
            flickered: self.flickers(),
            overlapped: self.overlapping.len(),
            stalled: machines.iter().filter(|id| self.keeps_changes_back(**id) || self.dials_too_often(**id)).count(),
            diverged: open.iter().filter(|id| self.shows_else(**id)).count() + self.dead_aliases(),
        };
        let diverged = machines.into_iter().filter(|id| self.shows_else_after_reload(*id)).count() + self.dead_aliases();
        Verdict { diverged: verdict.diverged + diverged, ..verdict }
    }

    fn ended_twice(&mut self) -> usize {
        let told = |id: TabId| self.tab(id).diary.doubled.iter().map(move |what| (id, what.clone()));
        let doubled: Vec<(TabId, String)> = self.tab_ids().flat_map(told).collect();
        doubled.iter().for_each(|(id, what)| self.note(*id, format_args!("was told twice: {what}")));
        doubled.len()
    }

    fn flickers(&mut self) -> usize {
        let told = |id: TabId| self.tab(id).diary.flickers.iter().map(move |what| (id, what.clone()));
        let flickers: Vec<(TabId, String)> = self.tab_ids().flat_map(told).collect();
        flickers.iter().for_each(|(id, what)| self.note(*id, format_args!("was told {what}")));
        flickers.len()
    }

    fn keeps_changes_back(&mut self, machine: MachineId) -> bool {
        let open: Vec<TabId> = self.tabs_on(machine).into_iter().filter(|id| self.tab(*id).is_open()).collect();
        let waiting: Vec<(TabId, usize)> = open.into_iter().map(|id| (id, self.tab(id).status().pending)).collect();
        let waiting: Vec<_> = waiting.into_iter().filter(|(_, pending)| *pending > 0).collect();
        waiting.iter().for_each(|(id, pending)| self.note(*id, format_args!("{pending} still wait")));
        !waiting.is_empty()
    }

    pub fn dials_too_often(&self, machine: MachineId) -> bool {
        u64::from(self.machines[machine.0].dials) > DIALS_FREE + self.now / MS_PER_DIAL
    }

    /// Whether a tab shows something else than the server has, or than it told its app.
    fn shows_else(&mut self, id: TabId) -> bool {
        self.catch_up(id);
        let shown = self.shown(id);
        let diary = &self.tab(id).diary;
        let mirrors = [("told", diary.mirror.clone()), ("told, when asked,", Some(diary.since.1.clone()))];
        let mut is_other = self.differs(id, &shown);
        for (how, mirror) in mirrors {
            let Some(mirror) = mirror else {
                self.note(id, format_args!("never answered its app's first read"));
                is_other = true;
                continue;
            };
            for key in keys(&shown, &mirror).into_iter().filter(|key| shown.get(key) != mirror.get(key)) {
                let [told, shown] = [mirror.get(&key), shown.get(&key)].map(|row| row.map(Value::to_string).unwrap_or_default());
                self.note(id, format_args!("was {how} of {key}: {told}; and shows: {shown}"));
                is_other = true;
            }
        }
        is_other
    }

    fn differs(&mut self, id: TabId, shown: &Rows) -> bool {
        let (set, kind) = (self.machine(id).set.clone(), self.server.kind);
        let expected: BTreeMap<String, Gist> =
            self.server.rows_of(&set).into_iter().map(|(id, todo)| (id.to_owned(), Gist::of(&self.server.row(id, todo), kind))).collect();
        let shown: BTreeMap<String, Gist> = shown.iter().map(|(id, row)| (id.clone(), Gist::of(row, kind))).collect();
        let other: Vec<String> = keys(&shown, &expected).into_iter().filter(|key| shown.get(key) != expected.get(key)).collect();
        for key in &other {
            let (shown, expected) = (shown.get(key), expected.get(key));
            self.note(id, format_args!("shows of {key}: {shown:?}; and the server has: {expected:?}"));
        }
        !other.is_empty()
    }

    fn shows_else_after_reload(&mut self, machine: MachineId) -> bool {
        let Some(id) = self.tabs_on(machine).first().copied() else { return false };
        self.tab_mut(id).wants_connection = false;
        self.reload(id);
        let shown = self.shown(id);
        self.differs(id, &shown)
    }

    /// What a tab shows, as its app reads it.
    pub fn shown(&mut self, id: TabId) -> Rows {
        match self.answer(id, Query::All) {
            Some(Reply::Rows(views)) => rows_of(&views),
            other => panic!("{other:?} instead of the rows\n{}", self.trace()),
        }
    }

    /// The titles that a tab shows, in the order of the alphabet.
    pub fn titles(&mut self, id: TabId) -> Vec<String> {
        let mut titles: Vec<String> = self.shown(id).values().map(|row| row["title"].as_str().unwrap_or("?").to_owned()).collect();
        titles.sort();
        titles
    }

    /// A row as a tab shows it.
    pub fn row(&mut self, tab: TabId, id: &str) -> Option<Value> {
        match self.answer(tab, Query::One(id.to_owned())) {
            Some(Reply::Rows(views)) => rows_of(&views).into_values().next(),
            other => panic!("{other:?} instead of a row\n{}", self.trace()),
        }
    }
}

fn keys<T>(one: &BTreeMap<String, T>, other: &BTreeMap<String, T>) -> BTreeSet<String> {
    one.keys().chain(other.keys()).cloned().collect()
}

/// What counts of a row.
#[derive(Debug, PartialEq)]
struct Gist {
    parent: Option<String>,
    author: Option<String>,
    title: Option<String>,
    completed: Option<bool>,
    order: Option<f64>,
    people: BTreeSet<String>,
    updated_at: Option<String>,
}

impl Gist {
    fn of(row: &Value, kind: Kind) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let assignees = row["assignees"].as_array().map(|people| people.iter().filter_map(|person| text(&person["userId"])).collect());
        Self {
            parent: text(&row["parentId"]),
            author: text(&row["userId"]),
            title: text(&row["title"]),
            completed: row["completed"].as_bool(),
            order: row["sortOrder"].as_f64(),
            people: assignees.unwrap_or_else(|| text(&row["claimedBy"]).into_iter().collect()),
            updated_at: row["updatedAt"].as_u64().map(|wall| date(wall, kind)).or(text(&row["updatedAt"])).map(|date| instant(&date)),
        }
    }
}

/// A date in the one form of both.
fn instant(date: &str) -> String {
    date.trim_end_matches('Z').replace(' ', "T")
}
