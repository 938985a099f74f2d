//! The connection's life: dial, greet, check the account, catch up, live; and what ends it.

use super::bytes::push_number;
use super::clock::Correction;
use super::dialect::{Greeting, bitmarks};
use super::electing::Role;
use super::error::{ErrorCode, ErrorReport};
use super::ids::{Generation, TaskId};
use super::io::{Effect, HttpOutcome, HttpRequest, Now, SocketEvent};
use super::loading::Loading;
use super::notice::{AccountCheck, Confirmation};
use super::patience::REPLY_VERDICT_MS;
use super::planted::{self, Fault};
use super::session::{Link, Ping, Session, Stage};
use super::timers::Timer;
use super::work::Work;
use super::{Engine, Task};

/// Milliseconds from the dial to the greeting.
const GREETING_DEADLINE_MS: u64 = 15_000;
/// Milliseconds without a frame after which a ping is sent.
const PING_AFTER_MS: u64 = 20_000;
/// The same while changes are on the wire.
const PING_AFTER_SEND_MS: u64 = 2_000;
/// Milliseconds that a pong may take, once its ping has left the socket's buffer.
const PONG_DEADLINE_MS: u64 = 5_000;
/// Longer than a connected engine is ever without an input, in milliseconds, unless the device sleeps.
const ASLEEP_MS: u64 = 30_000;
/// Milliseconds after waking within which frames may come that waited in a queue.
const QUEUE_MS: u64 = 1_000;
/// Milliseconds that a buffer with a ping in it may stay as it is.
const STALLED_AFTER_MS: u64 = 15_000;
/// Milliseconds between two looks at such a buffer.
const LOOK_AT_BUFFER_MS: u64 = 1_000;
/// Above this many bytes in the socket's buffer nothing more is sent.
pub(super) const MAX_BUFFERED: u64 = 1_048_576;
/// Milliseconds until such a buffer is measured again.
const MEASURE_AFTER_MS: u64 = 50;
/// Milliseconds between suspecting a connection and giving it up: time for one task of the event loop.
const PONG_VERDICT_MS: u64 = 50;
/// Milliseconds that a connection has to last before the backoff starts over.
const STABLE_AFTER_MS: u64 = 30_000;

/// Milliseconds that a disconnect waits at most for what was held back to be sent.
const LEAVE_AFTER_MS: u64 = 2_000;
/// Of so many failed dials in a row one is followed by a request, which may tell why.
const PROBE_EVERY: u32 = 4;

impl Engine {
    pub(super) fn connect(&mut self, now: Now) {
        match &mut self.session {
            Session::Idle => self.follow_or_lead(now),
            Session::Linked(link) => link.is_leaving = false,
            Session::Following | Session::Stopped(_) | Session::Waiting { .. } => {}
        }
    }

    /// Waits to become the tab that sends, if it is not already.
    fn follow_or_lead(&mut self, now: Now) {
        if self.role == Role::Leader {
            self.session = Session::Waiting { retry_at: now.wall, probe: None };
            return self.connect_if_wanted(now);
        }
        self.session = Session::Following;
        self.elect();
        self.refresh_later(now);
    }

    /// Disconnects; what was pushed before is sent first, also what was held back.
    pub(super) fn disconnect_politely(&mut self, now: Now) {
        self.hold_nothing_back();
        match &mut self.session {
            Session::Linked(link) if link.stage == Stage::Live => {
                link.is_leaving = true; // As soon as there is nothing to send, which may be now.
                self.timers.set(Timer::Leave, now.mono + LEAVE_AFTER_MS);
            }
            Session::Linked(_) | Session::Idle | Session::Following | Session::Stopped(_) | Session::Waiting { .. } => self.disconnect(),
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
        self.backoff.reset();
        self.follow_or_lead(now);
    }

    /// Dials, if the app wants a connection, there is none, and what is stored is loaded.
    pub(super) fn connect_if_wanted(&mut self, now: Now) {
        if self.loading != Loading::Done || !matches!(self.session, Session::Waiting { .. }) {
            return;
        }
        let generation = self.last_generation.advance();
        let url = bitmarks::socket_url(&self.config.socket_url, &self.config.user_id, &self.identity.device_id);
        self.session = Session::Linked(Link::new(generation, now));
        self.timers.clear(Timer::Redial);
        self.timers.set(Timer::GreetingDeadline, now.mono + GREETING_DEADLINE_MS);
        self.perform(Effect::OpenSocket { generation, url });
    }

    pub(super) fn socket_event(&mut self, now: Now, generation: Generation, event: SocketEvent) {
        let Session::Linked(link) = &mut self.session else { return };
        if link.generation != generation {
            return;
        }
        match event {
            SocketEvent::Opened => {
                if link.stage == Stage::Dialling {
                    link.stage = Stage::Greeting;
                    self.timers.set(Timer::Ping, now.mono + PING_AFTER_MS);
                }
            }
            SocketEvent::Frame(text) => {
                self.heard(now);
                self.frame(now, generation, &text);
            }
            SocketEvent::Unreadable { too_large } => {
                self.heard(now);
                self.report(ErrorReport::new(if too_large { ErrorCode::FrameTooLarge } else { ErrorCode::BadFrame }));
            }
            SocketEvent::Buffered(bytes) => self.buffered(now, bytes),
            SocketEvent::Closed { code, reason } => {
                let was_open = link.stage != Stage::Dialling;
                self.last_close = Some((code, super::error::shorten(&reason)));
                self.lose_connection(now, if was_open { ErrorCode::ConnectionLost } else { ErrorCode::DialFailed });
            }
        }
    }

    /// Any frame is life.
    fn heard(&mut self, now: Now) {
        self.timers.clear(Timer::PongDeadline);
        self.timers.clear(Timer::PongVerdict);
        self.timers.set(Timer::Ping, now.mono + PING_AFTER_MS);
        if let Session::Linked(link) = &mut self.session {
            link.ping = Ping::Answered;
        }
    }

    /// Changes are on the wire: should nothing come back, that is to be noticed soon.
    pub(super) fn ping_soon(&mut self, now: Now) {
        self.timers.set_earlier(Timer::Ping, now.mono + PING_AFTER_SEND_MS);
    }

    pub(super) fn greeted(&mut self, now: Now, generation: Generation, greeting: Greeting) {
        self.observe_clock(now, greeting.timestamp);
        let Session::Linked(link) = &mut self.session else { return };
        if link.generation != generation || link.stage != Stage::Greeting {
            return;
        }
        link.features = greeting.features;
        self.confirmation = Some(if greeting.features.ack { Confirmation::Ack } else { Confirmation::Pull });
        self.timers.clear(Timer::GreetingDeadline);
        self.timers.set(Timer::Stable, now.mono + STABLE_AFTER_MS);
        if let Some(device_id) = greeting.device_id.filter(|id| *id != self.identity.device_id) {
            self.report(ErrorReport::new(ErrorCode::DeviceMismatch).detail(&device_id));
        }
        let task = self.ask_account(Task::CheckAccount);
        if let Session::Linked(link) = &mut self.session {
            link.stage = Stage::Checking(task);
        }
    }

    fn ask_account(&mut self, purpose: Task) -> TaskId {
        let task = self.begin(purpose);
        let request = HttpRequest { url: [&self.config.api, "/sync/status"].concat(), body: None };
        self.perform(Effect::Request { task, request });
        task
    }

    pub(super) fn account_checked(&mut self, now: Now, task: TaskId, outcome: HttpOutcome) {
        let Session::Linked(link) = &mut self.session else { return };
        if link.stage != Stage::Checking(task) {
            return;
        }
        match Self::judge_account(&self.config.user_id, &outcome) {
            Err(code) => self.stop(code),
            Ok(account) => {
                link.stage = Stage::CatchingUp;
                self.account = account;
                self.reason = None;
                self.pull(now);
            }
        }
    }

    /// A dial failed: the browser does not say why, an HTTP request may.
    pub(super) fn probed(&mut self, task: TaskId, outcome: HttpOutcome) {
        let Session::Waiting { probe, .. } = &mut self.session else { return };
        if *probe != Some(task) {
            return;
        }
        *probe = None;
        if let Err(code) = Self::judge_account(&self.config.user_id, &outcome) {
            self.stop(code);
        }
    }

    fn judge_account(user_id: &str, outcome: &HttpOutcome) -> Result<AccountCheck, ErrorCode> {
        match outcome {
            HttpOutcome::Response { status: 401, .. } => Err(ErrorCode::NeedsAuth),
            HttpOutcome::Response { status: 200, body } => match bitmarks::read_account(body) {
                Some(found) if found == user_id => Ok(AccountCheck::Verified),
                Some(_) => Err(ErrorCode::WrongUser),
                None => Ok(AccountCheck::Unverified),
            },
            HttpOutcome::Response { .. } | HttpOutcome::Unreachable => Ok(AccountCheck::Unverified),
        }
    }

    /// The connection is lost or given up: another attempt follows.
    pub(super) fn lose_connection(&mut self, now: Now, code: ErrorCode) {
        let Session::Linked(link) = &self.session else { return };
        let was_refused = link.stage == Stage::Dialling;
        self.suspect_what_is_on_the_wire();
        self.unlink();
        let delay = self.backoff.next_delay();
        self.reason = Some(code);
        // Not each time: a server that is overloaded would be asked as often as it is dialled.
        let is_to_be_probed = was_refused && self.backoff.attempts() % PROBE_EVERY == 1;
        let probe = is_to_be_probed.then(|| self.ask_account(Task::Probe));
        self.session = Session::Waiting { retry_at: now.wall + delay, probe };
        self.timers.set(Timer::Redial, now.mono + delay);
        self.report_code(code);
    }

    /// Nothing more is tried until the app reconnects.
    pub(super) fn stop(&mut self, code: ErrorCode) {
        self.unlink();
        self.reason = Some(code);
        self.session = Session::Stopped(code);
        self.resign(); // Another tab may know better.
        self.report_code(code);
    }

    pub(super) fn unlink(&mut self) {
        if let Session::Linked(link) = &self.session {
            self.perform(Effect::CloseSocket { generation: link.generation });
        }
        self.timers.clear_links();
        self.work.waiting.retain(|work| !matches!(work, Work::Begin { .. })); // Nothing will be sent on it.
        if !planted::has(Fault::LostInFlight) {
            self.outbox.ground_all();
        }
        self.abandon_pull();
        self.account = AccountCheck::Unknown;
        self.confirmation = None;
    }

    /// Notices that the device slept.
    pub(super) fn notice_sleep(&mut self, now: Now) {
        let last = self.clock.notice(now);
        if let Session::Linked(link) = &mut self.session
            && now.mono.saturating_sub(last.mono) > ASLEEP_MS
        {
            link.slept_until = now.mono;
        }
    }

    pub(super) fn observe_clock(&mut self, now: Now, server: Option<u64>) {
        let (Some(server), Session::Linked(link)) = (server, &self.session) else { return };
        // What waited in a queue while the device slept tells a time long past.
        if now.wall.abs_diff(link.asked_at) > GREETING_DEADLINE_MS || now.mono < link.slept_until + QUEUE_MS {
            return;
        }
        match self.clock.observe(server, now.wall) {
            Correction::Small => {}
            Correction::Followed(difference) => {
                self.report_skew(difference, " ms");
            }
            Correction::Disbelieved(difference) => {
                self.report_skew(difference, " ms, not followed");
            }
        }
    }

    fn report_skew(&mut self, difference: i64, unit: &str) {
        let mut detail = String::from(if difference < 0 { "-" } else { "" });
        push_number(&mut detail, difference.unsigned_abs());
        detail.push_str(unit);
        self.report(ErrorReport::new(ErrorCode::ClockSkew).detail(&detail));
    }

    /// The browser's word is a hint: it hastens the next attempt, or has the connection probed.
    pub(super) fn network_hint(&mut self, now: Now, is_online: bool) {
        match &self.session {
            Session::Waiting { .. } if is_online => self.connect_if_wanted(now),
            Session::Linked(link) if link.stage != Stage::Dialling => self.ping(now),
            Session::Idle | Session::Following | Session::Stopped(_) | Session::Waiting { .. } | Session::Linked(_) => {}
        }
    }

    pub(super) fn ping(&mut self, now: Now) {
        self.note_before_ping();
        if let Session::Linked(link) = &mut self.session {
            let generation = link.generation;
            self.timers.clear(Timer::Ping);
            link.asked_at = now.wall;
            if link.ping == Ping::Answered {
                link.ping = Ping::Buffered;
                self.owes_life(now, STALLED_AFTER_MS);
            }
            self.perform(Effect::SendFrame { generation, text: bitmarks::PING.to_owned() }); // How full the buffer is then, is told.
        }
    }

    /// So many bytes wait in the socket's buffer. That they become fewer is life too: a slow line is not a dead one.
    pub(super) fn buffered(&mut self, now: Now, bytes: u64) {
        let Session::Linked(link) = &mut self.session else { return };
        let before = std::mem::replace(&mut link.buffered, bytes);
        if link.ping == Ping::Buffered {
            if bytes == 0 {
                link.ping = Ping::Left;
                self.owes_life(now, PONG_DEADLINE_MS);
            } else {
                if bytes < before {
                    self.owes_life(now, STALLED_AFTER_MS);
                }
                self.timers.set_earlier(Timer::MeasureBuffer, now.mono + LOOK_AT_BUFFER_MS);
            }
        }
        if bytes > MAX_BUFFERED {
            self.timers.set_earlier(Timer::MeasureBuffer, now.mono + MEASURE_AFTER_MS);
        }
    }

    fn owes_life(&mut self, now: Now, within: u64) {
        self.timers.clear(Timer::PongVerdict);
        self.timers.set(Timer::PongDeadline, now.mono + within);
    }

    fn measure_buffer(&mut self) {
        if let Session::Linked(link) = &self.session {
            let generation = link.generation;
            self.perform(Effect::MeasureBuffer { generation });
        }
    }

    pub(super) fn fire_timers(&mut self, now: Now) {
        while let Some(timer) = self.timers.take_due(now.mono) {
            match timer {
                Timer::Redial => self.connect_if_wanted(now),
                Timer::GreetingDeadline => {
                    let is_dialling = matches!(&self.session, Session::Linked(link) if link.stage == Stage::Dialling);
                    self.lose_connection(now, if is_dialling { ErrorCode::DialFailed } else { ErrorCode::ConnectionLost });
                }
                Timer::Ping => self.ping(now),
                Timer::PongDeadline => {
                    self.measure_buffer(); // After sleep it may have become emptier.
                    self.timers.set(Timer::PongVerdict, now.mono + PONG_VERDICT_MS);
                }
                Timer::PongVerdict => self.lose_connection(now, ErrorCode::NoPong),
                Timer::Stable => self.backoff.reset(),
                Timer::MeasureBuffer => self.measure_buffer(),
                Timer::Pull => self.pull(now),
                Timer::Resend => self.resend(now),
                Timer::Refresh => self.refresh_timer(now),
                Timer::ReplyDeadline => self.timers.set_earlier(Timer::ReplyVerdict, now.mono + REPLY_VERDICT_MS),
                Timer::ReplyVerdict => {} // It is set no more, which `watch_leader` sees.
                Timer::Mature => self.look_at_held(now),
                Timer::Leave => self.leave_now(),
                Timer::Commit => self.commit_put_off(),
            }
        }
    }
}
