//! What can go wrong.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What can go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

faults! {
    /// The page goes between two effects, or between an effect and its answer.
    Crash,
    /// Another tab is opened.
    TabOpens,
    /// A tab is closed; others may stay.
    TabCloses,
    /// Nothing reaches a tab for a while. Its socket and its lock stay.
    Freeze,
    /// The lock is taken from the tab that has it.
    Steal,
    /// A hint to another tab is lost, late, or comes twice.
    HintLost,
    /// A timer fires late.
    TimerLate,
    /// A timer input comes for nothing, or the browser believes to be online again, or a hint comes.
    SpuriousInput,
    /// The user sets the device's clock.
    ClockSet,
    /// A page is hidden, and shown later.
    Hidden,
    /// The browser drops a machine's database. All its tabs are closed and opened anew.
    DatabaseLost,
    /// The database refuses to work.
    DiskFails,
    /// The database has no space left.
    DiskFull,
    /// The database is slow.
    DiskSlow,
    /// A transaction is said to be in conflict, although nothing changed.
    DiskConflict,
    /// Sealing and opening take long.
    CryptoSlow,
    /// The connection is lost, dials fail, and requests too.
    Cut,
    /// The server has lost the connection, and the device does not know.
    HalfOpen,
    /// Everything that is sent vanishes.
    BlackHole,
    /// A dial fails.
    DialRefused,
    /// A frame of the server comes twice.
    FrameTwice,
    /// A frame of the server is lost, and the socket stays.
    FrameLost,
    /// The server tells of a change late, after newer ones.
    SyncLate,
    /// A client's frame is answered by an error, and not carried out.
    FrameRefused,
    /// An update is carried out, and answered by an error.
    ErrorAfter,
    /// An error comes that is about nothing.
    StrayError,
    /// The server sends something that nobody made, or that is no message.
    Babble,
    /// A request is lost on its way to the server.
    RequestLost,
    /// The answer to a request is lost.
    ReplyLost,
    /// A write is carried out after the page gave it up.
    RunsLate,
    /// A request is answered by 5xx, and not carried out.
    FailsBefore,
    /// A write is answered by 5xx, and carried out all the same.
    FailsAfter,
    /// A request is answered by 429.
    RateLimited,
    /// A write is refused for good.
    Refused,
    /// The app has no token, and the user signs in again later.
    SignedOut,
    /// The tokens that were given are good no more.
    TokensEnd,
    /// A row is taken away, and nobody is told.
    Purged,
}
