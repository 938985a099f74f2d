//! What has to hold once a world is quiet.

use crate::machine::MachineId;
use crate::oracle::{Key, Stamp};
use crate::server::Kind;
use crate::tab::TabId;
use crate::world::World;
use crate::writing::Pushed;
use sealwire::engine::event;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::io::{Query, Reply};
use sealwire::engine::seal::Format;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::AddAssign;

/// Longest that a read may take, in milliseconds.
const READ_MS: u64 = 60_000;
/// Dials in a row before the pauses have reached their full length, and those that follow a command.
const DIALS_FREE: u64 = 40;
/// Average pause between dials is 15 s; a run of luck makes it shorter.
const MS_PER_DIAL: u64 = 3_000;

/// What a tab shows.
pub type Shown = BTreeMap<Key, (Stamp, String)>;

/// Broken promises, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Changes that were stored, and are neither with the server nor in an outbox, ended for no reason, or lose to what their author had seen.
    pub lost: usize,
    /// Changes that were told twice, or ended twice.
    pub doubled: usize,
    /// Tabs that show something else than the oracle, than their `change`s told, or than after a reload; and what a tab did although another
    /// one had become the one that sends.
    pub diverged: usize,
    /// Contents in the clear, on a wire or a disk.
    pub leaked: usize,
    /// Changes that wait although nothing hinders them, worlds that never came to rest or ended in a panic, and machines that dialled too
    /// often.
    pub stalled: usize,
}

impl Verdict {
    /// Whether it has a fault in common with another one.
    pub fn resembles(&self, other: &Self) -> bool {
        let both = |one: usize, other: usize| one > 0 && other > 0;
        both(self.lost, other.lost)
            || both(self.doubled, other.doubled)
            || both(self.diverged, other.diverged)
            || both(self.leaked, other.leaked)
            || both(self.stalled, other.stalled)
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.diverged += other.diverged;
        self.leaked += other.leaked;
        self.stalled += other.stalled;
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, doubled, diverged, leaked, stalled } = self;
        write!(f, "lost={lost} doubled={doubled} diverged={diverged} leaked={leaked} stalled={stalled}")
    }
}

impl World {
    /// All tabs show what the oracle does, and no promise was broken.
    pub fn assert_converged(&mut self) {
        let verdict = self.verdict();
        assert_eq!(verdict, Verdict::default(), "{}", self.trace());
    }

    /// Judges a quiet world. In the end a page of each machine was opened anew, without a connection.
    pub fn verdict(&mut self) -> Verdict {
        let machines: Vec<MachineId> = self.machine_ids().collect();
        Verdict {
            lost: self.lost_changes() + self.wronged.len(),
            leaked: self.leaks.len(),
            stalled: machines.iter().filter(|id| self.keeps_changes_back(**id) || self.dials_too_often(**id)).count(),
            diverged: self.fenced.len()
                + self.tabs_that_show_else()
                + machines.into_iter().filter(|id| self.overstates(*id) || self.shows_else_after_reload(*id)).count(),
            doubled: self.told_twice(),
        }
    }

    /// How many tabs show something else than the oracle, or than they told their app.
    pub fn tabs_that_show_else(&mut self) -> usize {
        let open: Vec<TabId> = self.tab_ids().filter(|id| self.tab(*id).is_open()).collect();
        open.into_iter().filter(|id| self.shows_else(*id)).count()
    }

    fn told_twice(&mut self) -> usize {
        let told = |id: TabId| self.tab(id).diary.doubled.iter().map(move |what| (id, what.clone()));
        let doubled: Vec<(TabId, String)> = self.tab_ids().flat_map(told).collect();
        doubled.iter().for_each(|(id, what)| self.note(*id, format_args!("was told twice: {what}")));
        doubled.len()
    }

    fn lost_changes(&mut self) -> usize {
        let ledgers = self.machines.iter().map(|machine| &machine.ledger);
        let kept: BTreeSet<&str> = ledgers.flat_map(|ledger| ledger.outbox.values()).map(|entry| entry.stamp.event_id()).collect();
        let changes = self.oracle.changes();
        let is_lost = |event_id: &&str| match changes.get(event_id) {
            Some((key, stamp, _)) => self.oracle.counts(stamp) && !kept.contains(event_id) && !self.server.has(key, stamp),
            // The app was told that it is stored, and it never was on a disk: there was nothing to change.
            None => {
                let Pushed { key, content, .. } = &self.pushes[*event_id];
                !changes.values().any(|(known, _, was)| **known == of_key(key) && *was == content)
            }
        };
        let told_stored = self.tabs.iter().flat_map(|tab| tab.diary.stored.values()).filter_map(|result| result.as_ref().ok());
        let all = told_stored.map(String::as_str).chain(changes.keys().copied());
        let lost: Vec<String> = all.filter(is_lost).map(str::to_owned).collect();
        lost.iter().for_each(|event_id| self.note(self.pushes[event_id].tab, format_args!("{event_id} is lost")));
        lost.len()
    }

    fn keeps_changes_back(&mut self, machine: MachineId) -> bool {
        let mut waiting: Vec<_> = self.machines[machine.0].ledger.outbox.values().filter(|entry| !entry.is_wedged).cloned().collect();
        // In the plain format nothing but its id tells a change from another, so one that the server has a newer of stays.
        let confirms_all = self.format == Format::SealedV1 || self.server.kind == Kind::Acks || self.server.kind.takes_pushes();
        waiting.retain(|entry| confirms_all || !self.server.has(&of_key(&entry.key), &of_stamp(&entry.stamp)));
        let Some(tab) = self.tabs_on(machine).next() else { return false };
        waiting.iter().for_each(|entry| self.note(tab, format_args!("still waits: {}", entry.stamp.event_id())));
        !waiting.is_empty()
    }

    pub fn dials_too_often(&self, machine: MachineId) -> bool {
        u64::from(self.machines[machine.0].dials) > DIALS_FREE + self.now / MS_PER_DIAL
    }

    fn shows_else(&mut self, id: TabId) -> bool {
        let shown = self.shown(id);
        let told = self.tab(id).diary.mirror.iter().map(|(key, told)| (of_key(key), told.as_ref().map(of_content)));
        let misled: Vec<_> = told.filter(|(key, told)| shown.get(key) != told.as_ref()).collect();
        for (key, told) in &misled {
            let (told, shown) = (event_id(told.as_ref()), event_id(shown.get(key)));
            self.note(id, format_args!("was told {told} and shows {shown} of {key:?}"));
        }
        self.differs(id, &shown) || !misled.is_empty()
    }

    fn differs(&mut self, id: TabId, shown: &Shown) -> bool {
        let expected = self.oracle.shown();
        let keys: BTreeSet<&Key> = shown.keys().chain(expected.keys()).filter(|key| shown.get(*key) != expected.get(*key)).collect();
        for key in &keys {
            let (shown, expected) = (event_id(shown.get(*key)), event_id(expected.get(*key)));
            self.note(id, format_args!("shows {shown} and not {expected} of {key:?}"));
        }
        !keys.is_empty()
    }

    /// Whether a head keeps the stamp of a change that was refused or has ended, and lifts all later ones by it.
    fn overstates(&mut self, machine: MachineId) -> bool {
        let overstated: Vec<EntityKey> = self.machines[machine.0].ledger.overstated().cloned().collect();
        let Some(tab) = self.tabs_on(machine).next() else { return false };
        overstated.iter().for_each(|key| self.note(tab, format_args!("the head of {key:?} speaks of a change that does not wait")));
        !overstated.is_empty()
    }

    fn shows_else_after_reload(&mut self, machine: MachineId) -> bool {
        let Some(id) = self.tabs_on(machine).next() else { return false };
        self.tab_mut(id).wants_connection = false;
        self.reload(id);
        let shown = self.shown(id);
        self.differs(id, &shown)
    }

    /// What a tab shows, as its app reads it.
    pub fn shown(&mut self, id: TabId) -> Shown {
        let mut shown = Shown::new();
        for entity_type in ["bookmark", "history", "group"] {
            if let Some(Reply::Entities(views)) = self.answer(id, Query::All(entity_type.into())) {
                shown.extend(views.into_iter().map(|view| (of_key(&view.key), (of_stamp(&view.stamp), view.data.0))));
            }
        }
        shown
    }

    /// The answer to a question; `None`: it failed.
    pub fn answer(&mut self, id: TabId, query: Query) -> Option<Reply> {
        let read = self.ask(id, query);
        let is_answered = self.run_until(READ_MS, |world| world.tab(id).diary.replies.contains_key(&read));
        assert!(is_answered, "no answer to a read\n{}", self.trace());
        self.tab_mut(id).diary.replies.remove(&read)?.ok()
    }

    /// A bookmark's content as a tab shows it.
    pub fn shown_bookmark(&mut self, id: TabId, bookmark: &str) -> Option<String> {
        self.shown(id).remove(&("bookmark".into(), bookmark.into())).map(|(_, content)| content)
    }
}

fn event_id(of: Option<&(Stamp, String)>) -> &str {
    of.map_or("nothing", |((_, _, event_id), _)| event_id)
}

/// In the oracle's terms.
pub fn of_key(key: &EntityKey) -> Key {
    (key.entity_type().to_string(), key.entity_id().to_string())
}

fn of_content((stamp, content): &(event::Stamp, String)) -> (Stamp, String) {
    (of_stamp(stamp), content.clone())
}

/// In the oracle's terms.
pub fn of_stamp(stamp: &event::Stamp) -> Stamp {
    (stamp.timestamp(), stamp.device_id().to_string(), stamp.event_id().to_string())
}
