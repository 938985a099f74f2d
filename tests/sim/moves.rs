//! The words of the stories: what users, networks and servers do.

use crate::canary::content;
use crate::device::{Device, DeviceId};
use crate::luck::Fault;
use crate::network::{Line, LinkId, Way};
use crate::server::{Account, Kind};
use crate::world::{Happening, Pushed, World};
use sealwire::engine::event::Operation;
use sealwire::engine::ids::EntityKey;
use sealwire::engine::io::{Command, Input, Push, SocketEvent};
use sealwire::engine::payload::Payload;
use sealwire::engine::seal::Format;
use sealwire::engine::storage::StorageFailure;
use std::ops::RangeInclusive;

/// How long a disk goes on after its page crashed, in milliseconds.
const DISK_OUTLIVES: RangeInclusive<u64> = 0..=6;

impl World {
    /// A phone and a laptop of one account, connected and idle.
    pub fn with_two(kind: Kind) -> (Self, DeviceId, DeviceId) {
        Self::with_two_in(kind, Format::SealedV1)
    }

    pub fn with_two_in(kind: Kind, format: Format) -> (Self, DeviceId, DeviceId) {
        let mut world = Self::new(1, kind, format);
        let (phone, laptop) = (world.add("phone"), world.add("laptop"));
        world.connect(phone);
        world.connect(laptop);
        world.run_until_quiet(500);
        (world, phone, laptop)
    }

    /// Another device; its page is open.
    pub fn add(&mut self, name: &'static str) -> DeviceId {
        self.add_with(name, |_| {})
    }

    /// Another device that differs from the others.
    pub fn add_with(&mut self, name: &'static str, change: impl Fn(&mut Device)) -> DeviceId {
        let id = DeviceId(self.devices.len());
        let mut device = Device::new(name, self.format, &mut self.luck);
        change(&mut device);
        self.devices.push(device);
        self.network.add_line();
        self.reopen(id);
        id
    }

    /// Opens a page; it connects if the app wanted to.
    pub fn reopen(&mut self, id: DeviceId) {
        self.note(id, format_args!("opens"));
        self.devices[id.0].open(&mut self.luck);
        self.perform_all(id);
        if self.device(id).wants_connection {
            self.connect(id);
        }
    }

    /// The page is gone, and with it everything but the disk.
    pub fn crash(&mut self, id: DeviceId) {
        self.luck.count(Fault::Crash);
        self.note(id, format_args!("crashes"));
        self.device_mut(id).close();
        let disk_stops_at = self.now + self.luck.within(DISK_OUTLIVES);
        self.device_mut(id).disk_stops_at = disk_stops_at;
        for link in self.network.open_links_of(id) {
            self.network.link_mut(link).client_listens = false;
            self.carry(link, Way::ToServer, Happening::Hangup { link });
        }
    }

    /// The page is opened anew.
    pub fn reload(&mut self, id: DeviceId) {
        if self.is_open(id) {
            self.crash(id);
        }
        self.reopen(id);
    }

    /// The page will be gone after so many more effects.
    pub fn crash_after(&mut self, id: DeviceId, effects: u32) {
        self.device_mut(id).effects_to_live = Some(effects);
    }

    pub fn is_open(&self, id: DeviceId) -> bool {
        self.device(id).engine.is_some()
    }

    /// Nothing reaches the page for so long.
    pub fn sleep(&mut self, id: DeviceId, millis: u64) {
        self.device_mut(id).asleep_until = self.now + millis;
    }

    pub fn connect(&mut self, id: DeviceId) {
        self.device_mut(id).wants_connection = true;
        self.command(id, Command::Connect);
    }

    pub fn disconnect(&mut self, id: DeviceId) {
        self.device_mut(id).wants_connection = false;
        self.command(id, Command::Disconnect);
    }

    pub fn reconnect(&mut self, id: DeviceId) {
        self.device_mut(id).wants_connection = true;
        self.command(id, Command::Reconnect);
    }

    fn command(&mut self, id: DeviceId, command: Command) {
        self.stir();
        self.tell(id, Input::Command(command));
    }

    /// Gives a bookmark this title; the id of the event.
    pub fn push(&mut self, id: DeviceId, bookmark: &str, title: &str) -> String {
        let is_new = self.bookmarks.insert(bookmark.to_owned());
        let operation = if is_new { Operation::Create } else { Operation::Update };
        self.push_change(id, key(bookmark), operation, Some(content(title)))
    }

    pub fn delete(&mut self, id: DeviceId, bookmark: &str) -> String {
        self.push_change(id, key(bookmark), Operation::Delete, None)
    }

    pub fn push_change(&mut self, device: DeviceId, key: EntityKey, operation: Operation, content: Option<String>) -> String {
        let event_id = format!("sync_{}", self.luck.hex());
        let push = self.last_push.advance();
        let data = Payload(content.clone().unwrap_or_default());
        self.pushes.insert(event_id.clone(), Pushed { push, content });
        self.note(device, format_args!("pushes {event_id}"));
        self.command(device, Command::Push(Push { push, key, operation, data, event_id: event_id.clone() }));
        event_id
    }

    /// Nothing can be read or written until `mend_disk`.
    pub fn break_disk(&mut self, id: DeviceId, failure: StorageFailure) {
        self.device_mut(id).disk.broken = Some(failure);
    }

    pub fn mend_disk(&mut self, id: DeviceId) {
        self.device_mut(id).disk.broken = None;
    }

    /// The connection is lost, and dials fail until `heal`.
    pub fn cut(&mut self, id: DeviceId) {
        self.luck.count(Fault::Cut);
        self.note(id, format_args!("is cut off"));
        self.network.set_line(id, Line::Cut);
        self.drop_links(id);
    }

    /// Everything sent vanishes until `heal`, and nobody notices.
    pub fn black_hole(&mut self, id: DeviceId) {
        self.luck.count(Fault::BlackHole);
        self.note(id, format_args!("is in a black hole"));
        self.network.set_line(id, Line::BlackHole);
    }

    pub fn heal(&mut self, id: DeviceId) {
        self.note(id, format_args!("is healed"));
        self.network.set_line(id, Line::Up);
    }

    /// Connections are lost, and can be made again at once. What the client had sent may arrive all the same.
    pub fn drop_links(&mut self, id: DeviceId) {
        for link in self.network.open_links_of(id) {
            self.lose_client_end(link, 1006);
            if *self.luck.pick(&[true, false]) {
                self.close_server_end(link);
            } else {
                self.schedule(self.now + 100, Happening::Hangup { link });
            }
        }
    }

    /// The server loses the connections without the device's knowing.
    pub fn half_open(&mut self, id: DeviceId) {
        self.luck.count(Fault::HalfOpen);
        self.note(id, format_args!("is half-open"));
        self.network.open_links_of(id).into_iter().for_each(|link| self.close_server_end(link));
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

    /// The user sets the device's clock, so far ahead of the true time.
    pub fn set_clock(&mut self, id: DeviceId, ahead: i64) {
        self.luck.count(Fault::ClockSet);
        self.device_mut(id).skew = ahead;
    }
}

/// The bookmark of an id.
pub fn key(bookmark: &str) -> EntityKey {
    EntityKey::new("bookmark", bookmark)
}
