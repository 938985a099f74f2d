//! The same as `engine::planted`, of this engine (`tests/todos/README.md`).

use crate::engine::planted::faults;

faults! {
    /// What is unknown is sent again without a look.
    NoLook,
    /// A list that was asked for before a write was given up, or before a claim, tells of it.
    OldListShows,
    /// A create is sent again after one look, while the first copy may still be carried out.
    CreatesTooSoon,
    /// So is a claim.
    TogglesTwice,
    /// A claim is sent without a look.
    ClaimsUnseen,
    /// What a former sender began counts as given up at once.
    HandedOverAtOnce,
    /// Who takes over does not wait for what a former sender gave up.
    HauntedForgotten,
    /// What comes after a write that was given up does not wait for it.
    GhostsForgotten,
    /// A change of a row passes an older one that rests.
    OlderIsPassed,
    /// Something is sent although another tab may have stored something older.
    SendsUnread,
    /// A write is sent however long ago it was written down.
    SendsLate,
    /// A tab does not wait for the lock.
    NoLock,
    /// What the sender stores is not conditional on the epoch.
    NoEpochGuard,
    /// What becomes of a change is stored although another tab has changed it.
    NoOutboxGuard,
    /// Changes are sent without being marked as attempted.
    AttemptedNotStored,
    /// The rows like the one that a create makes are not written down.
    KnownForgotten,
    /// The id that the server gave to a row is not stored.
    AliasNotStored,
    /// Requests name rows by their temporary ids.
    AliasNotFollowed,
    /// A 408 refuses.
    TimeoutIsRefusal,
    /// A 3xx confirms.
    RedirectIsDone,
    /// A 5xx refuses.
    FailureIsRefusal,
    /// What depends on a refused create is sent.
    DependantsGoOn,
    /// A refused change stays shown.
    RefusedIsShown,
    /// Something is sent before it is known who is signed in.
    AccountNotChecked,
    /// Who is signed in is never asked again.
    AccountIsForever,
    /// The set is not read when a connection was made again.
    NoListAfterReconnect,
    /// The set is not read when the page becomes visible.
    NoListWhenShown,
    /// The set is not read when nothing was told for long.
    SilenceIsPeace,
    /// After an event nobody reads the set.
    EventIsTruth,
    /// What is below a row that was deleted stays.
    ChildrenStay,
    /// Own updates are not shown before they are confirmed.
    OwnNotOnTop,
    /// A row that may be what an attempted create has made is shown beside it.
    GhostIsShown,
    /// An app is told of what it knows.
    ToldTwice,
    /// Who asks what has changed is not told of rows that went.
    MirrorKeepsGone,
    /// The outbox is not read again after changes.
    OutboxReadOnce,
    /// What other tabs have stored is never looked for.
    DeafToTabs,
    /// Who leads no more keeps what it learnt and did not store.
    UnsavedIsKept,
    /// A change that may have been sent is replaced by a newer one.
    SentIsReplaced,
    /// An update is replaced by one of other fields.
    OtherFieldsReplaced,
    /// What the server has already is not stored, although something waits that changes it.
    WaitingNotSeen,
    /// A change that may have been sent is taken back.
    SentIsTakenBack,
}
