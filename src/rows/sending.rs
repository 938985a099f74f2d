//! Which change is sent next, and what has to wait: for an older one of the same row, for one that rests, for a copy that was given up.

use super::by_id::Ids;
use super::committing::Work;
use super::dialect::{Dialect, Operation};
use super::electing::Role;
use super::io::Effect;
use super::outbox::Reason;
use super::planted::{self, Fault};
use super::session::Session;
use super::{Engine, FIRST_DELAY_MS, Task, Timer, meta};
use crate::engine::backoff::Backoff;
use crate::engine::ids::Seq;
use crate::engine::io::Now;
use crate::engine::notice::{AccountCheck, Outcome};
use crate::engine::storage::{Read, Row, StorageFailure, Store, counter_value};

/// Milliseconds after which nothing is carried out any more that was given up.
pub(super) const LATEST_MS: u64 = 30_000;
/// Milliseconds between two looks: as much as has passed, within these.
const LOOK_EVERY_MS: std::ops::RangeInclusive<u64> = 500..=8_000;
/// Milliseconds that a write lives at most: until it is given up, and then.
const HAUNTED_MS: u64 = 60_000;

/// What stands in the way.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) ghosts: Vec<Ghost>,
    /// Until when, on the monotonic clock, what another tab gave up may be carried out; `None`: not known yet.
    pub(super) haunted_until: Option<u64>,
    /// The last epoch in which this tab sent.
    led_epoch: u64,
    pub(super) rests: Vec<Rest>,
    pub(super) backoff: Backoff,
}

impl Sending {
    /// `seed`: as of [`Backoff::new`].
    pub(super) fn new(seed: u64) -> Self {
        Self { ghosts: Vec::new(), haunted_until: None, led_epoch: 0, rests: Vec::new(), backoff: Backoff::new(seed) }
    }
}

/// A copy of a write that was given up and may still be carried out, until then: what comes after it to the same row has to wait.
#[derive(Debug)]
pub(super) struct Ghost {
    pub(super) of: Vec<Seq>,
    pub(super) ids: Vec<String>,
    pub(super) until: u64,
}

/// Writes that failed and are tried again, not before then; others may pass. They were looked for.
#[derive(Debug)]
pub(super) struct Rest {
    pub(super) seqs: Vec<Seq>,
    pub(super) until: u64,
}

/// When to look again for what may be carried out until a moment, on the monotonic clock.
pub(super) fn next_look(now: Now, dead_at: u64) -> u64 {
    let left = dead_at.saturating_sub(now.mono);
    let passed = LATEST_MS.saturating_sub(left).clamp(*LOOK_EVERY_MS.start(), *LOOK_EVERY_MS.end());
    now.mono + passed.min(left)
}

impl<D: Dialect> Engine<D> {
    /// Whether it was done or not: a copy may still be carried out until then, and what comes after it to these rows waits as long.
    pub(super) fn haunt(&mut self, now: Now, seqs: &[Seq], ids: Vec<String>, dead_at: u64) {
        self.commits.queue(Work::Haunt { until: now.wall + dead_at.saturating_sub(now.mono) });
        if !planted::has(Fault::GhostsForgotten) {
            self.sending.ghosts.push(Ghost { of: seqs.to_vec(), ids, until: dead_at });
        }
    }

    /// Whether anything may be sent now.
    pub(super) fn may_write(&self) -> bool {
        let is_connected = self.role == Role::Leader && matches!(self.session, Session::Active(_));
        let is_ours = self.account != AccountCheck::Unknown || planted::has(Fault::AccountNotChecked);
        is_connected && is_ours && self.is_online && self.is_ready && !self.is_held_off()
    }

    /// The next change to send. Where there is none, a timer says when there may be.
    pub(super) fn next_write(&mut self, now: Now) -> Option<Seq> {
        if (self.is_stale || !self.refresh.is_settled()) && !planted::has(Fault::SendsUnread) {
            return None; // Another tab may have stored something older.
        }
        if self.sending.haunted_until.is_none_or(|until| until > now.mono) {
            return None; // What another tab gave up may yet be carried out.
        }
        self.sending.ghosts.retain(|ghost| ghost.until > now.mono);
        let is_live = |seq: &Seq| self.outbox.get(*seq).is_some_and(|entry| entry.reason().is_none());
        self.sending.rests.retain(|rest| rest.seqs.iter().any(is_live));
        let next = self.next_to_send(now);
        if next.is_none() {
            let times = self.sending.ghosts.iter().map(|ghost| ghost.until).chain(self.sending.rests.iter().map(|rest| rest.until));
            if let Some(due) = times.filter(|until| *until > now.mono).min() {
                self.timers.set(Timer::Write, due);
            }
        }
        next
    }

    /// Those that rested with a change, which are sent again together.
    pub(super) fn take_rest(&mut self, seq: Seq) -> Option<Vec<Seq>> {
        let place = self.sending.rests.iter().position(|rest| rest.seqs.contains(&seq))?;
        Some(self.sending.rests.swap_remove(place).seqs)
    }

    /// The oldest entry that nothing stands in the way of.
    fn next_to_send(&self, now: Now) -> Option<Seq> {
        let mut blocked = Ids::default();
        for (seq, entry) in self.outbox.live() {
            let rests = self.sending.rests.iter().any(|rest| rest.until > now.mono && rest.seqs.contains(&seq));
            let is_haunted =
                |id: &str| self.sending.ghosts.iter().any(|ghost| !ghost.of.contains(&seq) && ghost.ids.iter().any(|other| other == id));
            let is_free = |id: &str| !blocked.contains(id) && !is_haunted(id);
            if !rests && entry.touches().all(|id| is_free(self.aliases.resolve(id))) {
                return Some(seq);
            }
            if !planted::has(Fault::OlderIsPassed) {
                blocked.extend(entry.touches().map(|id| self.aliases.resolve(id)));
            }
        }
        None
    }

    /// Changes have ended. Of updates that went together, one of which the later ones left nothing was not carried out.
    pub(super) fn settle_all(&mut self, seqs: Vec<Seq>, outcome: Outcome) {
        let mut said = Ids::default();
        let mut ended = Vec::new();
        for seq in seqs.into_iter().rev() {
            let Some(entry) = self.outbox.get(seq) else { continue };
            let is_lost = entry.op.says().is_some_and(|fields| {
                let is_lost = fields.iter().all(|name| said.contains(name));
                said.extend(fields.iter());
                is_lost
            });
            ended.push((seq, if is_lost { Outcome::Superseded } else { outcome }));
        }
        ended.reverse();
        self.commits.queue(Work::Settle { ended, untold: Vec::new(), born: None });
    }

    /// The server refuses changes; what depends on them cannot be sent either.
    pub(super) fn refuse_all(&mut self, seqs: &[Seq], words: String) {
        let mut reasons: Vec<(Seq, Reason)> = Vec::new();
        for seq in seqs {
            let Some(event_id) = self.outbox.get(*seq).map(|entry| entry.event_id.clone()) else { continue };
            let alone = planted::has(Fault::DependantsGoOn);
            for dependant in if alone { vec![*seq] } else { self.outbox.with_dependants(*seq) } {
                let blocked_by = (dependant != *seq).then(|| event_id.clone());
                if !reasons.iter().any(|(known, _)| *known == dependant) {
                    reasons.push((dependant, Reason { words: words.clone(), blocked_by }));
                }
            }
        }
        self.commits.queue(Work::Wedge { reasons });
    }

    /// These are tried again later, and others may pass meanwhile.
    pub(super) fn let_rest(&mut self, now: Now, seqs: Vec<Seq>) {
        let until = now.mono + self.sending.backoff.next_delay_from(FIRST_DELAY_MS);
        self.sending.rests.push(Rest { seqs, until });
    }

    /// What a former sender gave up may still be carried out, after what this one sends: that has to wait. What this tab gave up itself it knows
    /// row by row.
    pub(super) fn find_haunted(&mut self, now: Now) {
        let is_the_same = self.epoch == self.sending.led_epoch + 1;
        self.sending.led_epoch = self.epoch;
        if is_the_same || planted::has(Fault::HauntedForgotten) {
            return self.sending.haunted_until = Some(self.sending.haunted_until.unwrap_or(now.mono));
        }
        self.sending.haunted_until = None;
        let task = self.begin(Task::FindHaunted);
        self.perform(Effect::Read { task, read: Read::Values { keys: vec![(Store::Meta, meta::HAUNTED.to_owned())] } });
    }

    pub(super) fn haunted_read(&mut self, now: Now, rows: Result<Vec<Row>, StorageFailure>) {
        // A clock that was set, or a database that cannot be read, costs as much as a write can live, and no more.
        let left = rows.map_or(HAUNTED_MS, |rows| rows.first().map_or(0, |(_, until)| counter_value(until).saturating_sub(now.wall)));
        let until = now.mono + left.min(HAUNTED_MS);
        self.sending.haunted_until = Some(until);
        self.timers.set(Timer::Write, until);
    }
}
