//! Where the connection stands.

use super::by_entity::ByEntity;
use super::dialect::{Cursor, Features};
use super::error::ErrorCode;
use super::ids::{Generation, Seq, TaskId};
use super::io::Now;
use super::pulse::Pulse;

/// The connection's state.
#[derive(Debug)]
pub enum Session {
    /// Not asked to connect.
    Idle,
    /// Asked to connect, but another tab of the device is the one that does.
    Following,
    /// Until the app reconnects.
    Stopped(ErrorCode),
    /// Between attempts, until [`super::timers::Timer::Redial`]; `probe`, an HTTP request, may tell why the last one failed.
    Waiting {
        /// When the next attempt is made, on the wall clock.
        retry_at: u64,
        /// The probe that is under way.
        probe: Option<TaskId>,
    },
    /// There is a socket.
    Linked(Link),
}

/// A socket and how far the conversation has come.
#[derive(Debug)]
pub struct Link {
    /// Which socket.
    pub generation: Generation,
    /// When it was dialled, or pinged last, on the wall clock.
    pub asked_at: u64,
    /// How far.
    pub stage: Stage,
    /// What the server can do.
    pub features: Features,
    /// It answers a pull.
    pub can_pull: bool,
    /// It takes a push over HTTP.
    pub can_push: bool,
    /// Entries that were sent before the last ping.
    pub before_ping: Vec<Seq>,
    /// Whether the server lives; of a socket that is open.
    pub pulse: Pulse,
    /// A window is being begun.
    pub is_beginning: bool,
    /// The app wants to disconnect, once what was held back is sent.
    pub is_leaving: bool,
    /// Unknown frame types that were reported.
    pub reported_types: Vec<String>,
}

/// How far the conversation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The socket is not open yet.
    Dialling,
    /// It is open; the server has not greeted.
    Greeting,
    /// The server is asked whose session it is.
    Checking(TaskId),
    /// What was missed is being read; nothing is sent.
    CatchingUp,
    /// Changes are sent.
    Live,
}

impl Link {
    /// A socket that is being opened.
    pub fn new(generation: Generation, now: Now) -> Self {
        Self {
            generation,
            asked_at: now.wall,
            stage: Stage::Dialling,
            features: Features::default(),
            can_pull: true,
            can_push: true,
            before_ping: Vec::new(),
            pulse: Pulse::idle(),
            is_beginning: false,
            is_leaving: false,
            reported_types: Vec::new(),
        }
    }
}

/// Reading what was missed, page by page.
#[derive(Debug, Default)]
pub struct CatchUp {
    /// The stored cursor.
    pub cursor: Option<Cursor>,
    /// What is under way.
    pub pull: Pull,
    /// Where a pull stopped that failed; the next one goes on there.
    pub resume: Option<Cursor>,
    /// Counts pages, so that an event of an abandoned one is not taken for one of the present.
    pub page: u64,
    /// Pulls since the last that brought something new about unconfirmed changes.
    pub fruitless: u32,
    /// A pull that begins at the beginning and skips nothing is due.
    pub is_full_due: bool,
    /// The pull under way is such a one.
    pub is_full: bool,
    /// Entities that a full pull has shown, where what it does not show is to vanish.
    pub seen: Option<ByEntity<()>>,
    /// A body did not open with any key at hand, and none has yet.
    pub has_unopened: bool,
    /// An event was opened on this connection, and its envelope was as its inside.
    pub is_sampled: bool,
    /// Events that were read on this connection.
    pub events: u64,
    /// A push over HTTP that is under way, and its entries.
    pub push: Option<(TaskId, Vec<Seq>)>,
    /// Pushes that the server has refused since it took one: the next has ever fewer changes.
    pub refused_pushes: u32,
    /// The stored cursor stays where it is on this connection: behind it is an event whose key is not at hand yet.
    pub is_held: bool,
}

/// A pull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pull {
    /// None is under way.
    #[default]
    Idle,
    /// The server was asked.
    Asked {
        /// The request.
        task: TaskId,
        /// From where on.
        from: Cursor,
    },
    /// Events of the page are being opened and merged.
    Merging {
        /// How many are left, the page itself counting as one.
        outstanding: usize,
        /// Where the page begins.
        from: Cursor,
        /// Where the next page begins.
        next: Cursor,
        /// Whether there is one.
        has_more: bool,
    },
    /// The cursor is being stored.
    Storing {
        /// Where the next page begins.
        next: Cursor,
        /// Whether there is one.
        has_more: bool,
    },
}
