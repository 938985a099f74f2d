//! The catch-up: pages of what was missed, each merged before the cursor moves. On a server without `ack` the same pulls tell what arrived.

use super::dialect::{Cursor, bitmarks};
use super::error::{ErrorCode, ErrorReport};
use super::ids::TaskId;
use super::inbox::Incoming;
use super::io::{Effect, HttpOutcome, HttpRequest, Now};
use super::notice::Outcome;
use super::outbox::Entry;
use super::seal::Format;
use super::session::{Pull, Session, Stage};
use super::timers::Timer;
use super::work::Work;
use super::{Engine, Task};

/// Milliseconds from the last send to the pull that looks for it.
const CONFIRM_AFTER_MS: u64 = 1_500;
/// `since` is a wall clock: what was on its way when it was read lies before it.
const SINCE_OVERLAP_MS: u64 = 5 * 60 * 1000;
/// Longest time between two pulls that look for the same changes, or try the same failed request, in milliseconds.
const MAX_PULL_DELAY_MS: u64 = 60_000;

impl Engine {
    /// Asks for the next page; a little later, if a pull is under way.
    pub(super) fn pull(&mut self, now: Now) {
        let Session::Linked(link) = &self.session else { return };
        if self.catch_up.pull != Pull::Idle {
            return self.pull_soon(now);
        }
        let has_seq = link.features.seq;
        let from = match self.catch_up.cursor {
            Some(cursor @ Cursor::Seq(_)) if has_seq => cursor,
            Some(Cursor::Since(millis)) if !has_seq => Cursor::Since(millis.saturating_sub(SINCE_OVERLAP_MS)),
            _ if has_seq => Cursor::Seq(0),
            _ => Cursor::Since(0),
        };
        self.timers.clear(Timer::Pull);
        self.ask(from);
    }

    fn ask(&mut self, from: Cursor) {
        let task = self.begin(Task::Pull);
        self.catch_up.pull = Pull::Asked { task, from };
        let request = HttpRequest { url: [&self.config.api, "/sync/pull"].concat(), body: Some(bitmarks::pull_body(from)) };
        self.effects.push_back(Effect::Request { task, request });
    }

    pub(super) fn pulled(&mut self, now: Now, asked: TaskId, outcome: HttpOutcome) {
        let from = match self.catch_up.pull {
            Pull::Asked { task, from } if task == asked => from,
            Pull::Asked { .. } | Pull::Idle | Pull::Merging { .. } | Pull::Storing { .. } => return,
        };
        self.catch_up.pull = Pull::Idle;
        let page = match outcome {
            HttpOutcome::Response { status: 401, .. } => return self.stop(ErrorCode::NeedsAuth),
            HttpOutcome::Response { status: 200, body } => bitmarks::read_page(&body, from),
            HttpOutcome::Response { status: 404 | 501, .. } => {
                // This server cannot be asked. What it sends by itself is all there is.
                self.report(ErrorReport::new(ErrorCode::RequestFailed).detail("no pull"));
                return self.caught_up(now);
            }
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => {
                self.report(ErrorReport::new(ErrorCode::RequestFailed));
                return self.pull_later(now);
            }
        };
        let Ok(page) = page else {
            self.report(ErrorReport::new(ErrorCode::BadFrame));
            return self.pull_later(now);
        };
        if page.bad_events > 0 {
            self.report(ErrorReport::new(ErrorCode::BadEvent));
        }
        self.catch_up.page += 1;
        self.catch_up.pull = Pull::Merging { outstanding: page.events.len() + 1, from, next: page.next, has_more: page.has_more };
        let number = Some(self.catch_up.page);
        for event in page.events {
            let _ = self.inbox.accept(Incoming { event, page: number }); // Pages are bounded by their request, and always taken.
        }
        self.open_waiting();
        self.page_event_is_done(number);
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
                    // Pages of the overlap lie before it.
                    (Some(Cursor::Since(cursor)), Cursor::Since(next)) => Cursor::Since(cursor.max(next)),
                    (_, next) => next,
                };
                self.catch_up.pull = Pull::Storing { next: *next, has_more: *has_more };
                self.work.waiting.push_back(Work::Advance(stored));
            }
        }
    }

    pub(super) fn cursor_is_stored(&mut self, now: Now, cursor: Cursor) {
        self.catch_up.cursor = Some(cursor);
        self.last_sync = Some(now.wall);
        let Pull::Storing { next, has_more } = self.catch_up.pull else { return };
        self.catch_up.pull = Pull::Idle;
        if has_more {
            self.ask(next);
        } else {
            self.caught_up(now);
        }
    }

    /// What waits may be sent from now on.
    fn end_catch_up(&mut self) {
        if let Session::Linked(link) = &mut self.session
            && link.stage == Stage::CatchingUp
        {
            link.stage = Stage::Live;
        }
    }

    fn has_ack(&self) -> bool {
        matches!(&self.session, Session::Linked(link) if link.features.ack)
    }

    fn caught_up(&mut self, now: Now) {
        self.end_catch_up();
        self.supersede_overtaken();
        self.look_for_unconfirmed(now);
    }

    /// On a server without `ack`: what is on the wire although the base is newer, the server has dropped for that newer one. No pull will
    /// show it again. (In the plain format the newer stamp may be the server's invention.)
    fn supersede_overtaken(&mut self) {
        if self.has_ack() || self.config.format == Format::BitmarksPlain {
            return;
        }
        let is_overtaken = |entry: &Entry| self.replica.head(&entry.key).base_stamp() > Some(&entry.stamp);
        let overtaken = self.outbox.on_the_wire().filter(|(_, entry)| is_overtaken(entry));
        let work = overtaken.map(|(seq, _)| Work::Confirm { seq, body: None, outcome: Outcome::Superseded });
        self.work.waiting.extend(work.collect::<Vec<_>>());
    }

    /// A pull failed. What waits is sent all the same; the pull is repeated, ever more rarely.
    fn pull_later(&mut self, now: Now) {
        self.timers.set(Timer::Pull, now.mono + self.pull_delay());
        self.catch_up.fruitless += 1;
        self.end_catch_up();
    }

    /// Something was missed: pull as soon as none is under way.
    pub(super) fn pull_soon(&mut self, now: Now) {
        self.timers.set_earlier(Timer::Pull, now.mono + CONFIRM_AFTER_MS);
    }

    /// After a send to a server without `ack`: a pull that will show what arrived. Later ones, that found nothing, ever more rarely.
    pub(super) fn look_for_unconfirmed(&mut self, now: Now) {
        if !self.has_ack() && self.outbox.in_flight() > 0 {
            self.timers.set_earlier(Timer::Pull, now.mono + self.pull_delay());
            self.catch_up.fruitless += 1;
        }
    }

    fn pull_delay(&self) -> u64 {
        CONFIRM_AFTER_MS.checked_shl(self.catch_up.fruitless.min(16)).map_or(MAX_PULL_DELAY_MS, |delay| delay.min(MAX_PULL_DELAY_MS))
    }

    /// The connection is gone. Events of its page are still merged, but its cursor will not move.
    pub(super) fn abandon_pull(&mut self) {
        self.catch_up.pull = Pull::Idle;
        self.catch_up.page += 1;
        self.catch_up.fruitless = 0;
        self.catch_up.is_held = false;
    }
}
