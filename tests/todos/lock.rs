//! What the shell does for the tabs of a machine: the lock that makes one of them the leader, and the channel by which they hint at news.

use crate::luck::Fault;
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::rows::io::Input;
use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;

/// Milliseconds until a tab hears that it has the lock, or has it no more.
const HEARS_AFTER: RangeInclusive<u64> = 1..=20;
/// Milliseconds that a hint takes.
const HINT_TAKES: RangeInclusive<u64> = 1..=30;
/// Milliseconds that a late one takes.
const LATE_HINT_TAKES: RangeInclusive<u64> = 500..=10_000;

/// One for each machine. Those who wait get it in their order.
#[derive(Default)]
pub struct Lock {
    pub holder: Option<TabId>,
    queue: VecDeque<TabId>,
    /// Counts the times that it was given.
    grants: u64,
    /// When the last holder hears that it is.
    pub heard_at: u64,
    /// When it was stolen by tabs whose hint got no reply.
    pub stolen_at: Vec<u64>,
    /// The last grant that each tab gave back, so that it does not hear of it any more.
    returned: BTreeMap<TabId, u64>,
}

impl Lock {
    pub fn is_outdated(&self, tab: TabId, grant: u64) -> bool {
        self.returned.get(&tab).is_some_and(|returned| *returned >= grant)
    }
}

impl World {
    pub fn elect(&mut self, id: TabId) {
        let lock = &mut self.machine_mut(id).lock;
        if lock.holder != Some(id) && !lock.queue.contains(&id) {
            lock.queue.push_back(id);
        }
        self.grant(id);
    }

    /// A tab takes the lock, whoever has it.
    pub fn elect_by_force(&mut self, id: TabId) {
        self.resign(id);
        let now = self.now;
        let lock = &mut self.machine_mut(id).lock;
        lock.queue.push_front(id);
        lock.stolen_at.push(now);
        self.take(id, HEARS_AFTER);
        self.grant(id);
    }

    /// A tab gives the lock back, or does not want it any more.
    pub fn resign(&mut self, id: TabId) {
        let lock = &mut self.machine_mut(id).lock;
        lock.queue.retain(|other| *other != id);
        lock.holder.take_if(|holder| *holder == id);
        lock.returned.insert(id, lock.grants);
        self.grant(id);
    }

    /// The lock of a tab's machine is taken from its holder, who hears of it a little later, or when it thaws; never before it heard that it
    /// had the lock.
    pub fn steal(&mut self, id: TabId) {
        self.steal_heard_after(id, HEARS_AFTER);
    }

    /// The same with so many milliseconds until its holder hears of it.
    pub fn steal_heard_after(&mut self, id: TabId, millis: RangeInclusive<u64>) {
        if self.take(id, millis) {
            self.luck.count(Fault::Steal);
            self.grant(id);
        }
    }

    /// Whether anybody had it.
    fn take(&mut self, id: TabId, millis: RangeInclusive<u64>) -> bool {
        let lock = &mut self.machine_mut(id).lock;
        let heard_at = lock.heard_at;
        let Some(holder) = lock.holder.take() else { return false };
        self.note(holder, format_args!("loses the lock"));
        self.disturb(id);
        let at = self.now.max(heard_at) + self.luck.within(millis);
        self.schedule_input(at, holder, Input::Leader(false));
        true
    }

    fn grant(&mut self, id: TabId) {
        let lock = &mut self.machine_mut(id).lock;
        if lock.holder.is_some() {
            return;
        }
        let Some(next) = lock.queue.pop_front() else { return };
        lock.holder = Some(next);
        lock.grants += 1;
        let grant = lock.grants;
        let (at, run) = (self.now + self.luck.within(HEARS_AFTER), self.tab(next).run);
        self.machine_mut(id).lock.heard_at = at;
        self.schedule(at, Happening::Granted { tab: next, run, grant });
    }

    /// Tells the other tabs of the machine. A frozen one will never hear of it; the one that has the lock replies.
    pub fn hint(&mut self, from: TabId) {
        for id in self.others_awake(from) {
            for takes in self.copies_over_the_channel() {
                self.schedule_input(self.now + takes, id, Input::Hinted);
                if self.machine(id).lock.holder == Some(id) {
                    for back in self.copies_over_the_channel() {
                        self.schedule_input(self.now + takes + back, from, Input::LeaderLives);
                    }
                }
            }
        }
    }

    /// A tab that has got the lock tells the others, so that none of them takes it for the one before.
    pub fn say_that_it_leads(&mut self, from: TabId) {
        for id in self.others_awake(from) {
            for takes in self.copies_over_the_channel() {
                self.schedule_input(self.now + takes, id, Input::LeaderLives);
            }
        }
    }

    fn others_awake(&self, from: TabId) -> Vec<TabId> {
        self.tabs_of(from).into_iter().filter(|id| *id != from && self.tab(*id).is_awake()).collect()
    }

    /// After so many milliseconds each copy of a message comes.
    fn copies_over_the_channel(&mut self) -> Vec<u64> {
        let takes = self.luck.within(HINT_TAKES);
        if !self.luck.strikes(Fault::HintLost) {
            return vec![takes];
        }
        match self.luck.within(0..=2) {
            0 => Vec::new(),
            1 => vec![self.luck.within(LATE_HINT_TAKES)],
            _ => vec![takes, self.luck.within(LATE_HINT_TAKES)],
        }
    }
}
