//! The world: machines with their tabs, a network, a server, and what is to happen, in order. `running` lets time pass, `performing` does what
//! pages ask for, `asking` and `talking` bring it to the server, `moves` and `verbs` have the words of the stories.

use crate::asking::Airborne;
use crate::canary::{CANARY, LeakDetector};
use crate::disk::Job;
use crate::luck::Luck;
use crate::machine::{EPOCH, Machine, MachineId};
use crate::network::{LinkId, Network};
use crate::reading::Readers;
use crate::server::{self, Kind, Server};
use crate::tab::{Tab, TabId};
use crate::verbs::{Appeal, Pushed};
use sealwire::engine::ids::{PushId, ReadId, TaskId};
use sealwire::engine::io::SocketEvent;
use sealwire::rows::io::{HttpRequest, Input};
use std::collections::{BTreeMap, VecDeque};

/// More steps than any story takes.
const MAX_STEPS: u64 = 2_000_000;
/// Steps that a failure shows, unless `TRACE` says how many.
const TRACE_LENGTH: usize = 100;

/// Something that is going to happen.
pub enum Happening {
    /// A page is told something.
    Input { tab: TabId, run: u32, input: Input },
    /// A page's timer fires, unless it was set anew since.
    Timer { tab: TabId, run: u32, deadline: u64 },
    /// A page hears that it has the lock, unless it gave it back since.
    Granted { tab: TabId, run: u32, grant: u64 },
    /// A page thaws.
    Thaw { tab: TabId, run: u32 },
    /// A page is shown again.
    Shown { tab: TabId, run: u32 },
    /// A page hears of its socket.
    Socket { link: LinkId, event: SocketEvent },
    /// A database carries out a job.
    Disk { tab: TabId, run: u32, task: TaskId, job: Job },
    /// A request reaches the server.
    Request { tab: TabId, run: u32, task: TaskId, request: HttpRequest, sent_at: u64 },
    /// A request reaches the server that the page has given up.
    Straggler { tab: TabId, request: HttpRequest },
    /// A dial reaches the server.
    Dial { link: LinkId },
    /// A frame reaches the server.
    Frame { link: LinkId, text: String },
    /// The server has done what took it a while.
    Done { link: LinkId, job: server::Job },
    /// The server sends a frame that it held back.
    LateFrame { link: LinkId, text: String },
    /// The server learns that the client is gone.
    Hangup { link: LinkId },
}

pub struct World {
    pub now: u64,
    pub luck: Luck,
    pub server: Server,
    pub network: Network,
    pub machines: Vec<Machine>,
    pub tabs: Vec<Tab>,
    /// What apps have pushed, by the change's id.
    pub pushes: BTreeMap<String, Pushed>,
    /// What apps decided, by the call that they did it with.
    pub appeals: BTreeMap<ReadId, Appeal>,
    pub last_push: PushId,
    pub last_read: ReadId,
    /// Counts temporary ids and texts, so that none comes twice.
    pub last_number: u64,
    /// Writes that a page waits for.
    pub airborne: BTreeMap<(TabId, u32, TaskId), Airborne>,
    /// Writes that were sent while another of the machine was in the air, or by a tab that may not send.
    pub overlapping: Vec<String>,
    /// What apps have seen of notes, and what pages have read before they wrote.
    pub readers: Readers,
    pub detector: LeakDetector,
    /// Where a text stood open.
    pub leaks: Vec<String>,
    /// What a client should not have sent over its socket.
    pub misspoken: Vec<String>,
    /// What is lost is writes alone.
    pub spares_reads: bool,
    pub steps: u64,
    pub max_steps: u64,
    /// When something happened last that can have consequences.
    pub stirred_at: u64,
    pub agenda: BTreeMap<(u64, u64), Happening>,
    last_entry: u64,
    trace: VecDeque<String>,
    trace_length: usize,
}

impl World {
    pub fn new(seed: u64, kind: Kind) -> Self {
        Self {
            now: 0,
            luck: Luck::new(seed),
            server: Server::new(kind),
            network: Network::default(),
            machines: Vec::new(),
            tabs: Vec::new(),
            pushes: BTreeMap::new(),
            appeals: BTreeMap::new(),
            last_push: PushId::default(),
            last_read: ReadId::default(),
            last_number: 0,
            airborne: BTreeMap::new(),
            overlapping: Vec::new(),
            readers: Readers::default(),
            detector: LeakDetector::new(),
            leaks: Vec::new(),
            misspoken: Vec::new(),
            spares_reads: false,
            steps: 0,
            max_steps: MAX_STEPS,
            stirred_at: 0,
            agenda: BTreeMap::new(),
            last_entry: 0,
            trace: VecDeque::new(),
            trace_length: std::env::var("TRACE").map_or(TRACE_LENGTH, |text| text.parse().expect("a number")),
        }
    }

    pub fn tab(&self, id: TabId) -> &Tab {
        &self.tabs[id.0]
    }

    pub fn tab_mut(&mut self, id: TabId) -> &mut Tab {
        &mut self.tabs[id.0]
    }

    /// The machine of a tab.
    pub fn machine(&self, id: TabId) -> &Machine {
        &self.machines[self.tab(id).machine.0]
    }

    pub fn machine_mut(&mut self, id: TabId) -> &mut Machine {
        let machine = self.tab(id).machine;
        &mut self.machines[machine.0]
    }

    pub fn machine_ids(&self) -> impl Iterator<Item = MachineId> + use<> {
        (0..self.machines.len()).map(MachineId)
    }

    pub fn tab_ids(&self) -> impl Iterator<Item = TabId> + use<> {
        (0..self.tabs.len()).map(TabId)
    }

    /// The tabs of a tab's machine, itself included.
    pub fn tabs_of(&self, id: TabId) -> Vec<TabId> {
        self.tabs_on(self.tab(id).machine)
    }

    pub fn tabs_on(&self, machine: MachineId) -> Vec<TabId> {
        self.tab_ids().filter(|id| self.tab(*id).machine == machine).collect()
    }

    /// The true time.
    pub fn wall(&self) -> u64 {
        EPOCH + self.now
    }

    /// A number that nothing else has.
    pub fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    pub fn schedule(&mut self, at: u64, happening: Happening) {
        self.last_entry += 1;
        self.agenda.insert((at.max(self.now), self.last_entry), happening);
    }

    /// Tells a page something, soon.
    pub fn schedule_input(&mut self, at: u64, tab: TabId, input: Input) {
        let run = self.tab(tab).run;
        self.schedule(at, Happening::Input { tab, run, input });
    }

    /// Something happened that can have consequences.
    pub fn stir(&mut self) {
        self.stirred_at = self.now;
    }

    /// From now on two tabs of the machine may believe for a while to be the one that sends.
    pub fn disturb(&mut self, id: TabId) {
        let now = self.now;
        self.machine_mut(id).disturbed_at = Some(now);
    }

    pub fn note(&mut self, tab: TabId, what: std::fmt::Arguments<'_>) {
        if self.trace.len() == self.trace_length {
            self.trace.pop_front();
        }
        let what = what.to_string().replace(CANARY, "♪");
        self.trace.push_back(format!("{:>9} ms {:<8} {what}", self.now, self.tab(tab).name));
    }

    /// The last steps.
    pub fn trace(&self) -> String {
        self.trace.iter().fold(String::from("the last steps:\n"), |text, line| text + line + "\n")
    }
}
