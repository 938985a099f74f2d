//! Which tab of a device may send: the one that holds the browser's lock, under an epoch that it raised in the database.
//!
//! The lock alone is not enough: a tab that was frozen may thaw after another has taken its place. So every transaction of the sender is
//! conditional on the epoch, and so is the beginning of every window.

use super::Engine;
use super::by_entity::ByEntity;
use super::io::{Effect, Now};
use super::loading::Loading;
use super::session::Session;
use super::timers::Timer;
use super::work::Work;

/// What this tab may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Store changes. Another tab sends them, if any does.
    #[default]
    Follower,
    /// As a follower; it has asked for the lock.
    Candidate,
    /// It has the lock, and raises the epoch.
    Rising,
    /// The epoch is its own; it reads what it has missed.
    Risen,
    /// Send.
    Leader,
}

impl Engine {
    /// Asks to be the tab that sends, once what is stored is loaded.
    pub(super) fn elect(&mut self) {
        if self.role == Role::Follower && self.loading == Loading::Done && matches!(self.session, Session::Following) {
            self.role = Role::Candidate;
            self.perform(Effect::Elect { by_force: false });
        }
    }

    /// Tells the other tabs that the database holds something new, and asks the one that leads whether it lives.
    pub(super) fn hint(&mut self, now: Now) {
        self.perform(Effect::Hint);
        self.timers.set(Timer::ReplyDeadline, self.patience.ask(now.mono));
    }

    pub(super) fn leader_lives(&mut self, now: Now) {
        self.timers.set(Timer::ReplyDeadline, self.patience.replied(now.mono));
    }

    /// Who sees the page wants to see what waits sent: a leader that does not reply is frozen, and this tab takes its place.
    pub(super) fn watch_leader(&mut self, now: Now) {
        let has_work = self.outbox.len() > self.outbox.wedged();
        if self.role != Role::Candidate || self.is_hidden || !has_work {
            self.timers.clear(Timer::ReplyDeadline);
        } else if !self.timers.is_set(Timer::ReplyDeadline) && !self.timers.is_set(Timer::ReplyVerdict) {
            if self.patience.ends(now.mono) {
                self.perform(Effect::Elect { by_force: true });
            }
            self.hint(now);
        }
    }

    pub(super) fn leadership(&mut self, is_leader: bool) {
        match (is_leader, self.role) {
            (true, Role::Candidate) => {
                self.role = Role::Rising;
                self.work.waiting.push_front(Work::Rise);
            }
            (true, Role::Follower) => self.perform(Effect::Resign), // It was taken back meanwhile.
            (false, Role::Rising | Role::Risen | Role::Leader) => self.depose(),
            (true, Role::Rising | Role::Risen | Role::Leader) | (false, Role::Follower | Role::Candidate) => {}
        }
    }

    /// The epoch is this tab's. Before it sends it has to know what the others have stored.
    pub(super) fn risen(&mut self, epoch: u64) {
        self.epoch = epoch;
        if self.role == Role::Rising {
            self.role = Role::Risen;
            self.is_stale = true;
            self.work.waiting.retain(|work| !matches!(work, Work::Rise)); // Of a lock that was lost and had again meanwhile.
        }
    }

    /// What the others have stored is known.
    pub(super) fn lead(&mut self, now: Now) {
        if self.role == Role::Risen {
            self.role = Role::Leader;
            self.load_held(None);
            self.session = Session::Waiting { retry_at: now.wall, probe: None };
            self.connect_if_wanted(now);
        }
    }

    /// Whether a piece of work is this tab's to do.
    pub(super) fn may_do(&self, work: &Work) -> bool {
        if matches!(work, Work::Rise) { self.role == Role::Rising } else { self.role == Role::Leader || !work.is_the_leaders() }
    }

    /// Gives way to another tab.
    pub(super) fn resign(&mut self) {
        if self.role != Role::Follower {
            self.role = Role::Follower;
            self.held = ByEntity::default();
            self.shelf = ByEntity::default();
            self.catch_up.push = None;
            self.timers.clear(Timer::Mature);
            self.work.waiting.retain(|work| !work.is_the_leaders());
            self.work.put_off.clear();
            self.perform(Effect::Resign);
        }
    }

    /// Another tab has taken the lead, by the lock or by the epoch.
    pub(super) fn depose(&mut self) {
        self.unlink();
        self.resign();
        if !matches!(self.session, Session::Idle | Session::Stopped(_)) {
            self.session = Session::Following;
        }
        self.elect();
    }
}
