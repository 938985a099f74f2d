//! The connection's life: dial, greet, have the account checked, catch up, live; and what ends it.

use super::bytes::push_number;
use super::clock::{Correction, is_overslept};
use super::dialect::{Greeting, bitmarks};
use super::electing::Role;
use super::error::{ErrorCode, ErrorReport};
use super::ids::Generation;
use super::io::{Effect, Now, SocketEvent};
use super::loading::Loading;
use super::notice::{AccountCheck, Confirmation};
use super::patience::REPLY_VERDICT_MS;
use super::planted::{self, Fault};
use super::pulse::{Beat, Pulse};
use super::session::{Link, Session, Stage};
use super::timers::Timer;
use super::work::Work;
use super::{Engine, Task};

/// Milliseconds from the dial to the greeting.
const GREETING_DEADLINE_MS: u64 = 15_000;
/// Milliseconds without a frame after which a ping is sent.
const PING_AFTER_MS: u64 = 20_000;
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
        self.holds.dials = 0; // Whoever asks for it knows more than the server did.
        self.has_renewed = false;
        self.follow_or_lead(now);
    }

    /// Dials, if the app wants a connection, there is none, and what is stored is loaded.
    pub(super) fn connect_if_wanted(&mut self, now: Now) {
        if self.loading != Loading::Done || !matches!(self.session, Session::Waiting { .. }) {
            return;
        }
        if self.holds.dials > now.mono {
            let (at, left) = (self.holds.dials, self.holds.dials - now.mono);
            self.timers.set(Timer::Redial, at);
            self.session = Session::Waiting { retry_at: now.wall + left, probe: None };
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
                    link.pulse = Pulse::new(PING_AFTER_MS, now.mono);
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
            SocketEvent::Buffered(bytes) => link.pulse.buffered(now.mono, bytes),
            SocketEvent::Closed { code, reason } => {
                let was_open = link.stage != Stage::Dialling;
                self.last_close = Some((code, super::error::shorten(&reason)));
                self.lose_connection(now, if was_open { ErrorCode::ConnectionLost } else { ErrorCode::DialFailed });
            }
        }
    }

    fn heard(&mut self, now: Now) {
        if let Session::Linked(link) = &mut self.session {
            link.pulse.heard(now.mono);
        }
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

    /// The connection is lost or given up: another attempt follows.
    pub(super) fn lose_connection(&mut self, now: Now, code: ErrorCode) {
        let Session::Linked(link) = &self.session else { return };
        let was_refused = link.stage == Stage::Dialling;
        self.suspect_what_is_on_the_wire();
        self.unlink();
        self.wait(now, code);
        self.failed_dials = if was_refused { self.failed_dials.wrapping_add(1) } else { 0 };
        // Not each time: a server that is overloaded would be asked as often as it is dialled.
        if self.failed_dials % PROBE_EVERY == 1 {
            let task = self.ask_account(Task::Probe);
            self.await_probe(task);
        }
    }

    /// Another attempt follows.
    pub(super) fn wait(&mut self, now: Now, code: ErrorCode) {
        let delay = self.backoff.next_pause(self.is_hidden).max(self.holds.dials.saturating_sub(now.mono));
        self.reason = Some(code);
        self.session = Session::Waiting { retry_at: now.wall + delay, probe: None };
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

    /// Notices that the device slept: the platform's timer is far too late, or the wall clock has moved by itself.
    pub(super) fn notice_sleep(&mut self, now: Now) {
        let is_late = is_overslept(now.mono, self.deadline(), self.is_hidden);
        if self.clock.notice(now) || is_late {
            if let Session::Linked(link) = &mut self.session {
                link.pulse.wake(now.mono);
            }
            self.probe(now);
        }
    }

    pub(super) fn observe_clock(&mut self, now: Now, server: Option<u64>) {
        let (Some(server), Session::Linked(link)) = (server, &self.session) else { return };
        // What waited in a queue while the device slept tells a time long past.
        if now.wall.abs_diff(link.asked_at) > GREETING_DEADLINE_MS || link.pulse.may_be_old(now.mono) {
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

    /// The browser's word is a hint: nothing is closed because of it.
    pub(super) fn network_hint(&mut self, now: Now, is_online: bool) {
        if is_online {
            self.probe(now);
        } else if matches!(&self.session, Session::Linked(link) if link.stage != Stage::Dialling) {
            self.ping(now);
        }
    }

    /// Something says that the line may be another by now: whether the server still answers is to be known soon, and nothing is waited for.
    pub(super) fn probe(&mut self, now: Now) {
        match &mut self.session {
            Session::Waiting { .. } => self.connect_if_wanted(now),
            Session::Linked(link) if link.stage != Stage::Dialling => {
                if link.pulse.probe(now.mono) {
                    self.ping(now);
                }
            }
            Session::Idle | Session::Following | Session::Stopped(_) | Session::Linked(_) => {}
        }
    }

    pub(super) fn ping(&mut self, now: Now) {
        self.note_before_ping();
        if let Session::Linked(link) = &mut self.session {
            let generation = link.generation;
            link.asked_at = now.wall;
            link.pulse.pinged(now.mono);
            self.perform(Effect::SendFrame { generation, text: bitmarks::PING.to_owned() }); // How full the buffer is then, is told.
        }
    }

    fn beat(&mut self, now: Now) {
        while let Session::Linked(link) = &mut self.session
            && let Some(beat) = link.pulse.due(now.mono)
        {
            match beat {
                Beat::Ping => self.ping(now),
                Beat::Measure => self.measure_buffer(),
                Beat::Dead => self.lose_connection(now, ErrorCode::NoPong),
            }
        }
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
                Timer::Stable => self.backoff.reset(),
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
        self.beat(now);
    }
}
