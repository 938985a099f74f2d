//! What has to hold once a world is quiet. `outcomes` judges what became of each change, `reading` what users were told of conflicts.

use crate::crypto::Key;
use crate::diary::{Rows, rows_of};
use crate::machine::MachineId;
use crate::server::{Deed, SEALED, Table};
use crate::tab::TabId;
use crate::world::World;
use sealwire::rows::io::{Query, Reply};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::AddAssign;

/// Dials in a row before the pauses have reached their full length, and those that follow a command.
const DIALS_FREE: u64 = 60;
/// Average pause between dials is 15 s; a run of luck makes it shorter.
const MS_PER_DIAL: u64 = 3_000;
/// Transactions that each change may take, and each second.
const COMMITS_PER_CHANGE: u64 = 60;

/// Broken promises, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Changes that were stored, and are neither with the server, nor in an outbox, nor ended for a reason.
    pub lost: usize,
    /// Creates that were carried out twice for one change; changes that ended twice.
    pub doubled: usize,
    /// Versions of a note on the server whose ciphertext and `iv` do not match.
    pub mixed: usize,
    /// Writes over what another device had saved, the page had read and the user had not seen, of which nobody was told.
    pub untold: usize,
    /// Texts that left a page in the clear.
    pub leaked: usize,
    /// Frames that should not have been sent: before the token was looked at, two updates of a note at once, too many, too large.
    pub misspoken: usize,
    /// Tabs that show something else than the server has, than their `change`s told, than a mirror that asks what has changed since, or than
    /// after a reload; and temporary ids that do not lead to their row, also after a reload.
    pub diverged: usize,
    /// Texts that an older write of a device got back from a newer one of the same device.
    pub reverted: usize,
    /// Changes that told an app what it knew.
    pub flickered: usize,
    /// Requests to write that a machine sent while another of them was in the air.
    pub overlapped: usize,
    /// Changes that wait although nothing hinders them, worlds that never came to rest or ended in a panic, and machines that dialled or wrote
    /// too often.
    pub stalled: usize,
}

impl Verdict {
    fn counts(&self) -> [(&'static str, usize); 11] {
        let Self { lost, doubled, mixed, untold, leaked, misspoken, diverged, reverted, flickered, overlapped, stalled } = *self;
        [
            ("lost", lost),
            ("doubled", doubled),
            ("mixed", mixed),
            ("untold", untold),
            ("leaked", leaked),
            ("misspoken", misspoken),
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
        self.mixed += other.mixed;
        self.untold += other.untold;
        self.leaked += other.leaked;
        self.misspoken += other.misspoken;
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
            mixed: self.mixed_rows(),
            untold: self.untold_conflicts(),
            leaked: self.leaks.len(),
            misspoken: self.misspoken.len() + self.server.violations.len(),
            reverted: self.reverted_texts(),
            flickered: self.flickers(),
            overlapped: self.overlapping.len(),
            stalled: machines.iter().filter(|id| self.keeps_changes_back(**id) || self.is_busy(**id)).count(),
            diverged: open.iter().filter(|id| self.shows_else(**id)).count() + self.dead_aliases(),
        };
        for violation in self.server.violations.clone() {
            self.note(TabId(0), format_args!("the server objects to {violation}"));
        }
        let diverged = machines.into_iter().filter(|id| self.shows_else_after_reload(*id)).count() + self.dead_aliases();
        Verdict { diverged: verdict.diverged + diverged, ..verdict }
    }

    fn mixed_rows(&mut self) -> usize {
        let is_sealed = |row: &Map<String, Value>| row.get("title").is_some_and(|title| title == SEALED);
        let is_mixed = |row: &Map<String, Value>| Key::Right.open_row(row).is_err() && Key::Wrong.open_row(row).is_err();
        let notes = self.server.log.executed.iter().filter(|executed| executed.table == Table::Notes && is_sealed(&executed.row));
        let mixed: Vec<String> = notes.filter(|executed| is_mixed(&executed.row)).map(|executed| executed.id.clone()).collect();
        mixed.iter().for_each(|id| self.note(TabId(0), format_args!("{id} was a row whose iv and ciphertext do not match")));
        mixed.len()
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

    /// Whether a machine dialled too often, or wrote too much on its disk.
    fn is_busy(&mut self, id: MachineId) -> bool {
        let machine = &self.machines[id.0];
        let (dials, commits) = (u64::from(machine.dials), u64::from(machine.commits));
        let changes = self.pushes.len() + self.server.log.executed.len() + 10;
        let is_busy = dials > DIALS_FREE + self.now / MS_PER_DIAL || commits > COMMITS_PER_CHANGE * changes as u64 + self.now / MS_PER_DIAL;
        if is_busy {
            self.note(TabId(0), format_args!("machine {} dialled {dials} times and wrote {commits} times", id.0));
        }
        is_busy
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
        let expected = self.rows_of(&self.machine(id).user, self.machine(id).key);
        let shown: Gists = shown.iter().map(|(key, row)| (key.clone(), gist(row.as_object().expect("a row"), None))).collect();
        let other: Vec<String> = keys(&shown, &expected).into_iter().filter(|key| shown.get(key) != expected.get(key)).collect();
        for key in &other {
            let (shown, expected) = (shown.get(key), expected.get(key));
            self.note(id, format_args!("shows of {key}: {shown:?}; and the server has: {expected:?}"));
        }
        !other.is_empty()
    }

    /// What a user's app is to show.
    fn rows_of(&self, user: &str, key: Key) -> Gists {
        let notes = self.server.notes.iter().filter(|(_, row)| row["deleted"] != true).map(|(id, row)| (format!("note/{id}"), row));
        let folders = self.server.folders.iter().map(|(id, row)| (format!("folder/{id}"), row));
        notes.chain(folders).filter(|(_, row)| row["userId"] == user).map(|(id, row)| (id, gist(row, Some(key)))).collect()
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

    /// A row as a tab shows it.
    pub fn row(&mut self, tab: TabId, id: &str) -> Option<Value> {
        match self.answer(tab, Query::One(id.to_owned())) {
            Some(Reply::Rows(views)) => rows_of(&views).into_values().next(),
            other => panic!("{other:?} instead of a row\n{}", self.trace()),
        }
    }

    /// Notes that the server was asked to make.
    pub fn posts(&self) -> usize {
        self.server.log.executed.iter().filter(|executed| executed.deed == Deed::Create && executed.machine != usize::MAX).count()
    }
}

fn keys<T>(one: &BTreeMap<String, T>, other: &BTreeMap<String, T>) -> BTreeSet<String> {
    one.keys().chain(other.keys()).cloned().collect()
}

/// What counts of a row, by name.
type Gists = BTreeMap<String, BTreeMap<&'static str, String>>;

fn gist(row: &Map<String, Value>, key: Option<Key>) -> BTreeMap<&'static str, String> {
    let names = ["archived", "hidden", "starred", "folderId", "parentId", "name", "title", "content", "userId", "unreadable"];
    let mut gist: BTreeMap<&'static str, String> =
        names.into_iter().filter_map(|name| Some((name, row.get(name).filter(|value| !value.is_null())?.to_string()))).collect();
    if let Some(date) = row.get("updatedAt").and_then(Value::as_str) {
        gist.insert("updatedAt", date.trim_end_matches('Z').replace(' ', "T"));
    }
    if let Some(key) = key.filter(|_| row.get("title").is_some_and(|title| title == SEALED)) {
        gist.remove("title");
        gist.remove("content");
        match key.open_row(row) {
            Ok((title, content)) => gist.extend([("title", Value::from(title).to_string()), ("content", Value::from(content).to_string())]),
            Err(_) => drop(gist.insert("unreadable", "true".into())),
        }
    }
    gist
}
