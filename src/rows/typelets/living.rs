//! Signs of life of the socket, and the server's clock, which they bring.

use super::line::Signing;
use super::send;
use super::{Timer, Typelets};
use crate::engine::error::{ErrorCode, ErrorReport};
use crate::engine::io::Now;
use crate::engine::payload::Payload;
use crate::engine::pulse::Beat;
use crate::rows::Engine;
use crate::rows::io::Effect;
use crate::rows::json::text_of;

impl Engine<Typelets> {
    pub(super) fn ping(&mut self, now: Now) {
        let Some(open) = self.open_line() else { return };
        if let Some(at) = open.pace.free_at(now.mono) {
            return open.pulse.put_off(at);
        }
        open.pace.take(now.mono);
        open.pulse.pinged(now.mono);
        let generation = open.generation;
        self.perform(Effect::SendFrame { generation, frame: Payload(text_of(&send::ping())), secret: None }); // How full the buffer is then, is told.
    }

    pub(super) fn heard(&mut self, now: Now) {
        if let Some(open) = self.open_line() {
            open.pulse.heard(now.mono);
        }
    }

    /// Something says that the line may be another by now: whether the server still answers is to be known soon, and nothing is waited for.
    pub(super) fn probe(&mut self, now: Now) {
        if self.open_line().is_some_and(|open| open.pulse.probe(now.mono)) {
            self.ping(now);
        }
        self.try_anew();
    }

    /// The device slept.
    pub(super) fn wake(&mut self, now: Now) {
        if let Some(open) = self.open_line() {
            open.pulse.wake(now.mono);
            // The monotonic clock may have stood still meanwhile.
            open.signing = match std::mem::replace(&mut open.signing, Signing::Off) {
                Signing::Off => Signing::Off,
                Signing::Clock(secret) | Signing::On(secret, _) => Signing::Clock(secret),
            };
        }
        self.probe(now);
    }

    pub(super) fn arm_pulse(&mut self) {
        match self.open_line().map(|open| open.pulse.next()) {
            Some(at) if at < u64::MAX => self.arm(Timer::Pulse, at),
            Some(_) | None => self.disarm(Timer::Pulse),
        }
    }

    pub(super) fn beat(&mut self, now: Now) {
        while let Some(beat) = self.open_line().and_then(|open| open.pulse.due(now.mono)) {
            match beat {
                Beat::Ping => self.ping(now),
                Beat::Measure => {
                    if let Some(generation) = self.open_line().map(|open| open.generation) {
                        self.perform(Effect::MeasureBuffer { generation });
                    }
                }
                Beat::Dead => self.lose(now, ErrorReport::new(ErrorCode::NoPong)),
            }
        }
    }

    /// The server's clock.
    pub(super) fn pong(&mut self, now: Now, timestamp: Option<u64>) {
        let Some(open) = self.open_line() else { return };
        open.pulse.answered(now.mono);
        if let Some(timestamp) = timestamp {
            let ahead = timestamp.saturating_sub(now.mono);
            open.signing = match std::mem::replace(&mut open.signing, Signing::Off) {
                Signing::Off => Signing::Off,
                Signing::Clock(secret) | Signing::On(secret, _) => Signing::On(secret, ahead),
            };
            self.flush(now);
        }
    }
}
