//! IO as data: what the engine is told ([`Input`]) and what it asks for ([`Effect`]).
//!
//! An effect with a [`TaskId`] is answered once, by [`Input::Answer`] with the same id; the others are not answered. Answers may come in any
//! order, and after the connection that they were asked for is gone.

use super::notice::{Gone, Notice, Refusal, View};
use crate::engine::error::ErrorCode;
use crate::engine::ids::{Generation, PushId, ReadId, TaskId};
use crate::engine::io::{CryptoFailure, Decision, HttpOutcome, SocketEvent, Standing};
use crate::engine::notice::Outcome;
use crate::engine::payload::Payload;
use crate::engine::storage::{CommitOutcome, Read, Row, StorageFailure, Transaction};
use std::fmt;

/// What the engine is told.
#[derive(Debug)]
pub enum Input {
    /// The app wants something.
    Command(Command),
    /// A socket or a stream did something. Of a replaced generation: dropped.
    Socket {
        /// Which one.
        generation: Generation,
        /// What it did. A stream that fails is closed.
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
    /// The page is shown (`true`, as it is at first) or hidden.
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
    /// No news any more; what waits is sent all the same, and [`Notice::Drained`] tells when nothing does.
    Retire,
    /// Store and send a change. Answered by [`Effect::Stored`].
    Push(Push),
    /// Hear of a row, or no more; for a dialect whose server tells only those who ask. Harmless when repeated.
    Join {
        /// The row.
        id: String,
        /// Whether news is wanted.
        wants_news: bool,
    },
    /// Read something. Answered by [`Effect::Reply`].
    Read {
        /// Which call.
        read: ReadId,
        /// What of.
        query: Query,
    },
    /// Decide about a stored change, and what depends on it. Answered by [`Effect::Reply`] with [`Reply::Done`].
    Decide {
        /// Which call.
        read: ReadId,
        /// What.
        decision: Decision,
        /// The change's id.
        event_id: String,
    },
}

/// What a change does; what it is given for that, the dialect says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Makes a row, under a temporary id.
    Create,
    /// Gives fields a value.
    Update,
    /// Nothing more; its descendants go too.
    Delete,
    /// `{ items: [{ id, sortOrder }] }`; the id is not used.
    Reorder,
    /// `{ claimed }`: for the one who is signed in.
    Claim,
    /// `{ assignees: [{ userId, … }] }`.
    Assign,
    /// `{ targetSetId, insertAt?: "top" | "bottom" }`, to another set; its descendants go with it.
    Move,
}

impl Verb {
    /// The byte in stored records.
    pub fn code(self) -> u8 {
        match self {
            Self::Create => 1,
            Self::Update => 2,
            Self::Delete => 3,
            Self::Reorder => 4,
            Self::Claim => 5,
            Self::Assign => 6,
            Self::Move => 7,
        }
    }

    /// The verb of a byte, or of a word, by what it is compared with.
    pub fn find(is_it: impl Fn(Self) -> bool) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete, Self::Reorder, Self::Claim, Self::Assign, Self::Move]
            .into_iter()
            .find(|verb| is_it(*verb))
    }

    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Reorder => "reorder",
            Self::Claim => "claim",
            Self::Assign => "assign",
            Self::Move => "move",
        }
    }
}

/// A change that the app makes.
#[derive(Clone, Debug)]
pub struct Push {
    /// Which call.
    pub push: PushId,
    /// What it does.
    pub verb: Verb,
    /// To which row; to a new one under a temporary id, which nothing else has.
    pub id: String,
    /// With what, as JSON; empty for a delete.
    pub data: Payload,
    /// The change's id, made of fresh randomness.
    pub event_id: String,
}

/// What to read.
#[derive(Clone, Debug)]
pub enum Query {
    /// One row, by the server's id or by the temporary one.
    One(String),
    /// All rows.
    All,
    /// The sets of the team: from the server, else as they were seen last. Answered by [`Reply::Text`].
    Sets,
    /// What has changed since a number; answered by [`Reply::Changes`].
    Since(u64),
    /// The changes that the server refused for good; answered by [`Reply::Wedged`].
    Wedged,
    /// What has become of a change; answered by [`Reply::Receipt`].
    Receipt(String),
}

/// The answer to a call.
#[derive(Debug)]
pub enum Reply {
    /// To [`Query::One`] and [`Query::All`], in the order of their ids.
    Rows(Vec<View>),
    /// To [`Query::Sets`]: the server's JSON.
    Text(String),
    /// To [`Query::Since`].
    Changes {
        /// The number to ask from next time.
        revision: u64,
        /// What was deleted before can no longer be told: this is everything, and what is not in it is gone.
        reset: bool,
        /// What is shown now.
        rows: Vec<View>,
        /// What is not shown any more.
        gone: Vec<Gone>,
    },
    /// To [`Query::Wedged`], the oldest first.
    Wedged(Vec<Refusal>),
    /// To [`Query::Receipt`].
    Receipt {
        /// The change's id.
        event_id: String,
        /// `None`: it is not known, or ended too long ago.
        standing: Option<Standing>,
    },
    /// To [`Command::Decide`]: whether it could be done.
    Done(bool),
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
    /// To [`Effect::AskToken`]; `None`: the app gave none.
    Token(Option<Secret>),
    /// To [`Effect::Seal`].
    Sealed(Result<Sealed, CryptoFailure>),
    /// To [`Effect::Open`], in its order.
    Opened(Vec<Result<Texts, CryptoFailure>>),
}

/// What gives access: a token, or half a session's signing key. Its `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// What can be sealed of a row.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// The title, if there is one.
    pub title: Option<String>,
    /// The content, if there is one.
    pub content: Option<String>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Texts(…)")
    }
}

/// The same, sealed: base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Of both.
    pub iv: String,
    /// Of the key, where there is no master password.
    pub salt: String,
    /// The title, if there is one.
    pub title: Option<String>,
    /// The content, if there is one.
    pub content: Option<String>,
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
    /// Opens a stream of server-sent events, with the session's cookie. What it does is told as of a socket.
    OpenStream {
        /// The new generation.
        generation: Generation,
        /// Where.
        url: String,
    },
    /// Closes a socket or stream and forgets it; nothing more is heard of it.
    Close {
        /// Which one.
        generation: Generation,
    },
    /// Sends a text frame, in the order in which they are asked for; one of a replaced socket is dropped.
    SendFrame {
        /// Which socket.
        generation: Generation,
        /// The frame, or what is to be signed of it.
        frame: Payload,
        /// What it is signed with.
        secret: Option<Secret>,
    },
    /// Asks for [`SocketEvent::Buffered`], which is also told after each [`Effect::SendFrame`].
    MeasureBuffer {
        /// Which socket.
        generation: Generation,
    },
    /// Asks the app for a token.
    AskToken {
        /// The task.
        task: TaskId,
    },
    /// Seals texts, under a fresh IV.
    Seal {
        /// The task.
        task: TaskId,
        /// What.
        texts: Texts,
    },
    /// Opens what was sealed.
    Open {
        /// The task.
        task: TaskId,
        /// What.
        sealed: Vec<Sealed>,
    },
    /// Makes an HTTP request, with a token or else with the session's cookie. The shell gives up after 30 s.
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
    /// Tells the app's listeners.
    Emit(Notice),
    /// A push is stored, or is not.
    Stored {
        /// Which call.
        push: PushId,
        /// The change's id, or why it was not stored.
        result: Result<String, ErrorCode>,
    },
    /// A stored change has ended.
    Settled {
        /// The change's id.
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

/// What to ask a server for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are HTTP's")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As HTTP spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// What for.
    pub method: Method,
    /// Where.
    pub url: String,
    /// JSON.
    pub body: Option<String>,
    /// For the header `Authorization: Bearer`.
    pub token: Option<Secret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_come_back_from_their_bytes() {
        for verb in [Verb::Create, Verb::Update, Verb::Delete, Verb::Reorder, Verb::Claim, Verb::Assign, Verb::Move] {
            assert_eq!(Verb::find(|other| other.code() == verb.code()), Some(verb));
            assert_eq!(Verb::find(|other| other.as_str() == verb.as_str()), Some(verb));
        }
    }
}
