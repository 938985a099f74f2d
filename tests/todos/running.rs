//! Time passes: what is due happens, and pages do what they ask for.

use crate::luck::Fault;
use crate::tab::TabId;
use crate::world::{Happening, World};
use sealwire::rows::io::{Answer, Input};

/// So long nothing but polls, fruitless reads of the set and failing dials may happen before the world counts as quiet: longer than any of the
/// engine's own pauses, and than the network holds anything back.
const QUIET_MS: u64 = 130_000;

impl World {
    /// Lets so much time pass.
    pub fn run_for(&mut self, millis: u64) {
        let end = self.now + millis;
        self.run_while(end, |_| true);
        self.now = end;
    }

    /// Lets time pass until something holds; whether it does.
    #[must_use]
    pub fn run_until(&mut self, max_millis: u64, holds: impl Fn(&Self) -> bool) -> bool {
        self.run_while(self.now + max_millis, |world| !holds(world));
        holds(self)
    }

    /// Lets time pass until nothing is left to do; whether that came within so many seconds.
    #[must_use]
    pub fn becomes_quiet(&mut self, max_seconds: u64) -> bool {
        self.stirred_at = self.now;
        self.run_until(max_seconds * 1_000, |world| world.now > world.stirred_at + QUIET_MS)
    }

    /// Lets time pass until nothing is left to do, which has to come within so many seconds.
    pub fn run_until_quiet(&mut self, max_seconds: u64) {
        assert!(self.becomes_quiet(max_seconds), "not quiet after {max_seconds} s\n{}", self.trace());
    }

    fn run_while(&mut self, end: u64, goes_on: impl Fn(&Self) -> bool) {
        while goes_on(self) {
            let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= end) else {
                self.now = end;
                return;
            };
            let ((at, _), happening) = entry.remove_entry();
            self.now = at;
            self.steps += 1;
            assert!(self.steps < self.max_steps, "no end after {} steps", self.steps);
            self.happen(happening);
        }
    }

    fn happen(&mut self, happening: Happening) {
        if let Some(page) = self.addressee(&happening)
            && let Some(waiting) = &mut self.tab_mut(page).frozen
        {
            return waiting.push(happening);
        }
        match happening {
            Happening::Input { tab, run, input } => {
                if self.tab(tab).run == run {
                    self.tell(tab, input);
                }
            }
            Happening::Timer { tab, run, deadline } => {
                if self.tab(tab).run == run && self.tab(tab).armed == Some(deadline) {
                    self.tab_mut(tab).armed = None;
                    self.tell(tab, Input::TimerFired);
                }
            }
            Happening::Granted { tab, run, grant } => {
                if self.tab(tab).run == run && !self.machine(tab).lock.is_outdated(tab, grant) {
                    self.note(tab, format_args!("has the lock"));
                    self.say_that_it_leads(tab);
                    self.tell(tab, Input::Leader(true));
                }
            }
            Happening::Thaw { tab, run } => {
                if self.tab(tab).run == run {
                    self.thaw(tab);
                }
            }
            Happening::Shown { tab, run } => {
                if self.tab(tab).run == run {
                    self.show(tab);
                }
            }
            Happening::Socket { link, event } => self.hear_socket(link, event),
            Happening::Disk { tab, run, task, job } => self.carry_out(tab, run, task, &job),
            Happening::Request { tab, run, task, request, sent_at } => self.respond(tab, run, task, &request, sent_at),
            Happening::Straggler { tab, request } => self.run_late(tab, &request),
            Happening::Dial { link, url } => self.accept(link, &url),
            Happening::LateFrame { link, text } => self.tell_client(link, text),
            Happening::Hangup { link } => self.network.link_mut(link).server_listens = false,
        }
    }

    /// The page that hears of it, unless it is frozen.
    fn addressee(&self, happening: &Happening) -> Option<TabId> {
        match happening {
            Happening::Input { tab, .. } | Happening::Timer { tab, .. } | Happening::Granted { tab, .. } => Some(*tab),
            Happening::Socket { link, .. } => Some(self.network.link(*link).tab),
            Happening::Thaw { .. } | Happening::Shown { .. } | Happening::Disk { .. } | Happening::Request { .. } => None,
            Happening::Straggler { .. } | Happening::Dial { .. } | Happening::LateFrame { .. } | Happening::Hangup { .. } => None,
        }
    }

    /// Nothing reaches a page until it thaws. Its socket stays, as the server sees it, and so does its lock.
    pub fn freeze(&mut self, id: TabId) {
        if self.tab(id).is_awake() {
            self.luck.count(Fault::Freeze);
            self.note(id, format_args!("freezes"));
            self.disturb(id);
            self.tab_mut(id).frozen = Some(Vec::new());
        }
    }

    /// A page that thaws runs its overdue timers first; what came meanwhile waits behind them.
    pub fn thaw(&mut self, id: TabId) {
        let Some(waiting) = self.tab_mut(id).frozen.take() else { return };
        self.note(id, format_args!("thaws"));
        self.disturb(id);
        self.stir();
        let (timers, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|happening| matches!(happening, Happening::Timer { .. }));
        timers.into_iter().chain(others).for_each(|happening| self.schedule(self.now, happening));
    }

    /// Tells a page something now, and performs what it asks for.
    pub fn tell(&mut self, id: TabId, input: Input) {
        if let Input::Answer { task, answer: Answer::Http(_) } = &input {
            let run = self.tab(id).run;
            self.airborne.remove(&(id, run, *task));
        }
        let clock = self.machine(id).clock(self.now);
        let Some(engine) = &mut self.tab_mut(id).engine else { return };
        engine.handle(clock, input);
        self.perform_all(id);
    }

    /// Performs what a page asks for, one effect after the other.
    pub fn perform_all(&mut self, id: TabId) {
        while let Some(effect) = self.tab_mut(id).engine.as_mut().and_then(|engine| engine.poll()) {
            match &mut self.tab_mut(id).effects_to_live {
                Some(0) => return self.crash(id),
                Some(left) => *left -= 1,
                None => {}
            }
            self.perform(id, effect);
        }
        self.arm(id);
    }

    fn arm(&mut self, id: TabId) {
        let tab = self.tab_mut(id);
        let run = tab.run;
        let deadline = tab.engine.as_ref().and_then(|engine| engine.deadline());
        if tab.armed != deadline {
            tab.armed = deadline;
            if let Some(deadline) = deadline {
                let late = if self.luck.strikes(Fault::TimerLate) { self.luck.within(100..=8_000) } else { 0 };
                self.schedule(deadline + late, Happening::Timer { tab: id, run, deadline });
            }
        }
    }
}
