//! The catch-up: pages of what was missed, each merged before the cursor moves. On a server without `ack` the same pulls tell what arrived.
//!
//! What `since` means is not known: a server may page by the time at which an event was made, and then an event that was made long ago and
//! sent today is never shown. So everything is pulled now and then, and whenever there is reason to doubt; what is known is skipped.

use super::by_entity::ByEntity;
use super::dialect::{Cursor, Page, RemoteEvent, bitmarks};
use super::error::{ErrorCode, ErrorReport};
use super::ids::{EntityKey, TaskId};
use super::inbox::Incoming;
use super::io::{HttpOutcome, Now};
use super::notice::{KeyCheck, Notice};
use super::planted::{self, Fault};
use super::session::{CatchUp, Pull, Session, Stage};
use super::timers::Timer;
use super::work::Work;
use super::{Engine, Task, meta};

/// `since` is a wall clock: what was on its way when it was read lies before it.
const SINCE_OVERLAP_MS: u64 = 5 * 60 * 1000;
/// A server that goes by time is asked for everything when it was not for so long.
const FULL_PULL_EVERY_MS: u64 = 6 * 60 * 60 * 1000;
/// The time of a completed catch-up is stored when the stored one is older than this.
const CONTACT_EVERY_MS: u64 = 60 * 60 * 1000;
/// Deletes are forgotten after so long; a device that was away for longer rebuilds its base.
const FORGET_AFTER_MS: u64 = 90 * 24 * 60 * 60 * 1000;

impl Engine {
    /// Asks for the next page; a little later, if a pull is under way.
    pub(super) fn pull(&mut self, now: Now) {
        let Session::Linked(link) = &self.session else { return };
        let (has_seq, can_pull) = (link.features.seq, link.can_pull);
        if !matches!(link.stage, Stage::CatchingUp | Stage::Live) {
            return; // Once the account is checked, the first pull begins by itself.
        }
        if !can_pull {
            return self.caught_up(now);
        }
        if self.catch_up.pull != Pull::Idle {
            return self.pull_soon(now);
        }
        if self.holds.requests > now.mono {
            self.timers.set(Timer::Pull, self.holds.requests);
            return self.end_catch_up();
        }
        self.timers.clear(Timer::Pull);
        if let Some(from) = self.catch_up.resume.take() {
            return self.ask(from);
        }
        let time = self.clock.corrected(now.wall);
        let is_rebuilt = self.contact > 0 && time.saturating_sub(self.contact) > FORGET_AFTER_MS;
        let is_overdue = !has_seq && time.saturating_sub(self.full_pull) > FULL_PULL_EVERY_MS;
        let from = match self.catch_up.cursor {
            _ if self.catch_up.is_full_due || is_rebuilt || is_overdue => None,
            Some(cursor @ Cursor::Seq(_)) if has_seq => Some(cursor),
            Some(Cursor::Since(millis)) if !has_seq => Some(Cursor::Since(millis.saturating_sub(SINCE_OVERLAP_MS))),
            Some(Cursor::Seq(_) | Cursor::Since(_)) | None => None,
        };
        if from.is_none() {
            self.catch_up.is_full = true;
            self.catch_up.is_full_due = false;
            self.catch_up.seen = is_rebuilt.then(ByEntity::default);
        }
        self.ask(from.unwrap_or(if has_seq { Cursor::Seq(0) } else { Cursor::Since(0) }));
    }

    fn ask(&mut self, from: Cursor) {
        let task = self.request(Task::Pull, "/sync/pull", Some(bitmarks::pull_body(from)));
        self.catch_up.pull = Pull::Asked { task, from };
    }

    pub(super) fn pulled(&mut self, now: Now, asked: TaskId, outcome: HttpOutcome) {
        let from = match self.catch_up.pull {
            Pull::Asked { task, from } if task == asked => from,
            Pull::Asked { .. } | Pull::Idle | Pull::Merging { .. } | Pull::Storing { .. } => return,
        };
        self.catch_up.pull = Pull::Idle;
        let page = match outcome {
            HttpOutcome::Response { status: 401, .. } => return self.signed_out(now),
            HttpOutcome::Response { status: 200, body, .. } => bitmarks::read_page(&body, from),
            HttpOutcome::Response { status: 404 | 405 | 501, .. } => return self.cannot_pull(now),
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => return self.pull_failed(now, from, ErrorCode::RequestFailed),
        };
        match page {
            Ok(page) => self.take_page(now, from, page),
            Err(_) => self.pull_failed(now, from, ErrorCode::BadFrame),
        }
    }

    /// The next pull goes on where this one was, and is a full one if this one is.
    fn pull_failed(&mut self, now: Now, from: Cursor, code: ErrorCode) {
        self.catch_up.resume = Some(from);
        self.report_code(code);
        self.pull_later(now);
    }

    /// This server cannot be asked. What it sends by itself is all there is.
    fn cannot_pull(&mut self, now: Now) {
        if let Session::Linked(link) = &mut self.session {
            link.can_pull = false;
        }
        self.cannot_check_key();
        self.report(ErrorReport::new(ErrorCode::RequestFailed).detail("no pull"));
        self.caught_up(now);
    }

    fn take_page(&mut self, now: Now, from: Cursor, page: Page) {
        let Page { events, bad_events, next, has_more } = page;
        if bad_events > 0 {
            self.report_code(ErrorCode::BadEvent);
            self.catch_up.seen = None; // What cannot be read may be there all the same.
        }
        self.catch_up.page += 1;
        self.catch_up.events += events.len() as u64;
        self.emit(Notice::Progress { events: self.catch_up.events, has_more });
        events.iter().for_each(|event| self.is_seen(&event.key));
        let events = self.without_hopeless(events);
        if planted::has(Fault::CursorBeforeMerge) {
            self.queue(Work::Advance(next));
        }
        self.catch_up.pull = Pull::Merging { outstanding: events.len() + 1, from, next, has_more };
        let number = Some(self.catch_up.page);
        for event in events {
            let _ = self.inbox.accept(Incoming { event, page: number }); // Pages are bounded by their request, and always taken.
        }
        self.open_waiting(now);
        self.page_event_is_done(number);
    }

    /// The server has an entity, as a page or anything else that came meanwhile tells.
    pub(super) fn is_seen(&mut self, key: &EntityKey) {
        if let Some(seen) = &mut self.catch_up.seen {
            seen.insert(key.clone(), ());
        }
    }

    /// Leaves out what would lose to another event of the page, unless it is one's own, or envelopes cannot be trusted.
    fn without_hopeless(&self, mut events: Vec<RemoteEvent>) -> Vec<RemoteEvent> {
        if self.rewrites == 0 || planted::has(Fault::TrustEnvelopes) {
            let mut newest: ByEntity<u64> = ByEntity::default();
            for (index, event) in (0..).zip(&events) {
                let is_newest =
                    newest.get(&event.key).and_then(|best| events.get(*best as usize)).is_none_or(|best| best.stamp < event.stamp);
                if is_newest {
                    newest.insert(event.key.clone(), index);
                }
            }
            let mut index = 0;
            events.retain(|event| {
                index += 1;
                newest.get(&event.key) == Some(&(index - 1)) || self.own_entry(event).is_some()
            });
        }
        events
    }

    /// Something about this server's envelopes is not as it says, so what was judged by them has to be looked at again.
    pub(super) fn suspect(&mut self, now: Now) {
        if self.rewrites == 0 {
            self.rewrites = 1;
            self.queue(Work::Raise { key: meta::REWRITES, value: 1 });
            self.need_full_pull(now);
        }
    }

    pub(super) fn need_full_pull(&mut self, now: Now) {
        self.catch_up.is_full_due = true;
        self.pull_soon(now);
    }

    /// One of a page's events is merged, left out, or refused. After the last one the cursor moves.
    pub(super) fn page_event_is_done(&mut self, page: Option<u64>) {
        if page != Some(self.catch_up.page) {
            return;
        }
        if let Pull::Merging { outstanding, from, next, has_more } = &mut self.catch_up.pull {
            *outstanding -= 1;
            if *outstanding == 0 {
                let stored = match (self.catch_up.cursor, *next) {
                    (cursor, _) if self.catch_up.is_held => cursor.unwrap_or(*from),
                    // Pages of the overlap, and of a full pull, lie before it.
                    (Some(Cursor::Since(cursor)), Cursor::Since(next)) => Cursor::Since(cursor.max(next)),
                    (Some(Cursor::Seq(cursor)), Cursor::Seq(next)) => Cursor::Seq(cursor.max(next)),
                    (_, next) => next,
                };
                self.catch_up.pull = Pull::Storing { next: *next, has_more: *has_more };
                self.queue(Work::Advance(stored));
            }
        }
    }

    pub(super) fn cursor_is_stored(&mut self, now: Now, cursor: Cursor) {
        self.catch_up.cursor = Some(cursor);
        self.last_sync = Some(now.wall);
        let Pull::Storing { next, has_more } = self.catch_up.pull else { return };
        self.catch_up.pull = Pull::Idle;
        self.server_has_answered(); // What this page confirmed is beyond suspicion by now.
        if has_more {
            return self.ask(next);
        }
        if self.catch_up.is_full_due {
            self.pull_soon(now);
            if self.key_check == KeyCheck::Unknown {
                return; // What does not open may have hidden what does.
            }
        }
        if !self.is_key_plausible() {
            return;
        }
        self.note_contact(now);
        self.caught_up(now);
    }

    /// A catch-up is complete. A full one tells what can be forgotten.
    fn note_contact(&mut self, now: Now) {
        let time = self.clock.corrected(now.wall);
        if std::mem::take(&mut self.catch_up.is_full) {
            let floor = time.saturating_sub(FORGET_AFTER_MS);
            let seen = self.catch_up.seen.take();
            let old = self.replica.keys_where(|head| head.is_older_delete(floor));
            let all = seen.map(|seen| self.replica.keys_where(|_| true).into_iter().filter(move |key| seen.get(key).is_none()));
            let vanished: Vec<_> = all.into_iter().flatten().collect();
            if !old.is_empty() {
                self.floor = floor;
                self.floor_revision = self.revision;
                self.raise(meta::FLOOR, floor);
                self.raise(meta::FLOOR_REVISION, self.revision);
            }
            if !old.is_empty() || !vanished.is_empty() {
                self.queue(Work::Sweep { old, vanished });
            }
            self.full_pull = time;
            self.raise(meta::FULL_PULL, time);
            if self.rewrites == 1 && !self.catch_up.is_full_due {
                self.rewrites = 2;
                self.raise(meta::REWRITES, 2);
            }
        }
        if time.saturating_sub(self.contact) > CONTACT_EVERY_MS {
            self.contact = time;
            self.raise(meta::CONTACT, time);
        }
    }

    fn raise(&mut self, key: &'static str, value: u64) {
        self.queue(Work::Raise { key, value });
    }

    /// What waits may be sent from now on.
    pub(super) fn end_catch_up(&mut self) {
        if let Session::Linked(link) = &mut self.session
            && link.stage == Stage::CatchingUp
        {
            link.stage = Stage::Live;
            self.has_renewed = false;
        }
    }

    fn caught_up(&mut self, now: Now) {
        self.end_catch_up();
        self.supersede_overtaken();
        self.look_for_unconfirmed(now);
    }

    /// The connection is gone. Events of its page are still merged, but its cursor will not move.
    pub(super) fn abandon_pull(&mut self) {
        let CatchUp { cursor, page, is_full_due, is_full, push, .. } = std::mem::take(&mut self.catch_up);
        // A full pull that was cut short is still due. The answer to a push counts, whatever became of the socket.
        self.catch_up = CatchUp { cursor, page: page + 1, is_full_due: is_full_due || is_full, push, ..CatchUp::default() };
    }
}
