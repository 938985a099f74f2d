//! The words of the stories: what users, networks and servers do. What concerns a whole machine is said of any of its tabs.

use crate::crypto::Key;
use crate::disk::Disk;
use crate::luck::Fault;
use crate::machine::{Machine, MachineId};
use crate::network::{Line, LinkId};
use crate::server::{Kind, Table};
use crate::tab::{Tab, TabId};
use crate::world::{Happening, World};
use sealwire::engine::io::SocketEvent;
use sealwire::rows::io::{Command, Input};
use std::ops::RangeInclusive;

/// How long a disk goes on after its page crashed, in milliseconds.
const DISK_OUTLIVES: RangeInclusive<u64> = 0..=6;
/// Seconds that ordinary things take to come to rest.
const REST_SECONDS: u64 = 1_000;

impl World {
    /// A phone and a laptop of `u1`, connected and idle.
    pub fn with_two(kind: Kind) -> (Self, TabId, TabId) {
        let mut world = Self::new(1, kind);
        let (phone, laptop) = (world.add("phone", "u1"), world.add("laptop", "u1"));
        world.connect(phone);
        world.connect(laptop);
        world.rest();
        (world, phone, laptop)
    }

    /// The same, and a note that both show; its key.
    pub fn with_note(kind: Kind) -> (Self, TabId, TabId, String) {
        let (mut world, phone, laptop) = Self::with_two(kind);
        let note = world.plant("title", "content");
        world.rest();
        (world, phone, laptop, note)
    }

    /// A note that was made elsewhere; its key.
    pub fn plant(&mut self, title: &str, content: &str) -> String {
        let (row, wall) = (Key::Right.seal_row(&mut self.luck, title, content), self.wall());
        format!("note/{}", self.server.plant(wall, "u1", Table::Notes, row))
    }

    /// Somebody elsewhere saves a note.
    pub fn save_elsewhere(&mut self, note: &str, title: &str, content: &str) {
        self.stir();
        let (row, wall) = (Key::Right.seal_row(&mut self.luck, title, content), self.wall());
        self.server.alter(wall, note.strip_prefix("note/").expect("a note"), row);
    }

    /// Lets time pass until nothing is left to do.
    pub fn rest(&mut self) {
        self.run_until_quiet(REST_SECONDS);
    }

    /// Another machine with one tab, whose page is open.
    pub fn add(&mut self, name: &str, user: &str) -> TabId {
        self.add_machine(Machine::new(name, user))
    }

    pub fn add_machine(&mut self, machine: Machine) -> TabId {
        let name = machine.name.clone();
        self.machines.push(machine);
        self.network.add_line();
        self.add_tab(MachineId(self.machines.len() - 1), name)
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
        let config = self.machines[machine.0].config(&mut self.luck);
        self.tab_mut(id).open(config);
        self.readers.open(id, self.now);
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
        for link in self.network.open_links_of_tab(id, self.tab(id).machine) {
            self.network.link_mut(link).client_listens = false;
            self.schedule(self.now + 30, Happening::Hangup { link });
        }
        self.hand_over(id);
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
        self.server_drops(link);
        self.schedule(self.now + 10, Happening::Socket { link, event });
    }

    /// The server loses the connections without the machine's knowing.
    pub fn half_open(&mut self, id: TabId) {
        self.luck.count(Fault::HalfOpen);
        self.note(id, format_args!("is half-open"));
        self.network.open_links_of(self.tab(id).machine).into_iter().for_each(|link| self.server_drops(link));
    }

    /// The app has no token any more, and what it had is good for nothing.
    pub fn sign_out(&mut self, id: TabId) {
        self.luck.count(Fault::SignedOut);
        self.note(id, format_args!("is signed out"));
        self.machine_mut(id).session = None;
        self.end_tokens(id);
    }

    pub fn end_tokens(&mut self, id: TabId) {
        let user = self.machine(id).user.clone();
        self.note(id, format_args!("has tokens that are good no more"));
        self.server.revoke(&user);
        self.machines.iter_mut().filter(|machine| machine.user == user).for_each(|machine| machine.token = None);
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
