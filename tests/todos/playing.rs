//! A world plays a schedule and comes to rest.

use crate::luck::Fault;
use crate::network::Line;
use crate::plan::{Deed, Move, Plan};
use crate::rng::Rng;
use crate::server::LivePush;
use crate::tab::TabId;
use crate::verdict::Verdict;
use crate::world::{Happening, World};
use sealwire::engine::io::{Decision, Standing};
use sealwire::rows::io::{Input, Verb};
use sealwire::rows::notice::ConnectionState;
use serde_json::{Map, Value, json};

/// How long a schedule may take to come to rest, in seconds of its own time.
const REST_SECONDS: u64 = 3_000;
/// Steps that a schedule may take; an ordinary one takes a few thousand.
const MAX_STEPS: u64 = 300_000;
/// How long what was begun before may take to fail or to arrive, in milliseconds.
const LAST_FAILURES_MS: u64 = 65_000;
/// Tabs of one machine.
const MAX_TABS: usize = 3;

impl World {
    pub fn of(plan: &Plan) -> Self {
        let mut world = Self::new(!plan.seed, plan.kind);
        world.max_steps = MAX_STEPS;
        world.server.team = plan.team.into();
        world.server.takes_over = plan.takes_over;
        plan.odds.iter().for_each(|(fault, percent)| world.luck.set_odds(*fault, *percent));
        for (name, start) in ["phone", "laptop", "tablet"].into_iter().zip(&plan.machines) {
            let first = world.add_on(name, start.user, start.set);
            world.connect(first);
            for _ in 1..start.tabs {
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
            return self.open(id);
        }
        if self.tab(id).diary.has_failed() && self.tab(id).is_awake() {
            return self.reload(id); // Its database could not be read; the user reloads the page.
        }
        match &next.deed {
            Deed::Strike { fault, how } => self.strike(id, *fault, &mut Rng::new(*how)),
            _ if !self.tab(id).is_awake() => {} // Nobody can do anything there.
            Deed::Connect => self.connect(id),
            Deed::Disconnect => self.disconnect(id),
            Deed::Reconnect => self.reconnect(id),
            Deed::Heal => {
                self.heal(id);
                self.set_live_push(LivePush::Works);
            }
            Deed::SignIn => self.sign_in_again(id),
            Deed::Decide { which, how } => self.decide_about_any(id, *which, *how),
            Deed::CatchUp => {
                if self.tab(id).diary.is_ready {
                    self.catch_up_if_awake(id);
                }
            }
            deed => self.change_any(id, deed),
        }
    }

    /// Asks what has changed since, and goes on; the page may go before it is answered.
    fn catch_up_if_awake(&mut self, id: TabId) {
        let revision = self.tab(id).diary.since.0;
        let read = self.ask(id, sealwire::rows::io::Query::Since(revision));
        self.run_for(50);
        if let Some(Ok(reply)) = self.tab_mut(id).diary.replies.remove(&read) {
            self.tab_mut(id).diary.catch_up(reply);
        }
    }

    fn change_any(&mut self, id: TabId, deed: &Deed) {
        let number = self.next_number();
        let place = number as f64 + 0.5;
        match deed {
            Deed::Create { below, times } => {
                let parent = below.and_then(|row| self.any_row(id, row));
                for time in 0..*times {
                    self.create(id, &format!("title {number}.{time}"), parent.as_deref());
                }
            }
            Deed::Update { row, fields } => {
                let Some(row) = self.any_row(id, *row) else { return };
                let spaces = if number.is_multiple_of(3) { "  " } else { "" };
                let title = (fields & 1 > 0).then(|| json!(format!("{spaces}title {number}{spaces}")));
                let completed = (fields & 2 > 0).then(|| json!(number.is_multiple_of(2)));
                let order = (fields & 4 > 0).then(|| json!(place));
                let fields = [("title", title), ("completed", completed), ("sortOrder", order)];
                let fields: Map<String, Value> = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
                self.update(id, &row, Value::Object(fields));
            }
            Deed::Delete { row } => {
                self.any_row(id, *row).into_iter().for_each(|row| drop(self.delete(id, &row)));
            }
            Deed::Reorder { row, count } => {
                let rows: Vec<String> = (0..*count).filter_map(|next| self.any_row(id, row.wrapping_add(next))).collect();
                let mut items: Vec<(&str, f64)> = Vec::new();
                for (next, row) in rows.iter().enumerate().filter(|(next, row)| !rows[..*next].contains(row)) {
                    items.push((row, place + next as f64 / 64.0));
                }
                if !items.is_empty() {
                    self.reorder(id, &items);
                }
            }
            Deed::Claim { row, claimed } => {
                let Some(row) = self.any_row(id, *row) else { return };
                let me = self.machine(id).user.clone();
                if self.server.kind.has_claims() || number.is_multiple_of(4) {
                    self.claim(id, &row, *claimed);
                } else {
                    self.assign(id, &row, &[me.as_str()][..usize::from(*claimed)]);
                }
            }
            Deed::Assign { row, users } => {
                let Some(row) = self.any_row(id, *row) else { return };
                self.assign(id, &row, &["u1", "u2"][..*users]);
            }
            Deed::Move { row } => {
                let Some(row) = self.any_row(id, *row) else { return };
                let other = if self.machine(id).set == "s1" { "s2" } else { "s1" };
                self.move_to(id, &row, other);
            }
            other => unreachable!("{other:?} changes no row"),
        }
    }

    /// A row that the app shows, or one that it made, under the id that it had at first.
    pub fn any_row(&self, id: TabId, which: usize) -> Option<String> {
        let mirror = self.tab(id).diary.mirror.iter().flat_map(|mirror| mirror.keys().cloned());
        let made = self.pushes.values().filter(|pushed| pushed.tab == id && pushed.verb == Verb::Create && which.is_multiple_of(4));
        let rows: Vec<String> = mirror.chain(made.map(|pushed| pushed.id.clone())).collect();
        (!rows.is_empty()).then(|| rows[which / 4 % rows.len()].clone())
    }

    fn decide_about_any(&mut self, id: TabId, which: usize, how: usize) {
        let rejected =
            self.tabs_of(id).into_iter().flat_map(|id| self.tab(id).diary.rejected.iter().map(|refusal| refusal.event_id.clone()));
        let mut all: Vec<String> = rejected.collect();
        if all.is_empty() || how.is_multiple_of(3) {
            all = self.pushes.iter().filter(|(_, pushed)| pushed.tab == id).map(|(event_id, _)| event_id.clone()).collect();
        }
        if !all.is_empty() {
            let decision = [Decision::Cancel, Decision::Retry, Decision::Discard][how % 3];
            self.decide(id, decision, &all[which % all.len()].clone());
        }
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
            Fault::TabOpens => self.open_another(id),
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
            Fault::Hidden => {
                self.hide(id);
                let run = self.tab(id).run;
                self.schedule(self.now + how.pick(&[500, 20_000, 300_000]), Happening::Shown { tab: id, run });
            }
            Fault::SignedOut => self.sign_out(id),
            Fault::StreamOnly => {
                self.luck.count(fault);
                self.set_live_push(LivePush::OnlyStreams);
            }
            Fault::NoLivePush => {
                self.luck.count(fault);
                self.set_live_push(LivePush::Missing);
            }
            Fault::ClockSet => self.set_clock(id, *how.pick(&[-3_600_000, -1_000, 0, 90_000, 3_600_000])),
            Fault::SpuriousInput => {
                self.luck.count(fault);
                for input in
                    [Input::TimerFired, Input::Network(*how.pick(&[true, false])), Input::Hinted, Input::LeaderLives, Input::Visible(true)]
                {
                    self.schedule_input(self.now, id, input);
                }
            }
            _ => {}
        }
    }

    fn open_another(&mut self, id: TabId) {
        self.luck.count(Fault::TabOpens);
        let tabs = self.tabs_of(id);
        match tabs.iter().find(|id| !self.tab(**id).is_open()) {
            Some(closed) => self.open(*closed),
            None if tabs.len() < MAX_TABS => {
                let opened = self.open_tab(id);
                self.connect(opened);
            }
            None => {}
        }
    }

    /// Nothing goes wrong any more, and everybody is there. The verdict once the world has come to rest.
    pub fn come_to_rest(&mut self) -> Verdict {
        self.heal_all();
        self.run_for(LAST_FAILURES_MS);
        self.tab_ids().for_each(|id| self.revive(id));
        let stalled = usize::from(!self.becomes_quiet(REST_SECONDS));
        let mut verdict = self.verdict();
        verdict.stalled += stalled;
        verdict
    }

    fn heal_all(&mut self) {
        self.luck.clear_odds();
        self.set_live_push(LivePush::Works);
        self.tab_ids().for_each(|id| {
            self.thaw(id);
            self.show(id);
            self.tab_mut(id).effects_to_live = None;
        });
        self.run_for(10_000);
        for machine in self.machine_ids() {
            self.network.set_line(machine, Line::Up);
            let tabs = self.tabs_on(machine);
            self.sign_in_again(tabs[0]);
            for (number, id) in tabs.into_iter().enumerate() {
                if !self.tab(id).is_open() && (number == 0 || *self.luck.pick(&[true, false])) {
                    self.open(id);
                }
                if self.tab(id).is_open() {
                    self.revive(id);
                    self.connect(id);
                }
            }
        }
    }

    /// What users do about a page whose database could not be read, or that has stopped.
    fn revive(&mut self, id: TabId) {
        if self.tab(id).is_open() && self.tab(id).diary.has_failed() {
            self.reload(id);
        }
        if self.tab(id).is(ConnectionState::Stopped) {
            self.reconnect(id);
        }
    }

    fn sign_in_again(&mut self, id: TabId) {
        if self.machine(id).session.is_none() {
            let user = self.machine(id).user.clone();
            self.sign_in(id, &user);
        }
    }

    /// Whether a change waits for the server, or was refused.
    pub fn waits(&mut self, id: TabId, event_id: &str) -> bool {
        self.standing(id, event_id) == Some(Standing::Pending)
    }
}
