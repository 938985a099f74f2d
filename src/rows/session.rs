//! Whether the app wants a connection, and whether this tab is the one that has it. What a connection is, the dialect says.

use super::dialect::Dialect;
use super::notice::{ConnectionState, Notice};
use super::{Engine, Timer};
use crate::engine::error::ErrorReport;
use crate::engine::io::Now;
use crate::engine::notice::AccountCheck;

/// Milliseconds after which something is written although the browser believes to be offline.
const OFFLINE_MS: u64 = 30_000;

/// The connection's state.
#[derive(Debug)]
pub(super) enum Session<L> {
    /// Not asked to connect.
    Idle,
    /// Asked to connect, but another tab of the device is the one that does.
    Following,
    /// Until the app reconnects.
    Stopped,
    /// This tab is connected, or tries to be.
    Active(L),
}

impl<L> Session<L> {
    pub(super) fn state<D: Dialect<Line = L>>(&self, own: &D) -> (ConnectionState, Option<u64>) {
        match self {
            Self::Idle => (ConnectionState::Idle, None),
            Self::Following => (ConnectionState::Following, None),
            Self::Stopped => (ConnectionState::Stopped, None),
            Self::Active(line) => own.state(line),
        }
    }
}

impl<D: Dialect> Engine<D> {
    pub(super) fn connect(&mut self) {
        self.is_retired = false;
        if matches!(self.session, Session::Idle) {
            self.session = Session::Following;
            self.elect();
        }
    }

    pub(super) fn disconnect(&mut self) {
        D::unlink(self);
        self.reason = None;
        self.session = Session::Idle;
        self.resign();
    }

    pub(super) fn reconnect(&mut self, now: Now) {
        D::unlink(self);
        self.is_retired = false;
        self.backoff.reset();
        self.reason = None;
        if self.role == super::Role::Leader {
            self.start_session(now);
        } else {
            self.session = Session::Following;
            self.elect();
        }
    }

    /// Nothing is to be told any more; what waits is sent.
    pub(super) fn retire(&mut self) {
        self.is_retired = true;
        D::silence(self);
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
        D::start(self, now);
    }

    /// Nothing more is tried until the app reconnects.
    pub(super) fn stop(&mut self, report: ErrorReport) {
        D::unlink(self);
        self.reason = Some(report.code);
        self.session = Session::Stopped;
        self.resign(); // Another tab may know better.
        self.report(report);
    }

    /// The browser's word is a hint: it hastens the next attempt.
    pub(super) fn network_hint(&mut self, now: Now, is_online: bool) {
        self.is_online = is_online;
        if is_online {
            self.timers.clear(Timer::Online);
        } else {
            self.timers.set(Timer::Online, now.mono + OFFLINE_MS);
        }
        D::network_hint(self, now, is_online);
    }

    pub(super) fn visibility(&mut self, now: Now, is_visible: bool) {
        self.is_visible = is_visible;
        self.is_stale |= is_visible; // Hints may have been lost meanwhile.
        D::visibility(self, now);
    }
}
