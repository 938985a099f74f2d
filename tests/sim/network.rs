//! Lines and the connections on them. Frames of one connection and direction keep their order.

use crate::luck::Luck;
use crate::machine::MachineId;
use crate::tab::TabId;
use sealwire::engine::ids::Generation;
use std::collections::BTreeMap;
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
pub struct LinkId(usize);

/// A connection. Each end has its own idea of whether there is one.
pub struct Link {
    pub tab: TabId,
    pub machine: MachineId,
    pub run: u32,
    pub generation: Generation,
    pub client_listens: bool,
    pub server_listens: bool,
    /// A frame vanished, and what comes after it cannot arrive either.
    is_torn: bool,
    last_to_client: u64,
    last_to_server: u64,
    /// When all that the client has sent will have left its buffer.
    empty_at: u64,
}

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToClient,
    ToServer,
}

#[derive(Default)]
pub struct Network {
    lines: Vec<Line>,
    links: Vec<Link>,
    /// Of slow lines, the bytes that leave in a second.
    rates: BTreeMap<MachineId, u64>,
    /// The system takes what is sent at once, and sockets' buffers are always empty.
    pub takes_all: bool,
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
            is_torn: false,
            last_to_client: 0,
            last_to_server: 0,
            empty_at: 0,
        });
        LinkId(self.links.len() - 1)
    }

    pub fn link(&self, id: LinkId) -> &Link {
        &self.links[id.0]
    }

    pub fn link_mut(&mut self, id: LinkId) -> &mut Link {
        &mut self.links[id.0]
    }

    /// The connection that a page means by a generation.
    pub fn find(&self, tab: TabId, run: u32, generation: Generation) -> Option<LinkId> {
        let is_it = |link: &Link| link.tab == tab && link.run == run && link.generation == generation;
        self.links.iter().rposition(is_it).map(LinkId)
    }

    /// The connections at whose end somebody listens.
    pub fn open_links(&self) -> Vec<LinkId> {
        let is_open = |link: &Link| link.client_listens || link.server_listens;
        (0..self.links.len()).filter(|index| is_open(&self.links[*index])).map(LinkId).collect()
    }

    pub fn open_links_of(&self, machine: MachineId) -> Vec<LinkId> {
        self.open_links().into_iter().filter(|id| self.link(*id).machine == machine).collect()
    }

    pub fn open_links_of_tab(&self, tab: TabId) -> Vec<LinkId> {
        self.open_links().into_iter().filter(|id| self.link(*id).tab == tab).collect()
    }

    /// From now on so many bytes a second leave a machine; what its tabs send waits in the sockets' buffers.
    pub fn slow_down(&mut self, machine: MachineId, bytes_per_second: u64) {
        self.rates.insert(machine, bytes_per_second);
    }

    /// A client sends so many bytes; when they have left its buffer.
    pub fn leaves(&mut self, id: LinkId, now: u64, bytes: usize) -> u64 {
        let link = &mut self.links[id.0];
        let takes = self.rates.get(&link.machine).map_or(0, |rate| bytes as u64 * 1_000 / rate);
        link.empty_at = link.empty_at.max(now) + takes;
        link.empty_at
    }

    /// Bytes in a client's buffer.
    pub fn buffered(&self, id: LinkId, now: u64) -> u64 {
        let link = &self.links[id.0];
        self.rates
            .get(&link.machine)
            .filter(|_| !self.takes_all)
            .map_or(0, |rate| (link.empty_at.saturating_sub(now) * rate).div_ceil(1_000))
    }

    /// When a frame that is sent now arrives; never before one that was sent earlier. `None`: it vanishes.
    pub fn arrival(&mut self, id: LinkId, way: Way, now: u64, luck: &mut Luck) -> Option<u64> {
        let link = &mut self.links[id.0];
        link.is_torn |= self.lines[link.machine.0] == Line::BlackHole;
        if link.is_torn {
            return None;
        }
        let last = match way {
            Way::ToClient => &mut link.last_to_client,
            Way::ToServer => &mut link.last_to_server,
        };
        *last = (now + luck.within(LATENCY)).max(*last);
        Some(*last)
    }
}
