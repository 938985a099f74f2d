//! A tab: a page with an engine, which crashes, freezes, and is opened again.

use crate::diary::Diary;
use crate::machine::{Config, Engine, MachineId};
use crate::world::Happening;
use sealwire::rows::notice::{ConnectionState, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TabId(pub usize);

pub struct Tab {
    pub name: String,
    pub machine: MachineId,
    /// `None` while the page is not there.
    pub engine: Option<Engine>,
    /// Counts openings of the page; what an earlier page asked for is answered to nobody.
    pub run: u32,
    pub diary: Diary,
    /// What the app calls after opening.
    pub wants_connection: bool,
    pub is_visible: bool,
    /// While the page is frozen: what will reach it when it thaws.
    pub frozen: Option<Vec<Happening>>,
    /// The platform's timer.
    pub armed: Option<u64>,
    /// The page goes after so many more effects.
    pub effects_to_live: Option<u32>,
    /// What a page asked of the disk is left undone from then on, if the page is gone.
    pub disk_stops_at: u64,
}

impl Tab {
    pub fn new(name: String, machine: MachineId) -> Self {
        Self {
            name,
            machine,
            engine: None,
            run: 0,
            diary: Diary::default(),
            wants_connection: false,
            is_visible: true,
            frozen: None,
            armed: None,
            effects_to_live: None,
            disk_stops_at: 0,
        }
    }

    /// The page is opened.
    pub fn open(&mut self, config: Config) {
        self.run += 1;
        self.is_visible = true;
        self.diary.reopened();
        self.engine = Some(Engine::new(config));
    }

    /// The page goes.
    pub fn close(&mut self) {
        self.run += 1;
        self.engine = None;
        self.frozen = None;
        self.armed = None;
        self.effects_to_live = None;
    }

    pub fn is_open(&self) -> bool {
        self.engine.is_some()
    }

    /// Whether it is there and hears what happens.
    pub fn is_awake(&self) -> bool {
        self.is_open() && self.frozen.is_none()
    }

    pub fn status(&self) -> Status {
        self.engine.as_ref().map(|engine| engine.status().clone()).unwrap_or_default()
    }

    pub fn is(&self, state: ConnectionState) -> bool {
        self.is_open() && self.status().state == state
    }
}
