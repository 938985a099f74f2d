//! The connection's life: a socket, a stream where no socket can be had, or asking from time to time where there is neither.

use super::electing::Role;
use super::glint::request::read_me;
use super::io::{Effect, Method};
use super::notice::{ConnectionState, Notice};
use super::{Engine, FIRST_DELAY_MS, Task, Timer};
use crate::engine::error::{ErrorCode, ErrorReport, shorten};
use crate::engine::ids::{Generation, TaskId};
use crate::engine::io::{HttpOutcome, Now, SocketEvent};
use crate::engine::notice::AccountCheck;

/// Milliseconds that a dial may take.
const DIAL_DEADLINE_MS: u64 = 15_000;
/// Milliseconds that a connection has to last before the backoff starts over.
const STABLE_AFTER_MS: u64 = 30_000;
/// Milliseconds between two readings of the set, where nothing tells of news.
const POLL_EVERY_MS: u64 = 15_000;
/// Milliseconds until the server is asked again whether it has live push, or a socket is dialled in place of a stream.
const PROBE_EVERY_MS: u64 = 300_000;
/// Milliseconds after which something is written although the browser believes to be offline.
const OFFLINE_MS: u64 = 30_000;
/// Milliseconds without a frame after which the set is read: the protocol has no heartbeat.
const SILENCE_MS: u64 = 60_000;
/// Failed dials of a socket that could have been had, after which a stream is opened.
const DIALS_BEFORE_STREAM: u32 = 3;

/// The connection's state.
#[derive(Debug)]
pub(super) enum Session {
    /// Not asked to connect.
    Idle,
    /// Asked to connect, but another tab of the device is the one that does.
    Following,
    /// Until the app reconnects.
    Stopped,
    /// This tab is connected, or tries to be.
    Active(Line),
}

/// What brings news.
#[derive(Debug)]
pub(super) enum Line {
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
pub(super) struct Wire {
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

impl Session {
    pub(super) fn state(&self, has_read: bool) -> (ConnectionState, Option<u64>) {
        match self {
            Self::Idle => (ConnectionState::Idle, None),
            Self::Following => (ConnectionState::Following, None),
            Self::Stopped => (ConnectionState::Stopped, None),
            Self::Active(Line::Silent | Line::Dialling(_) | Line::Probing { .. }) => (ConnectionState::Connecting, None),
            Self::Active(Line::Open(_)) if has_read => (ConnectionState::Live, None),
            Self::Active(Line::Open(_)) => (ConnectionState::CatchingUp, None),
            Self::Active(Line::Waiting { retry_at }) => (ConnectionState::Reconnecting, Some(*retry_at)),
            Self::Active(Line::Polling { .. }) => (ConnectionState::Polling, None),
        }
    }

    fn wire(&self) -> Option<Wire> {
        match self {
            Self::Active(Line::Dialling(wire) | Line::Open(wire)) => Some(*wire),
            Self::Idle | Self::Following | Self::Stopped => None,
            Self::Active(Line::Silent | Line::Probing { .. } | Line::Waiting { .. } | Line::Polling { .. }) => None,
        }
    }
}

impl Engine {
    pub(super) fn connect(&mut self) {
        self.is_retired = false;
        if matches!(self.session, Session::Idle) {
            self.session = Session::Following;
            self.elect();
        }
    }

    pub(super) fn disconnect(&mut self) {
        self.unlink();
        self.reason = None;
        self.session = Session::Idle;
        self.resign();
    }

    pub(super) fn reconnect(&mut self, now: Now) {
        self.unlink();
        self.is_retired = false;
        self.backoff.reset();
        self.reason = None;
        if self.role == Role::Leader {
            self.start_session(now);
        } else {
            self.session = Session::Following;
            self.elect();
        }
    }

    /// Nothing is to be told any more; what waits is sent.
    pub(super) fn retire(&mut self, _: Now) {
        self.is_retired = true;
        self.unlink();
        if let Session::Active(line) = &mut self.session {
            *line = Line::Silent;
        }
    }

    /// After [`Self::retire`], once nothing is left to send.
    pub(super) fn drain(&mut self) {
        let is_empty = self.outbox.count() == self.outbox.wedged() && self.commits.appends() == 0;
        let sends = matches!(self.session, Session::Active(_) | Session::Following);
        if self.is_retired && self.is_ready && (is_empty || !sends) {
            self.is_retired = false;
            self.emit(Notice::Drained);
        }
    }

    /// This tab is the one that connects and sends.
    pub(super) fn start_session(&mut self, now: Now) {
        self.account = AccountCheck::Unknown;
        self.ask_account();
        self.listing.has_read = false;
        if self.is_retired {
            self.session = Session::Active(Line::Silent);
        } else {
            self.dial(now, false);
        }
    }

    fn dial(&mut self, now: Now, is_stream: bool) {
        let generation = self.last_generation.advance();
        self.session = Session::Active(Line::Dialling(Wire { generation, is_stream }));
        self.timers.clear(Timer::Redial);
        self.timers.set(Timer::DialDeadline, now.mono + DIAL_DEADLINE_MS);
        self.poll_later(now);
        self.perform(if is_stream {
            Effect::OpenStream { generation, url: self.routes.stream() }
        } else {
            Effect::OpenSocket { generation, url: self.routes.socket() }
        });
    }

    pub(super) fn socket_event(&mut self, now: Now, generation: Generation, event: SocketEvent) {
        let Some(wire) = self.session.wire().filter(|wire| wire.generation == generation) else { return };
        match event {
            SocketEvent::Opened => self.opened(now, wire),
            SocketEvent::Frame(text) => {
                self.timers.set(Timer::Silence, now.mono + SILENCE_MS);
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
        self.failed_dials = 0;
        self.timers.clear(Timer::DialDeadline);
        self.timers.clear(Timer::Poll);
        self.timers.set(Timer::Stable, now.mono + STABLE_AFTER_MS);
        self.timers.set(Timer::Silence, now.mono + SILENCE_MS);
        if wire.is_stream {
            self.timers.set(Timer::Probe, now.mono + PROBE_EVERY_MS);
        }
        self.reason = None;
        self.is_online = true;
        self.listing.has_read = false;
        self.want_listing();
        if self.account == AccountCheck::Unknown {
            self.ask_account();
        }
    }

    /// The browser does not say why, a request may.
    fn dial_failed(&mut self, now: Now, wire: Wire) {
        self.close_wire();
        self.timers.clear(Timer::DialDeadline);
        if wire.is_stream {
            self.failed_dials = 0; // A socket may be had by now.
            return self.wait(now, ErrorCode::DialFailed);
        }
        self.failed_dials += 1;
        let method = Method::Head;
        let probe = self.request(Task::Probe, self.routes.probe(method));
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
        match judge(method, &outcome) {
            Verdict::Stop(code) => self.stop(ErrorReport::new(code)),
            Verdict::AskByGet => {
                let method = Method::Get;
                let probe = self.request(Task::Probe, self.routes.probe(method));
                self.session = Session::Active(if is_polling {
                    Line::Polling { probe: Some((probe, method)) }
                } else {
                    Line::Probing { probe, method }
                });
            }
            Verdict::NoLivePush => self.poll_from_now_on(now),
            Verdict::Available if is_polling => self.dial(now, false),
            Verdict::Available if self.failed_dials >= DIALS_BEFORE_STREAM => self.dial(now, true),
            Verdict::Available => self.wait(now, ErrorCode::DialFailed),
            Verdict::Unknown if is_polling => {}
            Verdict::Unknown => {
                self.failed_dials -= 1; // Whether a socket could be had was not told.
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
        self.timers.set(Timer::Probe, now.mono + PROBE_EVERY_MS);
        self.poll_later(now);
    }

    fn poll_later(&mut self, now: Now) {
        if self.is_visible && !self.timers.is_set(Timer::Poll) {
            self.timers.set(Timer::Poll, now.mono + POLL_EVERY_MS);
        }
    }

    /// The connection is lost or given up: another attempt follows.
    pub(super) fn lose_connection(&mut self, now: Now, code: ErrorCode) {
        if self.session.wire().is_some() {
            self.close_wire();
            self.account = AccountCheck::Unknown; // The session may be another's by then.
            self.listing.has_read = false;
            self.wait(now, code);
        }
    }

    fn wait(&mut self, now: Now, code: ErrorCode) {
        let delay = self.backoff.next_delay_from(FIRST_DELAY_MS);
        self.reason = Some(code);
        self.session = Session::Active(Line::Waiting { retry_at: now.wall + delay });
        self.timers.clear(Timer::Stable);
        self.timers.clear(Timer::Silence);
        self.timers.set(Timer::Redial, now.mono + delay);
        self.poll_later(now);
        self.report_code(code);
        if self.account == AccountCheck::Unknown {
            self.ask_account(); // What waits needs no socket.
        }
    }

    /// Nothing more is tried until the app reconnects.
    pub(super) fn stop(&mut self, report: ErrorReport) {
        self.unlink();
        self.reason = Some(report.code);
        self.session = Session::Stopped;
        self.resign(); // Another tab may know better.
        self.report(report);
    }

    fn close_wire(&mut self) {
        if let Some(Wire { generation, .. }) = self.session.wire() {
            self.perform(Effect::Close { generation });
        }
    }

    pub(super) fn unlink(&mut self) {
        self.close_wire();
        self.failed_dials = 0;
        for timer in [Timer::Redial, Timer::DialDeadline, Timer::Stable, Timer::Poll, Timer::Probe, Timer::Silence, Timer::Quiet] {
            self.timers.clear(timer);
        }
    }

    pub(super) fn ask_account(&mut self) {
        if !self.asks_account {
            self.asks_account = true;
            self.timers.clear(Timer::AskAgain);
            self.request(Task::Account, self.routes.me());
        }
    }

    /// Before it is known whose session it is, nothing is written.
    pub(super) fn account_told(&mut self, now: Now, outcome: HttpOutcome) {
        self.asks_account = false;
        if !matches!(self.session, Session::Active(_)) {
            return;
        }
        self.account = match outcome {
            HttpOutcome::Response { status: 401, .. } => return self.stop(ErrorReport::new(ErrorCode::NeedsAuth)),
            HttpOutcome::Response { status: 200, body } => match read_me(&body) {
                Some(Some(id)) if id == self.config.me.id => AccountCheck::Verified,
                Some(Some(_)) => return self.stop(ErrorReport::new(ErrorCode::WrongUser)),
                Some(None) => return self.stop(ErrorReport::new(ErrorCode::NeedsAuth)),
                None => AccountCheck::Unverified,
            },
            HttpOutcome::Response { status: 429 | 500..=500 | 502..=504, .. } => return self.ask_account_again(now),
            HttpOutcome::Response { .. } => AccountCheck::Unverified,
            // The page may not read that route, where it may read others.
            HttpOutcome::Unreachable if self.listing.has_read => AccountCheck::Unverified,
            HttpOutcome::Unreachable => return self.ask_account_again(now),
        };
        self.account_at = now.mono;
    }

    fn ask_account_again(&mut self, now: Now) {
        let delay = self.write_backoff.next_delay_from(FIRST_DELAY_MS);
        self.timers.set(Timer::AskAgain, now.mono + delay);
    }

    /// The browser's word is a hint: it hastens the next attempt.
    pub(super) fn network_hint(&mut self, now: Now, is_online: bool) {
        self.is_online = is_online;
        if !is_online {
            return self.timers.set(Timer::Online, now.mono + OFFLINE_MS);
        }
        self.timers.clear(Timer::Online);
        if let Session::Active(line) = &self.session {
            if let Line::Waiting { .. } = line {
                self.dial(now, false);
            }
            self.want_listing();
            self.write_soon(now);
        }
    }

    pub(super) fn visibility(&mut self, now: Now, is_visible: bool) {
        self.is_visible = is_visible;
        if !is_visible {
            self.timers.clear(Timer::Poll);
            return self.timers.clear(Timer::Silence);
        }
        self.is_stale = true; // Hints may have been lost meanwhile.
        let Session::Active(line) = &self.session else { return };
        match line {
            Line::Silent => return,
            Line::Open(_) => self.timers.set(Timer::Silence, now.mono + SILENCE_MS),
            Line::Waiting { .. } => self.dial(now, false),
            Line::Dialling(_) | Line::Probing { .. } | Line::Polling { .. } => self.poll_later(now),
        }
        self.want_listing();
    }

    pub(super) fn fire_timers(&mut self, now: Now) {
        while let Some(timer) = self.timers.take_due(now.mono) {
            match timer {
                Timer::Redial => {
                    if matches!(self.session, Session::Active(Line::Waiting { .. })) {
                        self.dial(now, false);
                    }
                }
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
                    if self.is_visible && matches!(self.session, Session::Active(Line::Open(_))) {
                        self.listing.tries_connection = true;
                        self.want_listing();
                        self.timers.set(Timer::Silence, now.mono + SILENCE_MS);
                    }
                }
                Timer::Quiet | Timer::ListAgain => self.want_listing(),
                Timer::AskAgain => self.ask_account(),
                Timer::Write => self.write_soon(now),
                Timer::Look => self.want_listing(),
                Timer::Refresh => self.is_stale = true,
                Timer::Online => self.is_online = true,
                Timer::Commit => self.commits.resume(),
            }
        }
    }

    fn probe_again(&mut self, now: Now) {
        match &self.session {
            Session::Active(Line::Polling { .. }) => {
                let method = Method::Head;
                let probe = self.request(Task::Probe, self.routes.probe(method));
                self.session = Session::Active(Line::Polling { probe: Some((probe, method)) });
                self.timers.set(Timer::Probe, now.mono + PROBE_EVERY_MS);
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
        // The first generation knows no HEAD, and answers 426 to whoever asks by it.
        HttpOutcome::Response { status: 400..=499, .. } if method == Method::Head => Verdict::AskByGet,
        HttpOutcome::Response { status: 200..=299 | 426, .. } => Verdict::Available,
        HttpOutcome::Response { .. } | HttpOutcome::Unreachable => Verdict::Unknown,
    }
}
