//! Reading what the server has: the folders, then page after page of notes, the latest first, down to a page that is known as it is.

use super::planted::{self, Fault};
use super::request::{MAX_ROWS, PAGE, read_folders, read_notes, read_refusal, read_row};
use super::row::{Kind, is_older};
use super::{Task, Timer, Typelets};
use crate::engine::backoff::Backoff;
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::ids::TaskId;
use crate::engine::io::{HttpOutcome, Now};
use crate::engine::notice::Origin;
use crate::rows::by_id::{ById, Ids};
use crate::rows::electing::Role;
use crate::rows::io::{HttpRequest, Sealed};
use crate::rows::json::{Fields, text};
use crate::rows::{Engine, FIRST_DELAY_MS};

/// Milliseconds between two readings while a page of this device is seen: what goes over REST is told to no socket.
const POLL_EVERY_MS: u64 = 60_000;

/// What is to be read, and is being read.
#[derive(Debug)]
pub(super) struct Listing {
    is_wanted: bool,
    under_way: Option<Reading>,
    /// All has been read since the connection was made.
    pub(super) has_read: bool,
    /// And all that was read could be shown.
    pub(super) has_shown: bool,
    /// All has been read since this tab is the one that sends.
    pub(super) is_known: bool,
    /// The version of each note that a reading has shown. What else was learnt tells nothing of the ones between.
    listed: ById<String>,
    has_told_of_bad: bool,
    backoff: Backoff,
}

#[derive(Debug)]
struct Reading {
    task: TaskId,
    /// On the monotonic clock.
    began: u64,
    /// Folders come first.
    kind: Kind,
    page: usize,
    /// The versions of what has come.
    seen: ById<String>,
}

/// Notes that are read one by one.
#[derive(Debug)]
pub(super) struct Fetches {
    keys: Ids,
    under_way: Option<(TaskId, String)>,
    /// Nothing before a timer.
    pub(super) rests: bool,
    backoff: Backoff,
}

impl Listing {
    /// `seed`: as of [`Backoff::new`].
    pub(super) fn new(seed: u64) -> Self {
        Self {
            is_wanted: false,
            under_way: None,
            has_read: false,
            has_shown: false,
            is_known: false,
            listed: ById::default(),
            has_told_of_bad: false,
            backoff: Backoff::new(seed),
        }
    }

    /// The connection is new.
    pub(super) fn begin(&mut self) {
        (self.is_wanted, self.has_read, self.has_shown) = (true, false, false);
    }

    /// What is under way is of no use any more.
    pub(super) fn abandon(&mut self) {
        (self.is_wanted, self.under_way, self.is_known) = (false, None, false);
        (self.has_read, self.has_shown) = (false, false);
        self.listed = ById::default();
    }
}

impl Fetches {
    pub(super) fn new(seed: u64) -> Self {
        Self { keys: Ids::default(), under_way: None, rests: false, backoff: Backoff::new(seed) }
    }

    pub(super) fn abandon(&mut self) {
        (self.keys, self.under_way, self.rests) = (Ids::default(), None, false);
    }
}

impl Engine<Typelets> {
    /// A request with the user's token; `None` while there is none.
    pub(super) fn authorized(&mut self, mut request: HttpRequest) -> Option<HttpRequest> {
        request.token = self.own.token.clone();
        if request.token.is_none() {
            self.ask_token();
        }
        request.token.is_some().then_some(request)
    }

    /// Everything is to be read, as soon as possible. What is under way was asked for before, and does not count.
    pub(super) fn want_listing(&mut self) {
        self.own.listing.is_wanted = true;
        self.disarm(Timer::ListAgain);
    }

    pub(super) fn poll_later(&mut self, now: Now) {
        if self.is_visible || self.own.sharing.is_seen {
            self.arm(Timer::Poll, now.mono + POLL_EVERY_MS);
        } else {
            self.disarm(Timer::Poll);
        }
    }

    pub(super) fn list_if_wanted(&mut self, now: Now) {
        let may_list = self.role == Role::Leader && self.is_talking() && self.own.listing.under_way.is_none();
        if !may_list || !self.own.listing.is_wanted {
            return;
        }
        self.own.listing.is_wanted = false;
        self.table.begin_listing();
        self.poll_later(now);
        self.next_page(Reading { task: TaskId::default(), began: now.mono, kind: Kind::Folder, page: 0, seen: ById::default() });
    }

    pub(super) fn listed(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let Some(reading) = self.own.listing.under_way.take_if(|reading| reading.task == task) else { return };
        match outcome {
            HttpOutcome::Response { status: 200, body, .. } => {
                let read = if reading.kind == Kind::Folder { read_folders } else { read_notes };
                match read(&body, reading.page) {
                    Some(page) => {
                        if page.bad > 0 && !self.own.listing.has_told_of_bad {
                            self.own.listing.has_told_of_bad = true;
                            self.report_code(ErrorCode::BadEvent);
                        }
                        self.take_page(now, reading, page.rows, page.is_last);
                    }
                    None => self.listing_failed(now, ErrorCode::BadFrame),
                }
            }
            // A server without folders.
            HttpOutcome::Response { status: 404 | 501, .. } if reading.kind == Kind::Folder => self.end_folders(reading),
            HttpOutcome::Response { status: 401, .. } => {
                self.token_is_bad();
                self.want_listing();
            }
            HttpOutcome::Response { status: 403, body, .. } => {
                self.stop(ErrorReport::new(ErrorCode::Refused).detail(&read_refusal(&body)));
            }
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => self.listing_failed(now, ErrorCode::RequestFailed),
        }
    }

    fn next_page(&mut self, mut reading: Reading) {
        reading.page += 1;
        let request = match reading.kind {
            Kind::Folder => self.own.routes.folders(reading.page),
            Kind::Note => self.own.routes.notes(reading.page),
        };
        match self.authorized(request) {
            Some(request) => {
                reading.task = self.request(Task::List, request);
                self.own.listing.under_way = Some(reading);
            }
            None => self.want_listing(),
        }
    }

    fn listing_failed(&mut self, now: Now, code: ErrorCode) {
        if self.own.listing.backoff.attempts() == 0 {
            self.report_code(code);
        }
        let delay = self.own.listing.backoff.next_delay_from(FIRST_DELAY_MS);
        self.arm(Timer::ListAgain, now.mono + delay);
    }

    fn take_page(&mut self, now: Now, mut reading: Reading, rows: Vec<Fields>, is_last: bool) {
        let mut is_known = reading.kind == Kind::Note && !rows.is_empty() && self.own.listing.is_known;
        let mut affected = Vec::new();
        for row in rows {
            let Some(key) = text(&row, "id").map(|id| reading.kind.key(id)) else { continue };
            let version = version_of(&row);
            is_known &= self.own.listing.listed.get(&key) == Some(&version);
            reading.seen.insert(key.clone(), version);
            // What was learnt since the list was asked for counts more, unless the list knows better.
            let is_newer = self.table.get(&key).is_some_and(|known| is_older(known, &row) == Some(true));
            if let Some(row) = self.news(&key, row)
                && if is_newer { self.table.learn(&key, Some(row)) } else { self.table.list(&key, Some(row)) }
            {
                affected.push(key);
            }
        }
        self.show(affected, Origin::Remote);
        let is_over = is_last || is_known || reading.page * PAGE >= MAX_ROWS;
        match reading.kind {
            Kind::Folder if is_over => self.end_folders(reading),
            Kind::Note if is_over => self.end_listing(now, reading, is_last),
            Kind::Folder | Kind::Note => self.next_page(reading),
        }
    }

    /// Folders that no page has are gone: there is no route for one.
    fn end_folders(&mut self, reading: Reading) {
        let missing = self.not_seen(&reading);
        let gone: Vec<String> = missing.into_iter().filter(|key| self.table.list(key, None)).collect();
        self.show(gone, Origin::Remote);
        self.next_page(Reading { kind: Kind::Note, page: 0, seen: ById::default(), ..reading });
    }

    fn not_seen(&self, reading: &Reading) -> Vec<String> {
        let keys = self.table.iter().map(|(key, _)| key).filter(|key| is_of(reading.kind, key));
        keys.filter(|key| reading.seen.get(*key).is_none()).map(str::to_owned).collect()
    }

    fn end_listing(&mut self, now: Now, reading: Reading, is_whole: bool) {
        let listing = &mut self.own.listing;
        listing.backoff.reset();
        (listing.has_read, listing.is_known) = (true, true);
        self.last_sync = Some(now.wall);
        self.own.has_bad_token = false;
        if is_whole {
            // Pages shift while they are read: what none of them has is asked for.
            let missing = self.not_seen(&reading);
            missing.iter().for_each(|key| if planted::has(Fault::VanishedIsGone) { self.learn_gone(key) } else { self.fetch(key) });
            self.own.listing.listed = reading.seen;
        } else {
            for (key, version) in reading.seen.iter() {
                self.own.listing.listed.insert(key.clone(), version.clone());
            }
        }
        self.own.opened.has_all |= is_whole;
        self.prove_key();
        self.look(now, Some(reading.began));
    }

    /// A note is to be read by itself.
    pub(super) fn fetch(&mut self, key: &str) {
        if self.own.fetches.keys.count() < MAX_ROWS {
            self.own.fetches.keys.insert(key);
        }
    }

    pub(super) fn fetch_waiting(&mut self) {
        let may_fetch = self.role == Role::Leader && self.is_talking();
        if !may_fetch || self.own.fetches.rests || self.own.fetches.under_way.is_some() {
            return;
        }
        let Some(key) = self.own.fetches.keys.iter().next().map(str::to_owned) else { return };
        let Some((_, id)) = Kind::of_key(&key) else { return self.own.fetches.keys.remove(&key) };
        let Some(request) = self.authorized(self.own.routes.note(id)) else { return };
        let task = self.request(Task::Fetch, request);
        self.own.fetches.keys.remove(&key);
        self.own.fetches.under_way = Some((task, key));
    }

    pub(super) fn fetched(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let Some((_, key)) = self.own.fetches.under_way.take_if(|(asked, _)| *asked == task) else { return };
        match outcome {
            HttpOutcome::Response { status: 200, body, .. } => {
                self.own.fetches.backoff.reset();
                self.own.has_bad_token = false;
                match read_row(Kind::Note, &body).filter(|row| text(row, "id").is_some_and(|id| Kind::Note.key(id) == key)) {
                    Some(row) => {
                        let id = text(&row, "id").unwrap_or_default().to_owned();
                        self.learn_note(&id, row);
                    }
                    None => self.report_code(ErrorCode::BadEvent),
                }
                self.look(now, None);
            }
            HttpOutcome::Response { status: 404 | 410, .. } => self.learn_gone(&key),
            HttpOutcome::Response { status: 401, .. } => {
                self.fetch(&key);
                self.token_is_bad();
            }
            HttpOutcome::Response { status: 400..=407 | 409..=424, .. } => self.report_code(ErrorCode::RequestFailed),
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => {
                self.fetch(&key);
                self.own.fetches.rests = true;
                let delay = self.own.fetches.backoff.next_delay_from(FIRST_DELAY_MS);
                self.arm(Timer::FetchAgain, now.mono + delay);
            }
        }
    }
}

fn is_of(kind: Kind, key: &str) -> bool {
    Kind::of_key(key).is_some_and(|(of, _)| of == kind)
}

fn version_of(row: &Fields) -> String {
    let mark = Sealed::of(row).map(|sealed| sealed.mark()).unwrap_or_default();
    [text(row, "updatedAt").unwrap_or_default(), " ", &mark].concat()
}
