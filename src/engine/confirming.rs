//! How the server is known to have a change, where it sends no `ack`: its own event coming back, a pull that shows it, a push over HTTP.

use super::dialect::bitmarks;
use super::error::{ErrorCode, ErrorReport};
use super::ids::{Seq, TaskId};
use super::io::{HttpOutcome, Now};
use super::notice::{Confirmation, Outcome};
use super::outbox::{Entry, EntryState};
use super::seal::Format;
use super::session::Session;
use super::timers::Timer;
use super::work::{Known, Work};
use super::{Engine, Task};

/// Milliseconds from the last send to the pull that looks for it.
const CONFIRM_AFTER_MS: u64 = 1_500;
/// Longest time between two pulls that look for the same changes, or try the same failed request, in milliseconds.
const MAX_PULL_DELAY_MS: u64 = 60_000;
/// After so many pulls that showed nothing of what is on the wire it is pushed over HTTP.
const PULLS_BEFORE_PUSH: u32 = 3;
/// Changes in one push.
const PUSHED_AT_ONCE: usize = 16;

impl Engine {
    fn has_ack(&self) -> bool {
        matches!(&self.session, Session::Linked(link) if link.features.ack)
    }

    pub(super) fn acknowledged(&mut self, ids: &[String]) {
        for id in ids {
            if let Some(seq) = self.outbox.in_flight_of_event(id) {
                self.confirm(seq, Known::AsSent(None), Outcome::Confirmed);
            }
        }
    }

    /// Something tells how this server confirms. An `ack` is the best there is.
    pub(super) fn confirms_by(&mut self, confirmation: Confirmation) {
        if !self.has_ack() {
            self.confirmation = Some(confirmation);
        }
    }

    /// On a server without `ack`: what is on the wire although the base is newer, the server has dropped for that newer one. No pull will
    /// show it again.
    ///
    /// In the plain format a newer stamp of another device may be the server's invention. Then the change stays, and makes room on the wire
    /// until the next connection.
    pub(super) fn supersede_overtaken(&mut self) {
        let Session::Linked(link) = &self.session else { return };
        let (has_ack, can_push) = (link.features.ack, link.can_push);
        if has_ack {
            return;
        }
        let base_over = |entry: &Entry| self.replica.head(&entry.key).base.filter(|base| base.stamp > entry.stamp);
        let overtaken = self.outbox.on_the_wire().filter_map(|(seq, entry)| Some((seq, base_over(entry)?.stamp)));
        for (seq, stamp) in overtaken.collect::<Vec<_>>() {
            if self.config.format == Format::SealedV1 || stamp.device_id() == self.identity.device_id {
                self.confirm(seq, Known::AsSent(None), Outcome::Superseded);
            } else if !can_push {
                self.outbox.land(seq, EntryState::Resting(u64::MAX));
            }
        }
    }

    /// A pull failed. What waits is sent all the same; the pull is repeated, ever more rarely.
    pub(super) fn pull_later(&mut self, now: Now) {
        self.timers.set(Timer::Pull, now.mono + self.pull_delay());
        self.catch_up.fruitless += 1;
        self.end_catch_up();
    }

    /// Something was missed: pull as soon as none is under way.
    pub(super) fn pull_soon(&mut self, now: Now) {
        self.timers.set_earlier(Timer::Pull, now.mono + CONFIRM_AFTER_MS);
    }

    /// After a send to a server without `ack`: a pull that will show what arrived. Later ones, that found nothing, ever more rarely; and a
    /// push, where pulls show nothing at all.
    pub(super) fn look_for_unconfirmed(&mut self, now: Now) {
        let Session::Linked(link) = &self.session else { return };
        if link.features.ack || self.outbox.in_flight() == 0 {
            return;
        }
        let is_pull_hopeless = !link.can_pull || self.catch_up.fruitless >= PULLS_BEFORE_PUSH;
        match (is_pull_hopeless && link.can_push, link.can_pull) {
            (true, _) if self.catch_up.push.is_none() && self.holds.requests <= now.mono => self.push_over_http(),
            (true, _) => {}
            (false, false) => return self.confirms_nothing(now),
            (false, true) => {}
        }
        self.timers.set_earlier(Timer::Pull, now.mono + self.pull_delay());
        self.catch_up.fruitless += 1;
    }

    fn pull_delay(&self) -> u64 {
        CONFIRM_AFTER_MS.checked_shl(self.catch_up.fruitless.min(16)).map_or(MAX_PULL_DELAY_MS, |delay| delay.min(MAX_PULL_DELAY_MS))
    }

    fn push_over_http(&mut self) {
        let suspects = self.suspicion.suspects();
        let is_innocent = |(seq, _): &(Seq, &Entry)| !suspects.contains(seq);
        let (innocent, others): (Vec<_>, Vec<_>) = self.outbox.on_the_wire().partition(is_innocent);
        let limit = if innocent.is_empty() { 1 } else { (PUSHED_AT_ONCE >> self.catch_up.refused_pushes.min(8)).max(1) };
        let on_the_wire = innocent.into_iter().chain(others).take(limit);
        let (seqs, events): (Vec<_>, Vec<_>) =
            on_the_wire.filter_map(|(seq, entry)| Some((seq, (self.on_the_outside(entry.event()?), entry.digest)))).unzip();
        let task = self.request(Task::PushOut, "/sync/push", Some(bitmarks::push_body(&self.config.user_id, &events)));
        self.catch_up.push = Some((task, seqs));
    }

    pub(super) fn pushed_out(&mut self, now: Now, asked: TaskId, outcome: HttpOutcome) {
        let Some((_, seqs)) = self.catch_up.push.take_if(|(task, _)| *task == asked) else { return };
        match outcome {
            HttpOutcome::Response { status: 401, .. } => self.signed_out(now),
            HttpOutcome::Response { status: 200..=299, body, .. } if !bitmarks::names_conflict(&body) => {
                self.confirms_by(Confirmation::Push);
                self.catch_up.refused_pushes = 0;
                self.confirm_all(seqs);
            }
            HttpOutcome::Response { status: 404 | 405 | 501, .. } => {
                if let Session::Linked(link) = &mut self.session {
                    link.can_push = false;
                }
                self.look_for_unconfirmed(now);
            }
            // It is the server that is overloaded or out of reach: it is tried again after the next pull.
            HttpOutcome::Response { status: 408 | 429 | 502..=504, .. } | HttpOutcome::Unreachable => {}
            HttpOutcome::Response { body, .. } => {
                self.catch_up.refused_pushes += 1;
                let words = bitmarks::read_words(&body);
                self.report(ErrorReport::new(ErrorCode::ServerError).detail(&words));
                if let [alone] = seqs[..] {
                    self.failed_alone(now, alone, super::error::shorten(&words));
                }
                self.pull_soon(now);
            }
        }
    }

    /// No way is left to learn of a change that it arrived.
    fn confirms_nothing(&mut self, now: Now) {
        if self.confirmation == Some(Confirmation::Echo) {
            return;
        }
        if self.config.confirm_by_pong {
            self.confirms_by(Confirmation::Pong);
            return self.ping(now);
        }
        self.confirms_by(Confirmation::None);
        if !self.has_told_no_confirmation {
            self.has_told_no_confirmation = true;
            self.report_code(ErrorCode::NoConfirmation);
        }
    }

    /// A ping is being sent.
    pub(super) fn note_before_ping(&mut self) {
        if self.confirmation == Some(Confirmation::Pong)
            && let Session::Linked(link) = &mut self.session
        {
            link.before_ping = self.outbox.on_the_wire().map(|(seq, _)| seq).collect();
        }
    }

    /// The app chose to take a pong as the confirmation of what was sent before its ping.
    pub(super) fn confirm_by_pong(&mut self) {
        if let Session::Linked(link) = &mut self.session {
            let seqs = std::mem::take(&mut link.before_ping);
            self.confirm_all(seqs);
        }
    }

    fn confirm_all(&mut self, seqs: Vec<Seq>) {
        for seq in seqs {
            self.confirm(seq, Known::AsSent(None), Outcome::Confirmed);
        }
    }

    #[inline(never)] // It is a call at five places: that is smaller.
    pub(super) fn confirm(&mut self, seq: Seq, known: Known, outcome: Outcome) {
        self.queue(Work::Confirm { seq, known, outcome });
    }
}
