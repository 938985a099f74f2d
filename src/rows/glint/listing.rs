//! Reading the set: the server's list is the truth, whatever was told before.

use super::request::read_listing;
use super::{Glint, Task, Timer};
use crate::engine::backoff::Backoff;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::TaskId;
use crate::engine::io::{HttpOutcome, Now};
use crate::engine::notice::Origin;
use crate::rows::by_id::Ids;
use crate::rows::electing::Role;
use crate::rows::session::Session;
use crate::rows::{Engine, FIRST_DELAY_MS};

/// Milliseconds without news after which the set is read, where there was some.
const QUIET_MS: u64 = 2_000;
/// Milliseconds after which it is read although news goes on.
const RESTLESS_MS: u64 = 10_000;

/// Whether the set is to be read, and is being read.
#[derive(Debug)]
pub(super) struct Listing {
    is_wanted: bool,
    under_way: Option<(TaskId, u64)>,
    /// It has been read since the connection was made.
    pub(super) has_read: bool,
    /// It has been read since this tab is the one that sends.
    pub(super) is_known: bool,
    /// Should it show something new, the connection has kept that back, and is dead.
    pub(super) tries_connection: bool,
    /// That some of it cannot be read was reported.
    has_told_of_bad: bool,
    /// When news began to come.
    restless_since: Option<u64>,
    backoff: Backoff,
}

impl Listing {
    /// `seed`: as of [`Backoff::new`].
    pub(super) fn new(seed: u64) -> Self {
        Self {
            is_wanted: false,
            under_way: None,
            has_read: false,
            is_known: false,
            tries_connection: false,
            has_told_of_bad: false,
            restless_since: None,
            backoff: Backoff::new(seed),
        }
    }

    /// What is under way is of no use any more.
    pub(super) fn abandon(&mut self) {
        (self.is_wanted, self.under_way, self.has_read, self.tries_connection) = (false, None, false, false);
        self.restless_since = None;
        self.is_known = false;
    }
}

impl Engine<Glint> {
    /// The set is to be read, as soon as possible. What is under way was asked for before, and does not count.
    pub(super) fn want_listing(&mut self) {
        self.own.listing.is_wanted = true;
        self.disarm(Timer::ListAgain);
    }

    /// Something was told or written: the set is to be read when it is quiet again.
    pub(super) fn want_listing_when_quiet(&mut self, now: Now) {
        let since = *self.own.listing.restless_since.get_or_insert(now.mono);
        self.arm(Timer::Quiet, (now.mono + QUIET_MS).min(since + RESTLESS_MS).max(now.mono));
    }

    pub(super) fn list_if_wanted(&mut self, now: Now) {
        let may_list = self.role == Role::Leader && matches!(self.session, Session::Active(_));
        if self.own.listing.is_wanted && may_list && self.own.listing.under_way.is_none() {
            self.own.listing.is_wanted = false;
            self.own.listing.restless_since = None;
            self.disarm(Timer::Quiet);
            self.table.begin_listing();
            let task = self.request(Task::List, self.own.routes.todos());
            self.own.listing.under_way = Some((task, now.mono));
        }
    }

    pub(super) fn listed(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let Some((_, began)) = self.own.listing.under_way.take_if(|(asked, _)| *asked == task) else { return };
        match outcome {
            HttpOutcome::Response { status: 200, body, .. } => match read_listing(&body) {
                Some(listing) => {
                    if listing.bad > 0 && !self.own.listing.has_told_of_bad {
                        self.report_code(ErrorCode::BadEvent);
                    }
                    self.own.listing.has_told_of_bad = listing.bad > 0;
                    self.take_listing(now, listing.rows);
                    self.look(now, Some(began));
                }
                None => self.listing_failed(now, ErrorCode::BadFrame),
            },
            HttpOutcome::Response { status: 401, .. } => self.stop(ErrorReport::new(ErrorCode::NeedsAuth)),
            HttpOutcome::Response { status: 403 | 404, body, .. } => {
                let words = crate::rows::wire::read_refusal(&body);
                self.stop(ErrorReport::new(ErrorCode::Refused).detail(&words));
            }
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => self.listing_failed(now, ErrorCode::RequestFailed),
        }
    }

    fn listing_failed(&mut self, now: Now, code: ErrorCode) {
        if self.own.listing.backoff.attempts() == 0 {
            self.report_code(code);
        }
        let delay = self.own.listing.backoff.next_delay_from(FIRST_DELAY_MS);
        self.arm(Timer::ListAgain, now.mono + delay);
    }

    fn take_listing(&mut self, now: Now, rows: Vec<crate::rows::json::Fields>) {
        self.own.listing.backoff.reset();
        (self.own.listing.has_read, self.own.listing.is_known) = (true, true);
        self.last_sync = Some(now.wall);
        let mut absent = Ids::of(self.table.iter().map(|(id, _)| id));
        let mut affected = Vec::new();
        for row in rows {
            let Some(id) = crate::rows::json::text(&row, "id").map(str::to_owned) else { continue };
            absent.remove(&id);
            if self.table.list(&id, Some(row)) {
                affected.push(id);
            }
        }
        for id in absent.to_vec() {
            // What is below it is not in the listing either, or stands elsewhere.
            if self.table.list(&id, None) {
                affected.push(id);
            }
        }
        let has_news = !affected.is_empty();
        self.show(affected, Origin::Remote);
        if self.table.is_touched() {
            self.want_listing_when_quiet(now); // What was learnt meanwhile may be older or newer than the list.
        }
        if std::mem::take(&mut self.own.listing.tries_connection) && has_news {
            self.lose_connection(now, ErrorCode::ConnectionLost);
        }
    }
}
