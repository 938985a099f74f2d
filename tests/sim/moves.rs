//! The words of the stories: what users, networks and servers do. What concerns a whole machine is said of any of its tabs.

use crate::canary::content;
use crate::keys::Keys;
use crate::luck::Fault;
use crate::machine::{Machine, MachineId};
use crate::network::{Line, LinkId, Way};
use crate::server::{Account, Kind};
use crate::tab::{Tab, TabId};
use crate::verdict::of_stamp;
use crate::world::{Happening, World};
use crate::writing::{Appeal, Pushed};
use sealwire::engine::event::Operation;
use sealwire::engine::ids::{EntityKey, ReadId};
use sealwire::engine::io::{Command, Decision, Input, Push, Query, SocketEvent};
use sealwire::engine::payload::Payload;
use sealwire::engine::seal::Format;
use sealwire::engine::storage::StorageFailure;
use std::ops::RangeInclusive;

/// How long a disk goes on after its page crashed, in milliseconds.
const DISK_OUTLIVES: RangeInclusive<u64> = 0..=6;
/// Longer than a catch-up from the cursor is enough.
const LATER_MS: u64 = 7 * 60 * 60 * 1_000;

impl World {
    /// A phone and a laptop of one account, connected and idle.
    pub fn with_two(kind: Kind) -> (Self, TabId, TabId) {
        Self::with_two_in(kind, Format::SealedV1)
    }

    pub fn with_two_in(kind: Kind, format: Format) -> (Self, TabId, TabId) {
        let mut world = Self::new(1, kind, format);
        let (phone, laptop) = (world.add("phone"), world.add("laptop"));
        world.connect(phone);
        world.connect(laptop);
        world.run_until_quiet(500);
        (world, phone, laptop)
    }

    /// Another machine with one tab, whose page is open.
    pub fn add(&mut self, name: &'static str) -> TabId {
        self.add_with(name, |_| {})
    }

    /// Another machine that differs from the others.
    pub fn add_with(&mut self, name: &'static str, change: impl Fn(&mut Machine)) -> TabId {
        let keys = Keys::new(7).with(self.cipher);
        let mut machine = Machine::new(name, self.format, keys, &mut self.luck);
        change(&mut machine);
        self.machines.push(machine);
        self.network.add_line();
        self.add_tab(MachineId(self.machines.len() - 1), name.to_owned())
    }

    /// Another tab of the same machine; its page is open.
    pub fn open_tab(&mut self, id: TabId) -> TabId {
        let name = format!("{}/{}", self.machine(id).name, self.tabs_of(id).count() + 1);
        self.add_tab(self.tab(id).machine, name)
    }

    fn add_tab(&mut self, machine: MachineId, name: String) -> TabId {
        let id = TabId(self.tabs.len());
        self.tabs.push(Tab::new(name, machine));
        self.reopen(id);
        id
    }

    /// Opens a page; it connects if the app wanted to.
    pub fn reopen(&mut self, id: TabId) {
        self.note(id, format_args!("opens"));
        let machine = self.tab(id).machine;
        let config = self.machines[machine.0].config(&mut self.luck);
        self.tab_mut(id).open(config);
        let run = self.tab(id).run;
        self.machine_mut(id).ledger.opened((id, run));
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
            self.carry(link, Way::ToServer, Happening::Hangup { link });
        }
        self.resign(id);
    }

    /// The page is opened anew.
    pub fn reload(&mut self, id: TabId) {
        if self.tab(id).is_open() {
            self.crash(id);
        }
        self.reopen(id);
    }

    /// The page will be gone after so many more effects.
    pub fn crash_after(&mut self, id: TabId, effects: u32) {
        self.tab_mut(id).effects_to_live = Some(effects);
    }

    /// The browser drops the machine's database. Its open pages are opened anew.
    pub fn lose_database(&mut self, id: TabId) {
        self.luck.count(Fault::DatabaseLost);
        self.note(id, format_args!("has lost its database"));
        let open: Vec<TabId> = self.tabs_of(id).filter(|id| self.tab(*id).is_open()).collect();
        for tab in self.tabs_of(id).collect::<Vec<_>>() {
            self.close(tab);
            self.tab_mut(tab).disk_stops_at = 0;
        }
        for entry in self.machine(id).ledger.outbox.clone().into_values() {
            self.oracle.abandoned(&of_stamp(&entry.stamp));
        }
        self.machine_mut(id).lose_database();
        open.into_iter().for_each(|tab| self.reopen(tab));
    }

    /// Nothing reaches the machine for so long.
    pub fn sleep(&mut self, id: TabId, millis: u64) {
        for tab in self.tabs_of(id).collect::<Vec<_>>() {
            self.freeze(tab);
            let run = self.tab(tab).run;
            self.schedule(self.now + millis, Happening::Thaw { tab, run });
        }
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

    /// Everybody goes, and comes back when a catch-up from the cursor is not enough any more.
    pub fn come_back_later(&mut self) {
        let connected: Vec<TabId> = self.tab_ids().filter(|id| self.tab(*id).is_open() && self.tab(*id).wants_connection).collect();
        connected.iter().for_each(|id| self.disconnect(*id));
        self.run_for(LATER_MS);
        connected.iter().for_each(|id| self.connect(*id));
    }

    /// The app says that the key is right.
    pub fn accept_key(&mut self, id: TabId) {
        self.command(id, Command::AcceptKey);
    }

    fn command(&mut self, id: TabId, command: Command) {
        self.stir();
        self.tell(id, Input::Command(command));
    }

    /// Gives a bookmark this title; the id of the event.
    pub fn push(&mut self, id: TabId, bookmark: &str, title: &str) -> String {
        let is_new = self.bookmarks.insert(bookmark.to_owned());
        let operation = if is_new { Operation::Create } else { Operation::Update };
        self.push_change(id, key(bookmark), operation, Some(content(title)))
    }

    pub fn delete(&mut self, id: TabId, bookmark: &str) -> String {
        self.push_change(id, key(bookmark), Operation::Delete, None)
    }

    pub fn push_change(&mut self, tab: TabId, key: EntityKey, operation: Operation, content: Option<String>) -> String {
        let event_id = format!("sync_{}", self.luck.hex());
        let push = self.last_push.advance();
        let data = Payload(content.clone().unwrap_or_default());
        self.pushes.insert(event_id.clone(), Pushed { push, tab, key: key.clone(), content });
        self.note(tab, format_args!("pushes {event_id}"));
        self.command(tab, Command::Push(Push { push, key, operation, data, event_id: event_id.clone() }));
        event_id
    }

    /// The app asks; the call that will be answered.
    pub fn ask(&mut self, id: TabId, query: Query) -> ReadId {
        let read = self.last_read.advance();
        self.tell(id, Input::Command(Command::Read { read, query }));
        read
    }

    /// The app decides about a change; the call that will be answered.
    pub fn decide(&mut self, id: TabId, decision: Decision, event_id: &str) -> ReadId {
        let read = self.last_read.advance();
        self.note(id, format_args!("asks for {decision:?} of {event_id}"));
        self.appeals.insert(read, Appeal { decision, event_id: event_id.to_owned() });
        self.command(id, Command::Decide { read, decision, event_id: event_id.to_owned() });
        read
    }

    /// Nothing can be read or written until `mend_disk`.
    pub fn break_disk(&mut self, id: TabId, failure: StorageFailure) {
        self.machine_mut(id).disk.broken = Some(failure);
    }

    pub fn mend_disk(&mut self, id: TabId) {
        self.machine_mut(id).disk.broken = None;
    }

    /// The connection is lost, and dials fail until `heal`.
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

    /// From now on so many bytes a second leave the machine.
    pub fn slow_down(&mut self, id: TabId, bytes_per_second: u64) {
        self.network.slow_down(self.tab(id).machine, bytes_per_second);
    }

    pub fn heal(&mut self, id: TabId) {
        self.note(id, format_args!("is healed"));
        self.network.set_line(self.tab(id).machine, Line::Up);
    }

    /// Connections are lost, and can be made again at once. What the client had sent may arrive all the same.
    pub fn drop_links(&mut self, id: TabId) {
        for link in self.network.open_links_of(self.tab(id).machine) {
            self.lose_client_end(link, 1006);
            if *self.luck.pick(&[true, false]) {
                self.close_server_end(link);
            } else {
                self.schedule(self.now + 100, Happening::Hangup { link });
            }
        }
    }

    /// The server loses the connections without the machine's knowing.
    pub fn half_open(&mut self, id: TabId) {
        self.luck.count(Fault::HalfOpen);
        self.note(id, format_args!("is half-open"));
        self.network.open_links_of(self.tab(id).machine).into_iter().for_each(|link| self.close_server_end(link));
    }

    /// All connections are closed; what the server stored stays.
    pub fn restart_server(&mut self) {
        self.luck.count(Fault::ServerRestart);
        for link in self.network.open_links() {
            self.close_server_end(link);
            self.lose_client_end(link, 1012);
        }
    }

    fn lose_client_end(&mut self, link: LinkId, code: u16) {
        let event = SocketEvent::Closed { code, reason: String::new() };
        self.schedule(self.now + 10, Happening::Socket { link, event });
    }

    /// The server knows no session any more, until the user signs in.
    pub fn sign_out(&mut self) {
        self.server.account = Account::Status(401);
    }

    pub fn sign_in(&mut self, user: &str) {
        self.server.account = Account::User(user.to_owned());
    }

    /// The user sets the machine's clock, so far ahead of the true time.
    pub fn set_clock(&mut self, id: TabId, ahead: i64) {
        self.luck.count(Fault::ClockSet);
        self.machine_mut(id).skew = ahead;
    }
}

/// The bookmark of an id.
pub fn key(bookmark: &str) -> EntityKey {
    EntityKey::new("bookmark", bookmark)
}
