//! The connection's life: a socket, a stream where no socket can be had, or asking from time to time where there is neither.

use super::request::read_me;
use super::{Glint, Task, Timer};
use crate::engine::error::{ErrorCode, ErrorReport, shorten};
use crate::engine::heeding::asked_to_wait;
use crate::engine::ids::{Generation, TaskId};
use crate::engine::io::{HttpOutcome, Now, SocketEvent};
use crate::engine::notice::AccountCheck;
use crate::rows::io::{Effect, Method};
use crate::rows::notice::ConnectionState;
use crate::rows::planted::{self, Fault};
use crate::rows::session::Session;
use crate::rows::{Engine, FIRST_DELAY_MS};

/// Milliseconds that a dial may take.
const DIAL_DEADLINE_MS: u64 = 15_000;
/// Milliseconds that a connection has to last before the backoff starts over.
const STABLE_AFTER_MS: u64 = 30_000;
/// Milliseconds between two readings of the set, where nothing tells of news.
const POLL_EVERY_MS: u64 = 15_000;
/// Milliseconds until the server is asked again whether it has live push, or a socket is dialled in place of a stream.
const PROBE_EVERY_MS: u64 = 300_000;
/// Milliseconds without a frame after which the set is read: the protocol has no heartbeat.
const SILENCE_MS: u64 = 60_000;
/// Milliseconds after a frame within which a connection is taken for alive, when the page becomes visible.
const FRESH_MS: u64 = 10_000;
/// Failed dials of a socket that could have been had, after which a stream is opened.
const DIALS_BEFORE_STREAM: u32 = 3;

/// What brings news.
#[derive(Debug)]
pub enum Line {
    /// Nothing, and nothing is wanted: only what waits is sent.
    Silent,
    /// It is being opened.
    Dialling(Wire),
    /// It is open.
    Open(Wire),
    /// Nothing, and the server is asked why.
    Probing { probe: TaskId, method: Method },
    /// Nothing, until this time on the wall clock.
    Waiting { retry_at: u64 },
    /// The server has none; asked for from time to time.
    Polling { probe: Option<(TaskId, Method)> },
}

/// A socket, or a stream of server-sent events.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    generation: Generation,
    is_stream: bool,
}

/// What a probe tells.
enum Verdict {
    Available,
    NoLivePush,
    Stop(ErrorCode),
    /// Another method may tell more.
    AskByGet,
    /// Nothing: it will pass.
    Unknown,
}

impl Line {
    pub(super) fn state(&self, has_read: bool) -> (ConnectionState, Option<u64>) {
        match self {
            Self::Silent | Self::Dialling(_) | Self::Probing { .. } => (ConnectionState::Connecting, None),
            Self::Open(_) if has_read => (ConnectionState::Live, None),
            Self::Open(_) => (ConnectionState::CatchingUp, None),
            Self::Waiting { retry_at } => (ConnectionState::Reconnecting, Some(*retry_at)),
            Self::Polling { .. } => (ConnectionState::Polling, None),
        }
    }

    fn wire(&self) -> Option<Wire> {
        match self {
            Self::Dialling(wire) | Self::Open(wire) => Some(*wire),
            Self::Silent | Self::Probing { .. } | Self::Waiting { .. } | Self::Polling { .. } => None,
        }
    }
}

impl Engine<Glint> {
    /// This tab is the one that connects and sends.
    pub(super) fn start_line(&mut self, now: Now) {
        self.ask_account();
        self.own.listing.has_read = false;
        if self.is_retired {
            self.session = Session::Active(Line::Silent);
        } else {
            self.dial(now, false);
        }
    }

    fn dial(&mut self, now: Now, is_stream: bool) {
        let generation = self.last_generation.advance();
        self.session = Session::Active(Line::Dialling(Wire { generation, is_stream }));
        self.disarm(Timer::Redial);
        self.arm(Timer::DialDeadline, now.mono + DIAL_DEADLINE_MS);
        self.poll_later(now);
        self.perform(if is_stream {
            Effect::OpenStream { generation, url: self.own.routes.stream() }
        } else {
            Effect::OpenSocket { generation, url: self.own.routes.socket() }
        });
    }

    pub(super) fn hear(&mut self, now: Now, generation: Generation, event: SocketEvent) {
        let Some(wire) = self.wire().filter(|wire| wire.generation == generation) else { return };
        match event {
            SocketEvent::Opened => self.opened(now, wire),
            SocketEvent::Frame(text) => {
                self.own.heard_at = now.mono;
                self.arm(Timer::Silence, now.mono + SILENCE_MS);
                self.frame(now, text);
            }
            SocketEvent::Unreadable { too_large } => {
                self.report_code(if too_large { ErrorCode::FrameTooLarge } else { ErrorCode::BadFrame });
                self.want_listing_when_quiet(now);
            }
            SocketEvent::Buffered(_) => {}
            SocketEvent::Closed { code, reason } => {
                self.last_close = Some((code, shorten(&reason)));
                match &self.session {
                    Session::Active(Line::Open(_)) => self.lose_connection(now, ErrorCode::ConnectionLost),
                    Session::Active(_) | Session::Idle | Session::Following | Session::Stopped => self.dial_failed(now, wire),
                }
            }
        }
    }

    fn opened(&mut self, now: Now, wire: Wire) {
        self.session = Session::Active(Line::Open(wire));
        self.own.failed_dials = 0;
        self.own.heard_at = now.mono;
        self.disarm(Timer::DialDeadline);
        self.disarm(Timer::Poll);
        self.arm(Timer::Stable, now.mono + STABLE_AFTER_MS);
        self.arm(Timer::Silence, now.mono + SILENCE_MS);
        if wire.is_stream {
            self.arm(Timer::Probe, now.mono + PROBE_EVERY_MS);
        }
        self.reason = None;
        self.is_online = true;
        if !planted::has(Fault::NoListAfterReconnect) || !self.own.listing.is_known {
            self.own.listing.has_read = false;
            self.want_listing();
        }
        if self.account == AccountCheck::Unknown {
            self.ask_account();
        }
    }

    /// The browser does not say why, a request may.
    fn dial_failed(&mut self, now: Now, wire: Wire) {
        self.close_wire();
        self.disarm(Timer::DialDeadline);
        if wire.is_stream {
            self.own.failed_dials = 0; // A socket may be had by now.
            return self.wait(now, ErrorCode::DialFailed);
        }
        self.own.failed_dials += 1;
        let method = Method::Head;
        let probe = self.request(Task::Probe, self.own.routes.probe(method));
        self.session = Session::Active(Line::Probing { probe, method });
        self.reason = Some(ErrorCode::DialFailed);
    }

    pub(super) fn probed(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let (method, is_polling) = match &mut self.session {
            Session::Active(Line::Probing { probe, method }) if *probe == task => (*method, false),
            Session::Active(Line::Polling { probe }) => match probe.take_if(|(asked, _)| *asked == task) {
                Some((_, method)) => (method, true),
                None => return,
            },
            Session::Active(_) | Session::Idle | Session::Following | Session::Stopped => return,
        };
        if let Some(millis) = asked_to_wait(&outcome) {
            self.own.no_dial_before = now.mono + millis;
        }
        match judge(method, &outcome) {
            Verdict::Stop(code) => self.stop(ErrorReport::new(code)),
            Verdict::AskByGet => {
                let method = Method::Get;
                let probe = self.request(Task::Probe, self.own.routes.probe(method));
                self.session = Session::Active(if is_polling {
                    Line::Polling { probe: Some((probe, method)) }
                } else {
                    Line::Probing { probe, method }
                });
            }
            Verdict::NoLivePush => self.poll_from_now_on(now),
            Verdict::Available if is_polling => self.dial(now, false),
            Verdict::Available if self.own.failed_dials >= DIALS_BEFORE_STREAM => self.dial(now, true),
            Verdict::Available => self.wait(now, ErrorCode::DialFailed),
            Verdict::Unknown if is_polling => {}
            Verdict::Unknown => {
                self.own.failed_dials -= 1; // Whether a socket could be had was not told.
                self.wait(now, ErrorCode::DialFailed);
            }
        }
    }

    /// The server has no live push: it is asked for news from time to time.
    fn poll_from_now_on(&mut self, now: Now) {
        if self.reason != Some(ErrorCode::NoLivePush) {
            self.reason = Some(ErrorCode::NoLivePush);
            self.report_code(ErrorCode::NoLivePush);
            self.want_listing();
        }
        self.session = Session::Active(Line::Polling { probe: None });
        self.arm(Timer::Probe, now.mono + PROBE_EVERY_MS);
        self.poll_later(now);
    }

    fn poll_later(&mut self, now: Now) {
        if self.is_visible && !self.is_armed(Timer::Poll) {
            self.arm(Timer::Poll, now.mono + POLL_EVERY_MS);
        }
    }

    /// The connection is lost or given up: another attempt follows.
    pub(super) fn lose_connection(&mut self, now: Now, code: ErrorCode) {
        if self.wire().is_some() {
            self.close_wire();
            if !planted::has(Fault::AccountIsForever) {
                self.account = AccountCheck::Unknown; // The session may be another's by then.
            }
            self.own.listing.has_read = false;
            self.wait(now, code);
        }
    }

    fn wait(&mut self, now: Now, code: ErrorCode) {
        let pause = self.backoff.next_pause_from(FIRST_DELAY_MS, !self.is_visible);
        let delay = pause.max(self.own.no_dial_before.saturating_sub(now.mono));
        self.reason = Some(code);
        self.session = Session::Active(Line::Waiting { retry_at: now.wall + delay });
        self.disarm(Timer::Stable);
        self.disarm(Timer::Silence);
        self.arm(Timer::Redial, now.mono + delay);
        self.poll_later(now);
        self.report_code(code);
        if self.account == AccountCheck::Unknown {
            self.ask_account(); // What waits needs no socket.
        }
        if !self.own.listing.is_known {
            self.want_listing(); // Nor does what the server has.
        }
    }

    fn wire(&self) -> Option<Wire> {
        match &self.session {
            Session::Active(line) => line.wire(),
            Session::Idle | Session::Following | Session::Stopped => None,
        }
    }

    fn close_wire(&mut self) {
        if let Some(Wire { generation, .. }) = self.wire() {
            self.perform(Effect::Close { generation });
        }
    }

    pub(super) fn fall_silent(&mut self) {
        self.unlink();
        if let Session::Active(line) = &mut self.session {
            *line = Line::Silent;
        }
    }

    pub(super) fn unlink(&mut self) {
        self.close_wire();
        self.own.failed_dials = 0;
        for timer in [Timer::Redial, Timer::DialDeadline, Timer::Stable, Timer::Poll, Timer::Probe, Timer::Silence, Timer::Quiet] {
            self.disarm(timer);
        }
    }

    pub(super) fn ask_account(&mut self) {
        if !self.own.asks_account {
            self.own.asks_account = true;
            self.disarm(Timer::AskAgain);
            self.request(Task::Account, self.own.routes.me());
        }
    }

    /// Before it is known whose session it is, nothing is written.
    pub(super) fn account_told(&mut self, now: Now, outcome: HttpOutcome) {
        self.own.asks_account = false;
        if !matches!(self.session, Session::Active(_)) {
            return;
        }
        self.account = match outcome {
            HttpOutcome::Response { status: 401, .. } => return self.stop(ErrorReport::new(ErrorCode::NeedsAuth)),
            HttpOutcome::Response { status: 200, body, .. } => match read_me(&body) {
                Some(Some(id)) if id == self.own.config.me.id => AccountCheck::Verified,
                Some(Some(_)) => return self.stop(ErrorReport::new(ErrorCode::WrongUser)),
                Some(None) => return self.stop(ErrorReport::new(ErrorCode::NeedsAuth)),
                None => AccountCheck::Unverified,
            },
            HttpOutcome::Response { status: 429 | 500..=500 | 502..=504, .. } => return self.ask_account_again(now),
            HttpOutcome::Response { .. } => AccountCheck::Unverified,
            // The page may not read that route, where it may read others.
            HttpOutcome::Unreachable if self.own.listing.has_read => AccountCheck::Unverified,
            HttpOutcome::Unreachable => return self.ask_account_again(now),
        };
        self.own.account_at = now.mono;
    }

    fn ask_account_again(&mut self, now: Now) {
        let delay = self.sending.backoff.next_delay_from(FIRST_DELAY_MS);
        self.arm(Timer::AskAgain, now.mono + delay);
    }

    pub(super) fn hear_network(&mut self, now: Now, is_online: bool) {
        if is_online && matches!(self.session, Session::Active(_)) {
            self.freshen(now);
            self.write_soon(now);
        }
    }

    /// The line may be another by now. There is no way to ask whether the connection is alive: the set is read, and a new one made.
    pub(super) fn freshen(&mut self, now: Now) {
        let Session::Active(line) = &self.session else { return };
        match line {
            Line::Silent => return,
            Line::Open(wire) => {
                let is_stream = wire.is_stream;
                self.close_wire();
                self.own.listing.has_read = false;
                self.disarm(Timer::Silence);
                self.dial(now, is_stream);
            }
            Line::Waiting { .. } => self.redial(now),
            Line::Dialling(_) | Line::Probing { .. } | Line::Polling { .. } => {}
        }
        self.want_listing();
    }

    fn redial(&mut self, now: Now) {
        if matches!(self.session, Session::Active(Line::Waiting { .. })) && self.own.no_dial_before <= now.mono {
            self.dial(now, false);
        }
    }

    pub(super) fn hear_visibility(&mut self, now: Now) {
        if !self.is_visible {
            self.disarm(Timer::Poll);
            return self.disarm(Timer::Silence);
        }
        let Session::Active(line) = &self.session else { return };
        match line {
            Line::Silent => return,
            Line::Open(_) if now.mono <= self.own.heard_at + FRESH_MS => self.arm(Timer::Silence, now.mono + SILENCE_MS),
            Line::Open(_) | Line::Waiting { .. } => return self.freshen(now),
            Line::Dialling(_) | Line::Probing { .. } | Line::Polling { .. } => self.poll_later(now),
        }
        if !planted::has(Fault::NoListWhenShown) {
            self.want_listing();
        }
    }

    pub(super) fn fire_timer(&mut self, now: Now, timer: Timer) {
        match timer {
            Timer::Redial => self.redial(now),
            Timer::DialDeadline => {
                if let Session::Active(Line::Dialling(wire)) = self.session {
                    self.dial_failed(now, wire);
                }
            }
            Timer::Stable => self.backoff.reset(),
            Timer::Poll => {
                self.want_listing();
                self.poll_later(now);
            }
            Timer::Probe => self.probe_again(now),
            Timer::Silence => {
                if !planted::has(Fault::SilenceIsPeace) && self.is_visible && matches!(self.session, Session::Active(Line::Open(_))) {
                    self.own.listing.tries_connection = true;
                    self.want_listing();
                    self.arm(Timer::Silence, now.mono + SILENCE_MS);
                }
            }
            Timer::Quiet | Timer::ListAgain | Timer::Look => self.want_listing(),
            Timer::AskAgain => self.ask_account(),
        }
    }

    fn probe_again(&mut self, now: Now) {
        match &self.session {
            Session::Active(Line::Polling { .. }) => {
                let method = Method::Head;
                let probe = self.request(Task::Probe, self.own.routes.probe(method));
                self.session = Session::Active(Line::Polling { probe: Some((probe, method)) });
                self.arm(Timer::Probe, now.mono + PROBE_EVERY_MS);
            }
            Session::Active(Line::Open(Wire { is_stream: true, .. })) => {
                self.close_wire();
                self.dial(now, false);
            }
            Session::Idle | Session::Following | Session::Stopped | Session::Active(_) => {}
        }
    }
}

fn judge(method: Method, outcome: &HttpOutcome) -> Verdict {
    match outcome {
        HttpOutcome::Response { status: 401, .. } => Verdict::Stop(ErrorCode::NeedsAuth),
        HttpOutcome::Response { status: 403, .. } => Verdict::Stop(ErrorCode::Refused),
        HttpOutcome::Response { status: 503, .. } => Verdict::NoLivePush,
        HttpOutcome::Response { status: 429, .. } => Verdict::Unknown,
        // The first generation knows no HEAD, and answers 426 to whoever asks by it.
        HttpOutcome::Response { status: 400..=499, .. } if method == Method::Head => Verdict::AskByGet,
        HttpOutcome::Response { status: 200..=299 | 426, .. } => Verdict::Available,
        HttpOutcome::Response { .. } | HttpOutcome::Unreachable => Verdict::Unknown,
    }
}
