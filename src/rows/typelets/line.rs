//! The connection's life: a token, a socket, the token again within it, and signs of life.

use super::pacing::Pace;
use super::planted::{self, Fault};
use super::send;
use super::signing::SIGNATURE_LENGTH;
use super::{Timer, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport, shorten};
use crate::engine::ids::Generation;
use crate::engine::io::{Now, SocketEvent};
use crate::engine::notice::AccountCheck;
use crate::engine::payload::Payload;
use crate::engine::pulse::Pulse;
use crate::rows::Engine;
use crate::rows::io::{Effect, Secret};
use crate::rows::json::{Fields, Value, parse_object, text_of};
use crate::rows::notice::ConnectionState;
use crate::rows::session::Session;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::collections::VecDeque;

/// Milliseconds that a dial may take.
const DIAL_DEADLINE_MS: u64 = 15_000;
/// Milliseconds that the server may take to look at a token.
const AUTH_DEADLINE_MS: u64 = 10_000;
/// Milliseconds that a connection has to last before the backoff starts over.
const STABLE_AFTER_MS: u64 = 30_000;
/// Milliseconds without a frame after which a ping is sent.
const PING_AFTER_MS: u64 = 30_000;
/// Milliseconds before its end at which a token is replaced; of a shorter one at half its life.
const RENEW_BEFORE_MS: u64 = 60_000;
/// Milliseconds between two such attempts at least: an app may go on giving the same token.
const RENEW_EVERY_MS: u64 = 30_000;

/// Milliseconds between two times that an app is asked for a token which gives none, while the socket is open.
const ASK_EVERY_MS: u64 = 10_000;

/// The connection.
#[derive(Debug)]
pub enum Line {
    /// The app is asked for a token.
    Asking,
    /// The socket is being opened.
    Dialling(Generation),
    /// The server looks at the token.
    Authenticating(Generation),
    /// The server takes frames.
    Open(Open),
    /// Nothing, until this time on the wall clock.
    Waiting {
        /// When the next attempt is made.
        retry_at: u64,
    },
    /// So many attempts have failed that no more is made, before the browser is online or the page seen again, or the app reconnects.
    GivenUp,
}

/// A socket whose server knows the user.
#[derive(Debug)]
pub struct Open {
    pub(super) generation: Generation,
    /// Frames that wait.
    waiting: VecDeque<Fields>,
    pub(super) pace: Pace,
    pub(super) pulse: Pulse,
    pub(super) signing: Signing,
    /// The token is being replaced, and what is sent meanwhile would be refused.
    is_renewing: bool,
}

/// Whether frames are signed.
#[derive(Debug)]
pub(super) enum Signing {
    Off,
    /// The server's clock is asked for.
    Clock(Secret),
    /// With the clock of the server, of which the monotonic one is so much behind: that one nobody sets.
    On(Secret, u64),
}

impl Line {
    pub(super) fn state(&self, has_shown: bool) -> (ConnectionState, Option<u64>) {
        match self {
            Self::Asking | Self::Dialling(_) | Self::Authenticating(_) => (ConnectionState::Connecting, None),
            Self::Open(_) if has_shown => (ConnectionState::Live, None),
            Self::Open(_) => (ConnectionState::CatchingUp, None),
            Self::Waiting { retry_at } => (ConnectionState::Reconnecting, Some(*retry_at)),
            Self::GivenUp => (ConnectionState::Failed, None),
        }
    }

    fn generation(&self) -> Option<Generation> {
        match self {
            Self::Dialling(generation) | Self::Authenticating(generation) => Some(*generation),
            Self::Open(open) => Some(open.generation),
            Self::Asking | Self::Waiting { .. } | Self::GivenUp => None,
        }
    }
}

impl Engine<Typelets> {
    pub(super) fn open_line(&mut self) -> Option<&mut Open> {
        match &mut self.session {
            Session::Active(Line::Open(open)) => Some(open),
            Session::Active(_) | Session::Idle | Session::Following | Session::Stopped => None,
        }
    }

    /// Whether the server takes frames now.
    pub(super) fn is_talking(&self) -> bool {
        matches!(&self.session, Session::Active(Line::Open(open)) if !open.is_renewing && !matches!(open.signing, Signing::Clock(_)))
    }

    /// Whether one more could be sent at once.
    pub(super) fn may_talk(&self, now: Now) -> bool {
        let is_free = |open: &Open| open.waiting.is_empty() && open.pace.is_free(now.mono);
        self.is_talking() && matches!(&self.session, Session::Active(Line::Open(open)) if is_free(open))
    }

    /// The same of one that is answered: it is the only one, because an error does not say what it is about. Where it is the server's limit that
    /// is in the way, a timer says when it is no more.
    pub(super) fn is_line_free(&mut self, now: Now) -> bool {
        if self.may_talk(now) {
            return self.own.joins.asked.is_none() || planted::has(Fault::UpdateDuringJoin);
        }
        if let Some(at) = self.open_line().and_then(|open| open.pace.free_at(now.mono)) {
            self.arm(Timer::Pace, at);
        }
        false
    }

    /// A fresh token comes first.
    pub(super) fn start_line(&mut self) {
        self.session = Session::Active(Line::Asking);
        self.disarm(Timer::Redial);
        self.disarm(Timer::AskAgain);
        self.ask_token();
    }

    pub(super) fn ask_token(&mut self) {
        if !self.own.asks_token && !self.is_armed(Timer::AskAgain) {
            self.own.asks_token = true;
            let task = self.begin(crate::rows::Task::Own(super::Task::Token));
            self.perform(Effect::AskToken { task });
        }
    }

    pub(super) fn token_given(&mut self, now: Now, token: Option<Secret>) {
        self.own.asks_token = false;
        let is_renewing = matches!(self.session, Session::Active(Line::Open(_))) && self.own.wants_renewal;
        match token {
            Some(token) => {
                self.own.token = Some(token.clone());
                if matches!(self.session, Session::Active(Line::Asking)) {
                    self.dial(now);
                } else if is_renewing {
                    self.renew(now, &token);
                }
            }
            // What is about to end is good until then.
            None if is_renewing && self.own.token.is_some() => self.arm(Timer::Renew, now.mono + RENEW_EVERY_MS),
            None => {
                self.own.token = None;
                if matches!(self.session, Session::Active(Line::Asking)) {
                    self.wait(now, ErrorReport::new(ErrorCode::TokenFailed));
                } else {
                    self.report_code(ErrorCode::TokenFailed);
                    self.arm(Timer::AskAgain, now.mono + ASK_EVERY_MS);
                }
            }
        }
    }

    fn dial(&mut self, now: Now) {
        let generation = self.last_generation.advance();
        self.session = Session::Active(Line::Dialling(generation));
        self.arm(Timer::DialDeadline, now.mono + DIAL_DEADLINE_MS);
        self.perform(Effect::OpenSocket { generation, url: self.own.config.url.clone() });
    }

    pub(super) fn hear(&mut self, now: Now, generation: Generation, event: SocketEvent) {
        let Session::Active(line) = &self.session else { return };
        if line.generation() != Some(generation) {
            return;
        }
        match event {
            SocketEvent::Opened => self.authenticate(now, generation),
            SocketEvent::Frame(text) => {
                self.heard(now);
                self.frame(now, text);
            }
            SocketEvent::Unreadable { too_large } => {
                self.heard(now);
                self.report_code(if too_large { ErrorCode::FrameTooLarge } else { ErrorCode::BadFrame });
                self.want_listing();
            }
            SocketEvent::Buffered(bytes) => {
                if let Some(open) = self.open_line() {
                    open.pulse.buffered(now.mono, bytes);
                }
            }
            SocketEvent::Closed { code, reason } => {
                self.last_close = Some((code, shorten(&reason)));
                match line {
                    Line::Dialling(_) => self.wait(now, ErrorReport::new(ErrorCode::DialFailed)),
                    Line::Authenticating(_) | Line::Open(_) => self.lose(now, ErrorReport::new(ErrorCode::ConnectionLost)),
                    Line::Asking | Line::Waiting { .. } | Line::GivenUp => {}
                }
            }
        }
    }

    fn authenticate(&mut self, now: Now, generation: Generation) {
        let Some(token) = self.own.token.clone() else { return };
        self.disarm(Timer::DialDeadline);
        self.session = Session::Active(Line::Authenticating(generation));
        self.arm(Timer::AuthDeadline, now.mono + AUTH_DEADLINE_MS);
        self.perform(Effect::SendFrame { generation, frame: Payload(send::auth(&token.0)), secret: None });
    }

    /// The server knows the user: of this socket for the first time, or again.
    pub(super) fn authenticated(&mut self, now: Now, user_id: &str, secret: Option<Secret>) {
        self.disarm(Timer::AuthDeadline);
        if user_id != self.own.config.user_id {
            return self.stop(ErrorReport::new(ErrorCode::WrongUser));
        }
        self.account = AccountCheck::Verified;
        (self.own.refused_tokens, self.own.has_bad_token) = (0, false);
        let signing = match secret.filter(|_| self.own.config.signs) {
            Some(secret) => Signing::Clock(secret),
            None => Signing::Off,
        };
        let is_new = match &mut self.session {
            Session::Active(Line::Open(open)) => {
                open.is_renewing = false;
                match (&mut open.signing, signing) {
                    // The clock is known.
                    (Signing::On(own, _), Signing::Clock(secret)) => *own = secret,
                    (own, new) => *own = new,
                }
                false
            }
            Session::Active(Line::Authenticating(generation)) => {
                let (generation, waiting, pulse) = (*generation, VecDeque::new(), Pulse::new(PING_AFTER_MS, now.mono));
                self.session =
                    Session::Active(Line::Open(Open { generation, waiting, pace: Pace::default(), pulse, signing, is_renewing: false }));
                true
            }
            Session::Active(_) | Session::Idle | Session::Following | Session::Stopped => return,
        };
        self.renew_in_time(now);
        if is_new {
            if planted::has(Fault::NoncesAgain) {
                self.own.signer = super::signing::Signer::new(self.own.config.seed);
            }
            self.reason = None;
            (self.is_online, self.own.is_offline) = (true, false);
            self.own.failed_attempts = 0;
            self.own.listing.begin();
            self.arm(Timer::Stable, now.mono + STABLE_AFTER_MS);
        }
        self.ping(now);
        self.flush(now);
    }

    /// It does not, and closes the socket. Another token may do, once.
    pub(super) fn not_authenticated(&mut self, now: Now) {
        self.own.refused_tokens += 1;
        if self.own.refused_tokens > 1 {
            return self.stop(ErrorReport::new(ErrorCode::NeedsAuth));
        }
        self.drop_line(now);
        self.start_line();
    }

    /// A request was refused, because of its token: another may do, once.
    pub(super) fn token_is_bad(&mut self) {
        if self.own.has_bad_token {
            return self.stop(ErrorReport::new(ErrorCode::NeedsAuth));
        }
        self.own.has_bad_token = true;
        self.own.token = None;
        self.ask_token();
    }

    /// Sets when the token is replaced, by what stands in it.
    fn renew_in_time(&mut self, now: Now) {
        self.own.wants_renewal = false;
        self.disarm(Timer::Renew);
        let Some(end) = self.own.token.as_ref().and_then(|token| end_of(&token.0)) else { return };
        let left = end.saturating_sub(now.wall);
        let delay = left.saturating_sub(RENEW_BEFORE_MS).max(left / 2).max(RENEW_EVERY_MS);
        self.arm(Timer::Renew, now.mono + delay);
    }

    fn renew(&mut self, now: Now, token: &Secret) {
        self.own.wants_renewal = false;
        let Some(open) = self.open_line() else { return };
        open.is_renewing = !planted::has(Fault::SentWhileRenewing);
        open.pace.take(now.mono);
        let generation = open.generation;
        self.arm(Timer::AuthDeadline, now.mono + AUTH_DEADLINE_MS);
        self.perform(Effect::SendFrame { generation, frame: Payload(send::auth(&token.0)), secret: None });
    }

    /// Sends a frame as soon as the server takes it.
    pub(super) fn say(&mut self, now: Now, frame: Fields) {
        if let Some(open) = self.open_line() {
            open.waiting.push_back(frame);
            self.flush(now);
        }
    }

    pub(super) fn flush(&mut self, now: Now) {
        while self.is_talking() {
            let Some(open) = self.open_line() else { return };
            if open.waiting.is_empty() {
                return;
            }
            if let Some(at) = open.pace.free_at(now.mono) {
                return self.arm(Timer::Pace, at);
            }
            let Some(payload) = open.waiting.pop_front() else { return };
            open.pace.take(now.mono);
            let generation = open.generation;
            let secret = match &open.signing {
                Signing::On(secret, ahead) => Some((secret.clone(), now.mono.saturating_add(*ahead))),
                Signing::Off | Signing::Clock(_) => None,
            };
            let (frame, added, secret) = match secret {
                Some((secret, timestamp)) => (self.own.signer.prepare(&payload, timestamp), SIGNATURE_LENGTH, Some(secret)),
                None => (text_of(&payload), 0, None),
            };
            if let Some(open) = self.open_line() {
                open.pulse.sent(now.mono, frame.len() + added);
            }
            self.perform(Effect::SendFrame { generation, frame: Payload(frame), secret });
        }
    }

    /// The connection is lost or given up: another attempt follows.
    pub(super) fn lose(&mut self, now: Now, report: ErrorReport) {
        self.drop_line(now);
        self.wait(now, report);
    }

    fn wait(&mut self, now: Now, report: ErrorReport) {
        self.close_socket();
        self.disarm(Timer::Stable);
        // Without a network nothing is learnt about the server.
        self.own.failed_attempts += u32::from(!self.own.is_offline);
        self.reason = Some(report.code);
        self.report(report);
        if self.own.failed_attempts >= self.own.config.max_attempts && !planted::has(Fault::NeverGivenUp) {
            self.session = Session::Active(Line::GivenUp);
            self.reason = Some(ErrorCode::GivenUp);
            return self.report_code(ErrorCode::GivenUp);
        }
        let delay = self.backoff.next_pause(!self.is_visible);
        self.session = Session::Active(Line::Waiting { retry_at: now.wall + delay });
        self.arm(Timer::Redial, now.mono + delay);
    }

    /// What waited for the connection waits no more.
    fn drop_line(&mut self, now: Now) {
        self.close_socket();
        self.account = AccountCheck::Unknown;
        (self.own.listing.has_read, self.own.listing.has_shown) = (false, false);
        self.own.joins.forget();
        self.telling_is_cut_off(now);
    }

    fn close_socket(&mut self) {
        if let Session::Active(line) = &self.session
            && let Some(generation) = line.generation()
        {
            self.perform(Effect::Close { generation });
        }
        for timer in [Timer::DialDeadline, Timer::AuthDeadline, Timer::Pace, Timer::Renew, Timer::Join] {
            self.disarm(timer);
        }
    }

    pub(super) fn unlink_line(&mut self) {
        self.close_socket();
        self.disarm(Timer::Redial);
        self.disarm(Timer::Stable);
        (self.own.failed_attempts, self.own.refused_tokens, self.own.has_bad_token) = (0, 0, false);
        self.own.joins.forget();
    }

    /// Ten more attempts, the first of them now, unless one is under way.
    pub(super) fn try_anew(&mut self) {
        self.own.failed_attempts = 0;
        if matches!(self.session, Session::Active(Line::Waiting { .. } | Line::GivenUp)) {
            self.start_line();
        }
    }

    pub(super) fn fire_timer(&mut self, now: Now, timer: Timer) {
        match timer {
            Timer::Redial => {
                if matches!(self.session, Session::Active(Line::Waiting { .. })) {
                    self.start_line();
                }
            }
            Timer::DialDeadline => self.wait(now, ErrorReport::new(ErrorCode::DialFailed)),
            Timer::AuthDeadline => self.lose(now, ErrorReport::new(ErrorCode::NoAnswer).detail("auth")),
            Timer::Stable => self.backoff.reset(),
            Timer::Pulse => self.beat(now),
            Timer::Pace => self.flush(now),
            Timer::Renew => {
                self.own.wants_renewal = true;
                self.disarm(Timer::AskAgain);
                self.ask_token();
            }
            Timer::Join => self.join_timed_out(),
            Timer::Answer => self.telling_timed_out(now),
            Timer::Poll => {
                self.want_listing();
                self.poll_later(now);
            }
            Timer::ListAgain | Timer::Look => self.want_listing(),
            Timer::Share => {}    // It is written down as soon as it is due.
            Timer::AskAgain => {} // Whoever needs one asks.
            Timer::FetchAgain => self.own.fetches.rests = false,
        }
    }
}

/// When a JWT ends, in milliseconds since 1970; `None` where it is none, or does not say.
fn end_of(token: &str) -> Option<u64> {
    let payload = Base64UrlUnpadded::decode_vec(token.split('.').nth(1)?).ok()?;
    match parse_object(std::str::from_utf8(&payload).ok()?)?.remove("exp")? {
        Value::Number(seconds) => seconds.split('.').next()?.parse::<u64>().ok()?.checked_mul(1_000),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_token_is_read() {
        let token = |payload: &str| format!("e30.{}.sig", Base64UrlUnpadded::encode_string(payload.as_bytes()));
        assert_eq!(end_of(&token(r#"{"sub":"u","exp":1735430400}"#)), Some(1_735_430_400_000));
        assert_eq!(end_of(&token(r#"{"exp":1735430400.9}"#)), Some(1_735_430_400_000));
        for none in [
            token("{}"),
            token(r#"{"exp":"soon"}"#),
            token(r#"{"exp":-1}"#),
            token(r#"{"exp":18446744073709551615}"#),
            token("["),
            "opaque".into(),
            "a.*.c".into(),
        ] {
            assert_eq!(end_of(&none), None, "{none}");
        }
    }
}
