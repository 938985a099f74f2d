//! A server that asks to be left alone for a while is: what it is asked meanwhile waits, and no write is begun.

use super::dialect::Dialect;
use super::io::{Answer, Effect, HttpRequest};
use super::{Engine, Task, Timer};
use crate::engine::clock::is_overslept;
use crate::engine::heeding::asked_to_wait;
use crate::engine::ids::TaskId;
use crate::engine::io::Now;

impl<D: Dialect> Engine<D> {
    pub(super) fn heed(&mut self, now: Now, purpose: &Task<D::Task>, answer: &Answer) {
        if let (Task::Own(purpose), Answer::Http(outcome)) = (purpose, answer)
            && let Some(millis) = asked_to_wait(outcome)
            && !D::is_about_the_line(purpose)
        {
            self.timers.set(Timer::Hold, now.mono + millis);
        }
    }

    pub(super) fn is_held_off(&self) -> bool {
        self.timers.is_set(Timer::Hold)
    }

    pub(super) fn request(&mut self, purpose: D::Task, request: HttpRequest) -> TaskId {
        let waits = self.is_held_off() && D::may_wait(&purpose);
        let task = self.begin(Task::Own(purpose));
        if waits {
            self.held_off.push((task, request));
        } else {
            self.perform(Effect::Request { task, request });
        }
        task
    }

    pub(super) fn ask_what_waited(&mut self) {
        for (task, request) in std::mem::take(&mut self.held_off) {
            self.perform(Effect::Request { task, request });
        }
    }

    /// Notices that the device slept: the platform's timer is far too late, or the wall clock has moved by itself.
    pub(super) fn notice_sleep(&mut self, now: Now) {
        let is_late = is_overslept(now.mono, self.deadline(), !self.is_visible);
        if self.watch.has_jumped(now) || is_late {
            D::woke(self, now);
        }
    }
}
