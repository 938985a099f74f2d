//! A world plays a schedule and comes to rest.

use crate::canary::content;
use crate::luck::Fault;
use crate::machine::USER;
use crate::network::Line;
use crate::plan::{Deed, ENTITIES, Move, Plan};
use crate::rng::Rng;
use crate::server::{Account, Paging};
use crate::tab::TabId;
use crate::verdict::Verdict;
use crate::world::{Happening, World};
use sealwire::engine::error::ErrorCode;
use sealwire::engine::event::Operation;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::io::{Decision, Input};

/// How long a schedule may take to come to rest, in seconds of its own time.
const REST_SECONDS: u64 = 2_000;
/// Steps that a schedule may take; an ordinary one takes four thousand.
const MAX_STEPS: u64 = 200_000;
/// How long what was begun before may take to fail, in milliseconds.
const LAST_FAILURES_MS: u64 = 10_000;
/// Tabs of one machine.
const MAX_TABS: usize = 3;

impl World {
    pub fn of(plan: &Plan) -> Self {
        let mut world = Self::new(!plan.seed, plan.kind, plan.format);
        world.cipher = plan.cipher;
        world.max_steps = MAX_STEPS;
        world.server.page_cap = plan.page_cap;
        plan.odds.iter().for_each(|(fault, percent)| world.luck.set_odds(*fault, *percent));
        for (name, tabs) in ["phone", "laptop", "tablet"].into_iter().zip(&plan.machines) {
            let first = world.add_with(name, |machine| machine.config.debounce = plan.debounce);
            world.connect(first);
            for _ in 1..*tabs {
                let other = world.open_tab(first);
                world.connect(other);
            }
        }
        world
    }

    pub fn play(&mut self, next: &Move) {
        self.run_for(next.pause);
        let id = TabId(next.tab % self.tabs.len());
        if !self.tab(id).is_open() {
            return self.reopen(id);
        }
        if !self.tab(id).diary.is_ready && self.tab(id).diary.has_failed() {
            return self.reload(id); // Its database could not be read; the user reloads the page.
        }
        match &next.deed {
            Deed::Strike { fault, how } => self.strike(id, *fault, &mut Rng::new(*how)),
            _ if !self.tab(id).is_awake() => {} // Nobody can do anything there.
            Deed::Push { entity, operation, length, times } => {
                let (entity_type, entity_id) = ENTITIES[*entity];
                let text = (*operation != Operation::Delete).then(|| content(&"x".repeat(*length)));
                for _ in 0..*times {
                    self.push_change(id, EntityKey::new(entity_type, entity_id), *operation, text.clone());
                }
            }
            Deed::Decide { which, is_again } => self.decide_about_any(id, *which, *is_again),
            Deed::Connect => self.connect(id),
            Deed::Disconnect => self.disconnect(id),
            Deed::Reconnect => self.reconnect(id),
            Deed::Heal => self.heal(id),
        }
    }

    fn decide_about_any(&mut self, id: TabId, which: usize, is_again: bool) {
        let waiting: Vec<_> = self.machine(id).ledger.outbox.values().cloned().collect();
        if waiting.is_empty() {
            return;
        }
        let entry = &waiting[which % waiting.len()];
        let decision = match (entry.is_wedged, is_again) {
            (false, _) => Decision::Cancel,
            (true, true) => Decision::Retry,
            (true, false) => Decision::Discard,
        };
        self.decide(id, decision, entry.stamp.event_id());
    }

    /// The faults that are moves; the others strike by their odds.
    fn strike(&mut self, id: TabId, fault: Fault, how: &mut Rng) {
        match fault {
            Fault::Crash => match how.pick(&[None, Some(1), Some(2), Some(5), Some(20)]) {
                Some(effects) => self.crash_after(id, *effects),
                None => self.crash(id),
            },
            Fault::Cut => self.cut(id),
            Fault::HalfOpen => self.half_open(id),
            Fault::BlackHole => self.black_hole(id),
            Fault::DatabaseLost => self.lose_database(id),
            Fault::TabOpens => {
                self.luck.count(fault);
                self.open_another(id);
            }
            Fault::TabCloses => {
                self.luck.count(fault);
                self.note(id, format_args!("is closed"));
                self.close(id);
            }
            Fault::Freeze => {
                self.freeze(id);
                if *how.pick(&[true, false]) {
                    self.steal(id);
                }
                let run = self.tab(id).run;
                if let Some(millis) = how.pick(&[Some(2_000), Some(40_000), Some(600_000), None]) {
                    self.schedule(self.now + millis, Happening::Thaw { tab: id, run });
                }
            }
            Fault::Steal => self.steal(id),
            Fault::ServerRestart => self.restart_server(),
            Fault::SignedOut => {
                self.luck.count(fault);
                self.sign_out();
                self.restart_server();
            }
            Fault::ClockSet => self.set_clock(id, *how.pick(&[-3_600_000, -1_000, 0, 90_000, 3_600_000])),
            Fault::SpuriousInput => {
                self.luck.count(fault);
                for input in
                    [Input::TimerFired, Input::Network(*how.pick(&[true, false])), Input::Hinted, Input::LeaderLives, Input::Visible(false)]
                {
                    self.schedule_input(self.now, id, input);
                }
            }
            _ => {}
        }
    }

    fn open_another(&mut self, id: TabId) {
        let closed = self.tabs_of(id).find(|id| !self.tab(*id).is_open());
        match closed {
            Some(closed) => self.reopen(closed),
            None if self.tabs_of(id).count() < MAX_TABS => {
                let opened = self.open_tab(id);
                self.connect(opened);
            }
            None => {}
        }
    }

    /// Nothing goes wrong any more, and everybody is there. The verdict once the world has come to rest, also after everybody went away for
    /// hours.
    pub fn come_to_rest(&mut self) -> Verdict {
        self.heal_all();
        self.run_for(LAST_FAILURES_MS);
        self.accept_keys();
        let mut stalled = usize::from(!self.becomes_quiet(REST_SECONDS));
        stalled += self.machine_ids().filter(|id| self.dials_too_often(*id)).count();
        // Nobody has to wait for a full pull, unless the server hides events behind the cursor; and for events of a clock that is ahead.
        let is_all_there = self.server.kind.paging() != Paging::EventTime && !self.luck.hits().contains_key(&Fault::ClockSet);
        let diverged = if is_all_there { self.tabs_that_show_else() } else { 0 };
        self.come_back_later();
        stalled += usize::from(!self.becomes_quiet(REST_SECONDS));
        let mut verdict = self.verdict();
        verdict += Verdict { stalled, diverged, ..Verdict::default() };
        verdict
    }

    /// A server that forges may have nothing else to show to a device whose key is not proved, or whose disk has lost that it was.
    fn accept_keys(&mut self) {
        let is_stopped = |id: &TabId| self.tab(*id).has_status(|status| status.reason == Some(ErrorCode::KeyMismatch));
        let stopped: Vec<TabId> = self.tab_ids().filter(is_stopped).collect();
        stopped.into_iter().for_each(|id| self.accept_key(id));
    }

    fn heal_all(&mut self) {
        self.luck.clear_odds();
        self.tab_ids().for_each(|id| {
            self.thaw(id);
            self.tab_mut(id).effects_to_live = None;
        });
        self.run_for(LAST_FAILURES_MS);
        let server_ignored_something =
            [Fault::ServerDrops, Fault::ServerForgetsToTell].iter().any(|fault| self.luck.hits().contains_key(fault));
        let was_signed_out = self.server.account == Account::Status(401);
        self.sign_in(USER);
        for machine in self.machine_ids() {
            self.network.set_line(machine, Line::Up);
            let tabs: Vec<TabId> = self.tabs_on(machine).collect();
            for (number, id) in tabs.into_iter().enumerate() {
                let is_wanted = self.tab(id).is_open() || number == 0 || *self.luck.pick(&[true, false]);
                if !is_wanted {
                    continue;
                }
                if self.tab(id).diary.has_failed() || !self.tab(id).is_open() {
                    self.reload(id);
                }
                if was_signed_out {
                    self.reconnect(id);
                }
                self.connect(id);
                if server_ignored_something {
                    self.drop_links(id); // It is sent again, and asked for, on the next connection only.
                }
            }
        }
    }
}
