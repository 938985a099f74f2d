//! Which tab of the device sends: one that holds the lock, and whose epoch is the database's.

use super::committing::Work;
use super::dialect::Dialect;
use super::io::Effect;
use super::planted::{self, Fault};
use super::session::Session;
use super::{Engine, Timer};
use crate::engine::io::Now;

/// Where this tab stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// It follows.
    #[default]
    Follower,
    /// It has asked for the lock.
    Candidate,
    /// It has the lock, and raises the epoch.
    Rising,
    /// The epoch is its own; it reads what it has missed.
    Risen,
    /// It sends.
    Leader,
}

impl Role {
    /// Whether the epoch is its own.
    pub(super) fn is_set(self) -> bool {
        matches!(self, Self::Risen | Self::Leader)
    }
}

impl<D: Dialect> Engine<D> {
    /// Asks to be the tab that sends, once what is stored is loaded.
    pub(super) fn elect(&mut self) {
        if self.role == Role::Follower && self.is_ready && matches!(self.session, Session::Following) {
            self.role = Role::Candidate;
            if planted::has(Fault::NoLock) {
                self.role = Role::Rising;
                return self.commits.queue(Work::Rise);
            }
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
        let has_work = self.outbox.count() > self.outbox.wedged();
        if self.role != Role::Candidate || !self.is_visible || !has_work {
            self.timers.clear(Timer::ReplyDeadline);
        } else if !self.timers.is_set(Timer::ReplyDeadline) && !self.timers.is_set(Timer::ReplyVerdict) {
            if self.patience.ends(now.mono) {
                self.perform(Effect::Elect { by_force: true });
            }
            self.hint(now);
        }
    }

    pub(super) fn leadership(&mut self, _: Now, is_leader: bool) {
        match (is_leader, self.role) {
            (true, Role::Candidate) => {
                self.role = Role::Rising;
                self.commits.queue(Work::Rise);
            }
            (true, Role::Follower) => self.perform(Effect::Resign), // It was taken back meanwhile.
            (false, Role::Rising | Role::Risen | Role::Leader) => self.depose(),
            (true, Role::Rising | Role::Risen | Role::Leader) | (false, Role::Follower | Role::Candidate) => {}
        }
    }

    /// The epoch is this tab's. Before it sends it has to know what the others have stored.
    pub(super) fn risen(&mut self) {
        self.epoch += 1;
        if self.role == Role::Rising {
            self.role = Role::Risen;
            self.is_stale = true;
        }
    }

    /// What the others have stored is known.
    pub(super) fn lead(&mut self, now: Now) {
        if self.role == Role::Risen {
            self.role = Role::Leader;
            self.commits.queue(Work::Sweep);
            self.find_haunted(now);
            self.start_session(now);
        }
    }

    /// Gives way to another tab.
    pub(super) fn resign(&mut self) {
        if self.role != Role::Follower {
            let was_set = self.role.is_set();
            self.role = Role::Follower;
            self.commits.drop_the_senders();
            self.commits.resume();
            self.sending.rests.clear();
            D::resigned(self);
            if was_set && !planted::has(Fault::UnsavedIsKept) {
                // What this tab learnt and did not store, nobody else knows.
                self.table.drop_unsaved();
                self.refresh.start_over();
                self.is_stale = true;
            }
            self.perform(Effect::Resign);
        }
    }

    /// Another tab has taken the lead, by the lock or by the epoch.
    pub(super) fn depose(&mut self) {
        D::unlink(self);
        self.resign();
        if !matches!(self.session, Session::Idle | Session::Stopped) {
            self.session = Session::Following;
        }
        self.elect();
    }
}
