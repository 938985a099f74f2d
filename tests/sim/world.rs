//! Virtual time: what is to happen, in order, and who is told of it. `performing` has what follows, `moves` the words of the stories.

use crate::canary::LeakDetector;
use crate::device::{Device, DeviceId, EPOCH, USER};
use crate::disk::Job;
use crate::luck::{Fault, Luck};
use crate::network::{LinkId, Network};
use crate::oracle::Oracle;
use crate::server::{Kind, Server};
use sealwire::engine::ids::{PushId, ReadId, TaskId};
use sealwire::engine::io::{HttpRequest, Input, SocketEvent};
use sealwire::engine::seal::Format;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So long nothing but pings, failing dials and fruitless pulls may happen before the world counts as quiet: longer than any of the
/// engine's own pauses.
const QUIET_MS: u64 = 70_000;
/// More steps than any story takes.
const MAX_STEPS: u64 = 2_000_000;
/// Steps that a failure shows.
const TRACE_LENGTH: usize = 60;

/// Something that is going to happen.
pub enum Happening {
    /// A page is told something.
    Input { device: DeviceId, run: u32, input: Input },
    /// A page's timer fires, unless it was set anew since.
    Timer { device: DeviceId, run: u32, deadline: u64 },
    /// A page hears of its socket.
    Socket { link: LinkId, event: SocketEvent },
    /// A database carries out a job.
    Disk { device: DeviceId, run: u32, task: TaskId, job: Job },
    /// A request reaches the server.
    Request { device: DeviceId, run: u32, task: TaskId, request: HttpRequest },
    /// A dial reaches the server.
    Dial { link: LinkId, device_id: String },
    /// A frame reaches the server.
    Frame { link: LinkId, text: String },
    /// The server learns that the client is gone.
    Hangup { link: LinkId },
}

/// A change that an app made.
pub struct Pushed {
    pub push: PushId,
    /// The entity's JSON; a delete has none.
    pub content: Option<String>,
}

pub struct World {
    pub now: u64,
    pub luck: Luck,
    pub format: Format,
    pub server: Server,
    pub network: Network,
    pub oracle: Oracle,
    pub devices: Vec<Device>,
    pub pushes: BTreeMap<String, Pushed>,
    /// Bookmarks that were pushed by name.
    pub bookmarks: BTreeSet<String>,
    pub last_push: PushId,
    pub last_read: ReadId,
    pub leak_detector: LeakDetector,
    /// Changes whose stamp is not above what their device had stored of the entity.
    pub outstamped: Vec<String>,
    /// Where the canary was found.
    pub leaks: Vec<String>,
    pub steps: u64,
    /// When something happened last that can have consequences.
    pub stirred_at: u64,
    agenda: BTreeMap<(u64, u64), Happening>,
    last_entry: u64,
    trace: VecDeque<String>,
}

impl World {
    pub fn new(seed: u64, kind: Kind, format: Format) -> Self {
        Self {
            now: 0,
            luck: Luck::new(seed),
            format,
            server: Server::new(kind, USER),
            network: Network::default(),
            oracle: Oracle::default(),
            devices: Vec::new(),
            pushes: BTreeMap::new(),
            bookmarks: BTreeSet::new(),
            last_push: PushId::default(),
            last_read: ReadId::default(),
            leak_detector: LeakDetector::new(),
            outstamped: Vec::new(),
            leaks: Vec::new(),
            steps: 0,
            stirred_at: 0,
            agenda: BTreeMap::new(),
            last_entry: 0,
            trace: VecDeque::new(),
        }
    }

    pub fn device(&self, device: DeviceId) -> &Device {
        &self.devices[device.0]
    }

    pub fn device_mut(&mut self, device: DeviceId) -> &mut Device {
        &mut self.devices[device.0]
    }

    pub fn device_ids(&self) -> impl Iterator<Item = DeviceId> + use<> {
        (0..self.devices.len()).map(DeviceId)
    }

    /// The true time.
    pub fn wall(&self) -> u64 {
        EPOCH + self.now
    }

    pub fn schedule(&mut self, at: u64, happening: Happening) {
        self.last_entry += 1;
        self.agenda.insert((at.max(self.now), self.last_entry), happening);
    }

    /// Tells a page something, soon.
    pub fn schedule_input(&mut self, at: u64, device: DeviceId, input: Input) {
        let run = self.device(device).run;
        self.schedule(at, Happening::Input { device, run, input });
    }

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
            assert!(self.steps < MAX_STEPS, "no end after {MAX_STEPS} steps\n{}", self.trace());
            self.happen(happening);
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Input { device, run, input } => match self.sleeps_until(device) {
                Some(waking) => self.schedule(waking + 1, Happening::Input { device, run, input }),
                None if self.device(device).run == run => self.tell(device, input),
                None => {}
            },
            // A page that wakes runs its overdue timers first; frames that came meanwhile wait behind them.
            Happening::Timer { device, run, deadline } => match self.sleeps_until(device) {
                Some(waking) => self.schedule(waking, Happening::Timer { device, run, deadline }),
                None if self.device(device).run == run && self.device(device).armed == Some(deadline) => {
                    self.device_mut(device).armed = None;
                    self.tell(device, Input::TimerFired);
                }
                None => {}
            },
            Happening::Socket { link, event } => match self.sleeps_until(self.network.link(link).device) {
                Some(waking) => self.schedule(waking + 1, Happening::Socket { link, event }),
                None => self.hear_socket(link, event),
            },
            Happening::Disk { device, run, task, job } => self.carry_out(device, run, task, &job),
            Happening::Request { device, run, task, request } => self.respond(device, run, task, &request),
            Happening::Dial { link, device_id } => self.accept(link, &device_id),
            Happening::Frame { link, text } => self.receive(link, &text),
            Happening::Hangup { link } => self.close_server_end(link),
        }
    }

    fn sleeps_until(&self, device: DeviceId) -> Option<u64> {
        Some(self.device(device).asleep_until).filter(|waking| *waking > self.now)
    }

    /// Tells a page something now, and performs what it asks for.
    pub fn tell(&mut self, id: DeviceId, input: Input) {
        let now = self.now;
        let device = self.device_mut(id);
        let clock = device.clock(now);
        let Some(engine) = &mut device.engine else { return };
        engine.handle(clock, input);
        self.perform_all(id);
    }

    /// Performs what a page asks for, one effect after the other.
    pub fn perform_all(&mut self, id: DeviceId) {
        while let Some(effect) = self.device_mut(id).engine.as_mut().and_then(|engine| engine.poll()) {
            match &mut self.device_mut(id).effects_to_live {
                Some(0) => return self.crash(id),
                Some(left) => *left -= 1,
                None => {}
            }
            self.perform(id, effect);
        }
        self.arm(id);
    }

    fn arm(&mut self, id: DeviceId) {
        let device = self.device_mut(id);
        let run = device.run;
        let deadline = device.engine.as_ref().and_then(|engine| engine.deadline());
        if device.armed != deadline {
            device.armed = deadline;
            if let Some(deadline) = deadline {
                let late = if self.luck.strikes(Fault::TimerLate) { self.luck.within(100..=8_000) } else { 0 };
                self.schedule(deadline + late, Happening::Timer { device: id, run, deadline });
            }
        }
    }

    /// Something happened that can have consequences.
    pub fn stir(&mut self) {
        self.stirred_at = self.now;
    }

    pub fn note(&mut self, device: DeviceId, what: std::fmt::Arguments<'_>) {
        if self.trace.len() == TRACE_LENGTH {
            self.trace.pop_front();
        }
        self.trace.push_back(format!("{:>9} ms {:<8} {what}", self.now, self.device(device).name));
    }

    /// The last steps, without any content.
    pub fn trace(&self) -> String {
        self.trace.iter().fold(String::from("the last steps:\n"), |text, line| text + line + "\n")
    }
}
