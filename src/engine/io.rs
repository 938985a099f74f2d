//! IO as data: what the engine is told ([`Input`]) and what it asks for ([`Effect`]).
//!
//! An effect with a [`TaskId`] is answered once, by [`Input::Answer`] with the same id; the others are not answered. Answers may come in any
//! order, and after the connection that they were asked for is gone.

use super::ids::{EntityKey, Generation, PushId, ReadId, TaskId};
use super::notice::{EntityView, Notice, Outcome, Rejected};
use super::payload::Payload;
use super::seal::Format;
use super::storage::{CommitOutcome, Read, Row, StorageFailure, Transaction};
use super::{
    error::ErrorCode,
    event::{Operation, Stamp},
};

/// The time of a call: two clocks, both in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Never goes back; for timers.
    pub mono: u64,
    /// Since 1970, as the device believes; for stamps.
    pub wall: u64,
}

/// What the engine is told.
#[derive(Debug)]
pub enum Input {
    /// The app wants something.
    Command(Command),
    /// A socket did something. Of a replaced generation: dropped.
    Socket {
        /// Which socket.
        generation: Generation,
        /// What it did.
        event: SocketEvent,
    },
    /// An effect is done.
    Answer {
        /// Which effect.
        task: TaskId,
        /// Its result.
        answer: Answer,
    },
    /// Time has passed. Early, late, spurious or repeated: harmless.
    TimerFired,
    /// The browser believes to be online (`true`) or offline, or the page comes back (`true`) from the back-forward cache. A hint.
    Network(bool),
    /// To [`Effect::Elect`]: this tab is the one of its device that may send (`true`); or, unasked, it is no longer.
    Leader(bool),
    /// The tab that leads says so, in reply to [`Effect::Hint`]. Spurious, repeated or lost: harmless.
    LeaderLives,
    /// Another tab says that the database holds something new. Spurious, repeated or lost: harmless.
    Hinted,
    /// The page is shown (`true`) or hidden. What a hidden one holds back is sent at once, and what it pushes is not held back.
    Visible(bool),
}

/// What the app wants.
#[derive(Debug)]
pub enum Command {
    /// Connect and stay connected. Harmless when repeated.
    Connect,
    /// Disconnect and stay away.
    Disconnect,
    /// Dial at once, also from a stop.
    Reconnect,
    /// The key is right, whatever the server has.
    AcceptKey,
    /// Store and send a change. Answered by [`Effect::Stored`].
    Push(Push),
    /// Read something. Answered by [`Effect::Reply`].
    Read {
        /// Which call.
        read: ReadId,
        /// What of.
        query: Query,
    },
    /// Decide about a stored change. Answered by [`Effect::Reply`] with [`Reply::Done`].
    Decide {
        /// Which call.
        read: ReadId,
        /// What.
        decision: Decision,
        /// The event's id.
        event_id: String,
    },
}

/// What the app decides about a change that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Take it back, unless it may have been sent.
    Cancel,
    /// Send a refused one again, stamped anew.
    Retry,
    /// Give a refused one up.
    Discard,
}

/// A change that the app makes.
#[derive(Clone, Debug)]
pub struct Push {
    /// Which call.
    pub push: PushId,
    /// The entity; checked by the engine.
    pub key: EntityKey,
    /// What happens to it.
    pub operation: Operation,
    /// The entity as JSON, which the engine does not parse; empty for a delete.
    pub data: Payload,
    /// The id of the event, made of fresh randomness.
    pub event_id: String,
}

/// What to read.
#[derive(Clone, Debug)]
pub enum Query {
    /// One entity.
    One(EntityKey),
    /// All entities of a type.
    All(String),
    /// What has changed since a number; answered by [`Reply::Changes`].
    Since(u64),
    /// The changes that the server refused for good; answered by [`Reply::Wedged`].
    Wedged,
    /// What has become of an event; answered by [`Reply::Receipt`].
    Receipt(String),
}

/// The answer to a call.
#[derive(Debug)]
pub enum Reply {
    /// To [`Query::One`] and [`Query::All`]: the entities, in the order of their ids.
    Entities(Vec<EntityView>),
    /// To [`Query::Since`].
    Changes {
        /// The number to ask from next time.
        revision: u64,
        /// What was deleted before can no longer be told: this is everything, and what is not in it is gone.
        reset: bool,
        /// What is shown now.
        entities: Vec<EntityView>,
        /// What was deleted.
        deleted: Vec<(EntityKey, Stamp)>,
    },
    /// To [`Query::Wedged`], the oldest first.
    Wedged(Vec<Rejected>),
    /// To [`Query::Receipt`].
    Receipt {
        /// The event's id.
        event_id: String,
        /// `None`: it is not known, or ended too long ago.
        standing: Option<Standing>,
    },
    /// To [`Command::Decide`]: whether it could be done.
    Done(bool),
}

/// What has become of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits for the server, or was refused.
    Pending,
    /// It has ended.
    Ended(Outcome),
}

/// What a socket did.
#[derive(Debug)]
pub enum SocketEvent {
    /// It is open.
    Opened,
    /// A text frame came.
    Frame(String),
    /// A frame above [`super::dialect::MAX_FRAME`] or of binary data came, and was not read.
    Unreadable {
        /// Whether it was too large.
        too_large: bool,
    },
    /// So many bytes wait in its buffer. Told after each [`Effect::SendFrame`] and [`Effect::MeasureBuffer`].
    Buffered(u64),
    /// It is closed, or could not be opened.
    Closed {
        /// The close code.
        code: u16,
        /// The close reason.
        reason: String,
    },
}

/// The result of an effect.
#[derive(Debug)]
pub enum Answer {
    /// To [`Effect::Request`].
    Http(HttpOutcome),
    /// To [`Effect::Read`].
    Rows(Result<Vec<Row>, StorageFailure>),
    /// To [`Effect::Commit`].
    Committed(CommitOutcome),
    /// To [`Effect::Seal`].
    Sealed(Result<Sealed, CryptoFailure>),
    /// To [`Effect::Open`].
    Opened(Result<Payload<Vec<u8>>, CryptoFailure>),
}

/// How an HTTP request ended.
#[derive(Debug)]
pub enum HttpOutcome {
    /// With a response.
    Response {
        /// The status.
        status: u16,
        /// The body as text.
        body: String,
        /// For how many milliseconds the server asks to be left alone, where the page may read that.
        retry_after: Option<u64>,
    },
    /// Without: refused, cut off, timed out, or hidden by the browser.
    Unreachable,
}

/// A sealed body and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The bytes of `encrypted_data`.
    pub body: Vec<u8>,
    /// SHA-256, of what the format says.
    pub digest: [u8; 32],
}

/// Why a body was not sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptoFailure {
    /// It is shorter than its format, or of another version.
    Malformed,
    /// It is sealed under a key that is not at hand.
    UnknownKey,
    /// Its tag does not fit.
    BadTag,
    /// Its content is compressed, and larger than any that is taken.
    TooLarge,
    /// The cipher itself did not work.
    Broken,
}

/// What the engine asks for.
#[derive(Debug)]
pub enum Effect {
    /// Opens a socket. What it does is told under its generation.
    OpenSocket {
        /// The new generation.
        generation: Generation,
        /// Where.
        url: String,
    },
    /// Sends a text frame.
    SendFrame {
        /// Which socket.
        generation: Generation,
        /// The frame.
        text: String,
    },
    /// Asks for [`SocketEvent::Buffered`].
    MeasureBuffer {
        /// Which socket.
        generation: Generation,
    },
    /// Closes a socket and forgets it; nothing more is heard of it.
    CloseSocket {
        /// Which socket.
        generation: Generation,
    },
    /// Makes an HTTP request with the session's cookie. The shell gives up after 30 s.
    Request {
        /// The task.
        task: TaskId,
        /// The request.
        request: HttpRequest,
    },
    /// Reads from the database.
    Read {
        /// The task.
        task: TaskId,
        /// What.
        read: Read,
    },
    /// Carries out a transaction, as durably as the browser can.
    Commit {
        /// The task.
        task: TaskId,
        /// The transaction.
        transaction: Transaction,
    },
    /// Seals a plaintext under the account's key.
    Seal {
        /// The task.
        task: TaskId,
        /// How.
        format: Format,
        /// The installation's salt.
        salt: [u8; 16],
        /// What; made by the format's own writer.
        plaintext: Payload<Vec<u8>>,
    },
    /// Opens a body.
    Open {
        /// The task.
        task: TaskId,
        /// How.
        format: Format,
        /// The bytes of `encrypted_data`.
        body: Vec<u8>,
    },
    /// Tells the app's listeners.
    Emit(Notice),
    /// A push is stored, or is not.
    Stored {
        /// Which call.
        push: PushId,
        /// The event's id, and how it ended if it already has; or why it was not stored.
        result: Result<String, ErrorCode>,
    },
    /// A stored change has ended.
    Settled {
        /// The event's id.
        event_id: String,
        /// How.
        outcome: Outcome,
    },
    /// Answers a call.
    Reply {
        /// Which call.
        read: ReadId,
        /// The answer.
        result: Result<Reply, ErrorCode>,
    },
    /// Asks to be the one tab of the device that may send. Answered by [`Input::Leader`], whenever the tab that is gives way.
    Elect {
        /// Without waiting for that, and in place of the question before: it is frozen.
        by_force: bool,
    },
    /// Gives way, or takes [`Effect::Elect`] back.
    Resign,
    /// Tells the other tabs that the database holds something new. The one that leads replies with [`Input::LeaderLives`]. May be lost.
    Hint,
}

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Where.
    pub url: String,
    /// JSON to `POST`; `None`: a `GET`.
    pub body: Option<String>,
}
