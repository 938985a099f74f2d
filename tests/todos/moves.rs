//! The words of the stories: what users, networks and servers do. What concerns a whole machine is said of any of its tabs.

use crate::disk::Disk;
use crate::luck::Fault;
use crate::machine::{Machine, MachineId};
use crate::network::{Line, LinkId};
use crate::server::{Kind, LivePush};
use crate::tab::{Tab, TabId};
use crate::world::{Happening, World};
use sealwire::engine::io::SocketEvent;
use sealwire::engine::storage::StorageFailure;
use sealwire::rows::io::{Command, Input};
use std::ops::RangeInclusive;

/// How long a disk goes on after its page crashed, in milliseconds.
const DISK_OUTLIVES: RangeInclusive<u64> = 0..=6;
/// Seconds that ordinary things take to come to rest.
const REST_SECONDS: u64 = 1_000;

impl World {
    /// A phone of `u1` and a laptop of `u2`, connected and idle, on `s1`.
    pub fn with_two(kind: Kind) -> (Self, TabId, TabId) {
        Self::with_two_by(1, kind)
    }

    pub fn with_two_by(seed: u64, kind: Kind) -> (Self, TabId, TabId) {
        let mut world = Self::new(seed, kind);
        let (phone, laptop) = (world.add("phone", "u1"), world.add("laptop", "u2"));
        world.connect(phone);
        world.connect(laptop);
        world.rest();
        (world, phone, laptop)
    }

    /// Lets time pass until nothing is left to do.
    pub fn rest(&mut self) {
        self.run_until_quiet(REST_SECONDS);
    }

    /// Another machine with one tab, whose page is open.
    pub fn add(&mut self, name: &str, user: &str) -> TabId {
        self.add_on(name, user, "s1")
    }

    /// Another machine that shows another set.
    pub fn add_on(&mut self, name: &str, user: &str, set: &str) -> TabId {
        self.machines.push(Machine::new(name, user, set));
        self.network.add_line();
        self.add_tab(MachineId(self.machines.len() - 1), name.to_owned())
    }

    /// Another tab of the same machine; its page is open.
    pub fn open_tab(&mut self, id: TabId) -> TabId {
        let name = format!("{}/{}", self.machine(id).name, self.tabs_of(id).len() + 1);
        self.add_tab(self.tab(id).machine, name)
    }

    fn add_tab(&mut self, machine: MachineId, name: String) -> TabId {
        let id = TabId(self.tabs.len());
        self.tabs.push(Tab::new(name, machine));
        self.open(id);
        id
    }

    /// Opens a page; it connects if the app wanted to.
    pub fn open(&mut self, id: TabId) {
        self.note(id, format_args!("opens"));
        let machine = self.tab(id).machine;
        let config = self.machines[machine.0].config(&self.server.team, &mut self.luck);
        self.tab_mut(id).open(config);
        self.perform_all(id);
        if self.tab(id).wants_connection {
            self.connect(id);
        }
    }

    /// The page is gone, and with it everything but the disk.
    pub fn crash(&mut self, id: TabId) {
        self.luck.count(Fault::Crash);
        self.note(id, format_args!("crashes"));
        self.close(id);
    }

    /// The user closes a page. What it had begun to write may still be written.
    pub fn close(&mut self, id: TabId) {
        let disk_stops_at = self.now + self.luck.within(DISK_OUTLIVES);
        self.tab_mut(id).close();
        self.tab_mut(id).disk_stops_at = disk_stops_at;
        for link in self.network.open_links_of_tab(id) {
            self.network.link_mut(link).client_listens = false;
            self.schedule(self.now + 30, Happening::Hangup { link });
        }
        self.give_up(id);
        self.forget_requests(id);
        self.resign(id);
    }

    /// The page is opened anew.
    pub fn reload(&mut self, id: TabId) {
        if self.tab(id).is_open() {
            self.crash(id);
        }
        self.open(id);
    }

    /// The page will be gone after so many more effects.
    pub fn crash_after(&mut self, id: TabId, effects: u32) {
        self.tab_mut(id).effects_to_live = Some(effects);
    }

    /// The browser drops the machine's database. Its open pages are opened anew.
    pub fn lose_database(&mut self, id: TabId) {
        self.luck.count(Fault::DatabaseLost);
        self.note(id, format_args!("has lost its database"));
        let tabs = self.tabs_of(id);
        let open: Vec<TabId> = tabs.iter().copied().filter(|id| self.tab(*id).is_open()).collect();
        for tab in &tabs {
            self.close(*tab);
            self.tab_mut(*tab).disk_stops_at = 0;
            self.tab_mut(*tab).diary.forget();
        }
        self.pushes.values_mut().filter(|pushed| tabs.contains(&pushed.tab)).for_each(|pushed| pushed.is_forgotten = true);
        self.machine_mut(id).disk = Disk::default();
        open.into_iter().for_each(|tab| self.open(tab));
    }

    pub fn connect(&mut self, id: TabId) {
        self.tab_mut(id).wants_connection = true;
        self.command(id, Command::Connect);
    }

    pub fn disconnect(&mut self, id: TabId) {
        self.tab_mut(id).wants_connection = false;
        self.command(id, Command::Disconnect);
    }

    pub fn reconnect(&mut self, id: TabId) {
        self.tab_mut(id).wants_connection = true;
        self.command(id, Command::Reconnect);
    }

    pub fn hide(&mut self, id: TabId) {
        self.luck.count(Fault::Hidden);
        self.note(id, format_args!("is hidden"));
        self.tab_mut(id).is_visible = false;
        self.tell(id, Input::Visible(false));
    }

    pub fn show(&mut self, id: TabId) {
        if !self.tab(id).is_visible {
            self.note(id, format_args!("is shown"));
            self.tab_mut(id).is_visible = true;
            self.stir();
            self.tell(id, Input::Visible(true));
        }
    }

    /// Nothing can be read or written until `mend_disk`.
    pub fn break_disk(&mut self, id: TabId, failure: StorageFailure) {
        self.machine_mut(id).disk.broken = Some(failure);
    }

    pub fn mend_disk(&mut self, id: TabId) {
        self.machine_mut(id).disk.broken = None;
    }

    /// The connection is lost, and dials and requests fail until `heal`.
    pub fn cut(&mut self, id: TabId) {
        self.luck.count(Fault::Cut);
        self.note(id, format_args!("is cut off"));
        self.network.set_line(self.tab(id).machine, Line::Cut);
        self.drop_links(id);
    }

    /// Everything sent vanishes until `heal`, and nobody notices.
    pub fn black_hole(&mut self, id: TabId) {
        self.luck.count(Fault::BlackHole);
        self.note(id, format_args!("is in a black hole"));
        self.network.set_line(self.tab(id).machine, Line::BlackHole);
    }

    pub fn heal(&mut self, id: TabId) {
        self.note(id, format_args!("is healed"));
        self.network.set_line(self.tab(id).machine, Line::Up);
    }

    /// Sockets are lost, and can be made again at once.
    pub fn drop_links(&mut self, id: TabId) {
        self.network.open_links_of(self.tab(id).machine).into_iter().for_each(|link| self.lose_link(link));
    }

    fn lose_link(&mut self, link: LinkId) {
        let event = SocketEvent::Closed { code: 1006, reason: String::new() };
        self.network.link_mut(link).server_listens = false;
        self.schedule(self.now + 10, Happening::Socket { link, event });
    }

    /// The server loses the connections without the machine's knowing.
    pub fn half_open(&mut self, id: TabId) {
        self.luck.count(Fault::HalfOpen);
        self.note(id, format_args!("is half-open"));
        let links = self.network.open_links_of(self.tab(id).machine);
        links.into_iter().for_each(|link| self.network.link_mut(link).server_listens = false);
    }

    /// The server's live push comes or goes. What is open and cannot be any more is lost.
    pub fn set_live_push(&mut self, live_push: LivePush) {
        self.server.live_push = live_push;
        for link in self.network.open_links() {
            if live_push == LivePush::Missing || live_push == LivePush::OnlyStreams && !self.network.link(link).is_stream {
                self.lose_link(link);
            }
        }
    }

    /// The server knows no session of the machine any more, until the user signs in.
    pub fn sign_out(&mut self, id: TabId) {
        self.luck.count(Fault::SignedOut);
        self.note(id, format_args!("is signed out"));
        self.machine_mut(id).session = None;
        self.drop_links(id);
    }

    /// The user signs in, and the app tells its tabs.
    pub fn sign_in(&mut self, id: TabId, user: &str) {
        self.note(id, format_args!("is signed in as {user}"));
        self.machine_mut(id).session = Some(user.to_owned());
        let open = self.tabs_of(id).into_iter().filter(|id| self.tab(*id).is_awake() && self.tab(*id).wants_connection);
        open.collect::<Vec<_>>().into_iter().for_each(|id| self.reconnect(id));
    }

    /// The user sets the machine's clock, so far ahead of the true time.
    pub fn set_clock(&mut self, id: TabId, ahead: i64) {
        self.luck.count(Fault::ClockSet);
        self.machine_mut(id).skew = ahead;
    }
}
