//! Lines, and the sockets on them. What one of them carries keeps its order, either way.

use crate::luck::Luck;
use crate::machine::MachineId;
use crate::tab::TabId;
use sealwire::engine::ids::Generation;
use std::ops::RangeInclusive;

/// Milliseconds that a frame takes.
const LATENCY: RangeInclusive<u64> = 3..=60;

/// What a machine is connected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Up,
    /// Dials fail, requests too, and the machine notices.
    Cut,
    /// What is sent vanishes, either way.
    BlackHole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(pub usize);

/// A socket. Each end has its own idea of whether there is one.
pub struct Link {
    pub tab: TabId,
    pub machine: MachineId,
    pub run: u32,
    pub generation: Generation,
    pub client_listens: bool,
    pub server_listens: bool,
    pub auths_sent: u32,
    pub auths_heard: u32,
    /// Frames that the client has sent, and the notes whose updates it has sent and heard nothing of, since when.
    pub sent: u32,
    pub updating: Vec<(String, u64)>,
    /// A frame vanished, and what comes after it cannot arrive either.
    is_torn: bool,
    last_arrival: u64,
    last_arrival_there: u64,
}

#[derive(Default)]
pub struct Network {
    lines: Vec<Line>,
    links: Vec<Link>,
}

impl Network {
    /// A line for the next machine.
    pub fn add_line(&mut self) {
        self.lines.push(Line::Up);
    }

    pub fn line(&self, machine: MachineId) -> Line {
        self.lines[machine.0]
    }

    pub fn set_line(&mut self, machine: MachineId, line: Line) {
        self.lines[machine.0] = line;
    }

    /// A dial: the client listens from now on, the server once the dial arrives.
    pub fn dial(&mut self, tab: TabId, machine: MachineId, run: u32, generation: Generation) -> LinkId {
        self.links.push(Link {
            tab,
            machine,
            run,
            generation,
            client_listens: true,
            server_listens: false,
            auths_sent: 0,
            auths_heard: 0,
            sent: 0,
            updating: Vec::new(),
            is_torn: false,
            last_arrival: 0,
            last_arrival_there: 0,
        });
        LinkId(self.links.len() - 1)
    }

    pub fn link(&self, id: LinkId) -> &Link {
        &self.links[id.0]
    }

    pub fn link_mut(&mut self, id: LinkId) -> &mut Link {
        &mut self.links[id.0]
    }

    /// The link that a page means by a generation.
    pub fn find(&self, tab: TabId, run: u32, generation: Generation) -> Option<LinkId> {
        let is_it = |link: &Link| link.tab == tab && link.run == run && link.generation == generation;
        self.links.iter().rposition(is_it).map(LinkId)
    }

    /// The links of a machine at whose end somebody listens.
    pub fn open_links_of(&self, machine: MachineId) -> Vec<LinkId> {
        let is_open = |link: &Link| link.machine == machine && (link.client_listens || link.server_listens);
        (0..self.links.len()).filter(|index| is_open(&self.links[*index])).map(LinkId).collect()
    }

    pub fn open_links_of_tab(&self, tab: TabId, machine: MachineId) -> Vec<LinkId> {
        self.open_links_of(machine).into_iter().filter(|id| self.link(*id).tab == tab).collect()
    }

    /// When something that is sent to a client now arrives; never before what was sent earlier. `None`: it vanishes.
    pub fn arrival(&mut self, id: LinkId, now: u64, luck: &mut Luck) -> Option<u64> {
        let link = &mut self.links[id.0];
        link.is_torn |= self.lines[link.machine.0] == Line::BlackHole;
        if link.is_torn {
            return None;
        }
        link.last_arrival = (now + luck.within(LATENCY)).max(link.last_arrival);
        Some(link.last_arrival)
    }

    /// The same of what is sent to the server.
    pub fn arrival_there(&mut self, id: LinkId, now: u64, luck: &mut Luck) -> Option<u64> {
        let link = &mut self.links[id.0];
        if link.is_torn || self.lines[link.machine.0] != Line::Up {
            link.is_torn = true;
            return None;
        }
        link.last_arrival_there = (now + luck.within(LATENCY)).max(link.last_arrival_there);
        Some(link.last_arrival_there)
    }
}
