//! From the outbox to the wire, within the window.

use super::dialect::{RemoteEvent, bitmarks};
use super::electing::Role;
use super::event::{Operation, Stamp};
use super::ids::{Generation, Seq};
use super::io::{Effect, Now};
use super::notice::{KeyCheck, Outcome};
use super::outbox::{EntryState, NextWindow};
use super::planted::{self, Fault};
use super::session::{Session, Stage};
use super::storage::{Read, Row, StorageFailure, Store, number_of, seq_key};
use super::timers::Timer;
use super::work::{Asker, Known, Work};
use super::{Engine, ErrorCode, Task, meta};

impl Engine {
    /// Begins the next window of what waits, as far as the window and the socket's buffer allow.
    ///
    /// A window is begun by a transaction that only the tab that sends can make, and is sent when that is written.
    pub(super) fn flush(&mut self, now: Now) {
        let Session::Linked(link) = &self.session else { return };
        let is_blocked = link.pulse.is_full() || link.is_beginning || self.key_check == KeyCheck::Unknown;
        if link.stage != Stage::Live || is_blocked {
            return;
        }
        if self.holds.sends > now.mono {
            return self.timers.set_earlier(Timer::Resend, self.holds.sends);
        }
        match self.outbox.next_window(self.suspicion.window, &self.suspicion.suspects()) {
            NextWindow::Ready(mut seqs) => {
                let generation = link.generation;
                seqs.retain(|seq| !self.is_renewed_instead(now, *seq));
                if !seqs.is_empty() {
                    self.queue(Work::Begin { generation, seqs });
                    self.set_beginning(true);
                }
            }
            NextWindow::NeedBodies(seqs) => {
                if !self.is_loading_bodies() {
                    self.load_bodies(&seqs);
                }
            }
            NextWindow::Nothing if link.is_leaving => {
                if !self.outbox.has_waiting() && !self.has_pushes_under_way() {
                    self.leave_now();
                }
            }
            NextWindow::Nothing => {}
        }
    }

    /// Whether the app wants no connection, or none any more.
    pub(super) fn is_leaving(&self) -> bool {
        match &self.session {
            Session::Idle => true,
            Session::Linked(link) => link.is_leaving,
            Session::Following | Session::Stopped(_) | Session::Waiting { .. } => false,
        }
    }

    pub(super) fn leave_now(&mut self) {
        if matches!(&self.session, Session::Linked(link) if link.is_leaving) {
            self.disconnect();
        }
    }

    fn set_beginning(&mut self, is_beginning: bool) {
        if let Session::Linked(link) = &mut self.session {
            link.is_beginning = is_beginning;
        }
    }

    /// What was never attempted and is stamped too far ahead of a clock that is known would be refused: it is stamped anew. Of an entity only
    /// the newest: the others end when it takes its place.
    fn is_renewed_instead(&mut self, now: Now, seq: Seq) -> bool {
        let newest = self.outbox.get(seq).and_then(|entry| self.outbox.newest_of(&entry.key));
        let is_newest = newest.is_some_and(|(newest, _)| newest == seq);
        let was_attempted = seq.0 <= self.attempted;
        let is_ahead = is_newest && !was_attempted && self.is_too_far_ahead(now, seq);
        if is_ahead {
            self.renew_for_the_clock(now, seq);
            return true;
        }
        // What was sealed under a key that has been replaced since is sealed anew, as long as nobody can have seen it.
        let body = self.outbox.get(seq).filter(|entry| !entry.was_sent).and_then(|entry| entry.body.as_deref());
        let is_retired = !was_attempted && body.is_some_and(|body| self.is_retired(body));
        if is_retired {
            self.outbox.land(seq, EntryState::Resting(u64::MAX));
            self.renew(now, seq, Asker::Ring);
        }
        is_retired
    }

    pub(super) fn is_too_far_ahead(&self, now: Now, seq: Seq) -> bool {
        let (Some(limit), Some(entry)) = (self.clock.latest_valid(now.wall), self.outbox.get(seq)) else { return false };
        // Where the entity itself is ahead, a lower stamp would lose to it.
        entry.stamp.timestamp() > limit && self.sent_timestamp(&entry.key, Some(seq)) < limit
    }

    pub(super) fn renew_for_the_clock(&mut self, now: Now, seq: Seq) {
        self.outbox.land(seq, EntryState::Resting(u64::MAX)); // Until the next connection, should this come to nothing.
        self.renew(now, seq, Asker::Clock);
    }

    /// A window may be sent, if its connection is still there.
    pub(super) fn window_has_begun(&mut self, now: Now, generation: Generation, seqs: &[Seq]) {
        let before = Seq(self.attempted);
        self.attempted = seqs.iter().map(|seq| seq.0).max().unwrap_or(0).max(self.attempted);
        let Session::Linked(link) = &mut self.session else { return };
        if link.generation != generation {
            return;
        }
        link.is_beginning = false;
        if link.stage != Stage::Live {
            return;
        }
        self.suspicion.window_begins();
        let mut bytes = 0;
        for seq in seqs {
            if let Some((event, digest)) = self.outbox.send(*seq) {
                self.counts.resends += u64::from(*seq <= before);
                let mut event = self.on_the_outside(event);
                if planted::has(Fault::NewIdOnResend) && *seq <= before {
                    event.stamp = Stamp::new(event.stamp.timestamp(), event.stamp.device_id(), &[event.stamp.event_id(), "_"].concat());
                }
                if planted::has(Fault::RemoveOnSend) {
                    self.confirm(*seq, Known::AsSent(None), Outcome::Confirmed);
                }
                let text = bitmarks::write_sync(&self.config.user_id, &event, &digest);
                bytes += text.len();
                self.perform(Effect::SendFrame { generation, text });
            }
        }
        if self.outbox.in_flight() > 0
            && let Session::Linked(link) = &mut self.session
        {
            link.pulse.sent(now.mono, bytes);
        }
        self.catch_up.fruitless = 0;
        self.look_for_unconfirmed(now);
    }

    /// An event as this server is to see it.
    pub(super) fn on_the_outside(&self, event: RemoteEvent) -> RemoteEvent {
        let is_hidden_delete = self.strips_deletes && event.operation == Operation::Delete;
        RemoteEvent { operation: if is_hidden_delete { Operation::Update } else { event.operation }, ..event }
    }

    fn is_loading_bodies(&self) -> bool {
        self.tasks.iter().any(|(_, task)| matches!(task, Task::LoadBodies))
    }

    fn load_bodies(&mut self, seqs: &[Seq]) {
        let keys = seqs.iter().map(|seq| (Store::Outbox, seq_key(seq.0))).collect();
        let task = self.begin(Task::LoadBodies);
        self.perform(Effect::Read { task, read: Read::Values { keys } });
    }

    pub(super) fn bodies_loaded(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        let rows = rows.unwrap_or_default();
        if rows.is_empty() {
            return self.lose_connection(now, ErrorCode::StorageFailed);
        }
        for (key, record) in rows {
            if let Some(seq) = number_of(&key) {
                self.outbox.supply_body(Seq(seq), &record);
            }
        }
    }

    pub(super) fn resend(&mut self, now: Now) {
        if let Some(next) = self.outbox.wake_due(now.mono) {
            self.timers.set(Timer::Resend, next);
        }
    }

    /// What is held back is to be sent at once; whether there was any. The tab that sends may be another one, which is told by the database.
    pub(super) fn hold_nothing_back(&mut self) -> bool {
        let last = self.outbox.release(u64::MAX);
        if let Some(last) = last
            && self.role != Role::Leader
        {
            self.queue(Work::Raise { key: meta::RELEASED, value: last.0 });
        }
        last.is_some()
    }

    /// The state of an entry that was just stored.
    pub(super) fn debounced(&mut self, now: Now) -> EntryState {
        if self.config.debounce == 0 {
            return EntryState::Waiting;
        }
        let until = now.mono + self.config.debounce;
        self.timers.set_earlier(Timer::Resend, until);
        EntryState::Debounced(until)
    }
}
