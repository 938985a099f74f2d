//! The same as `engine::planted`, of what only notes have (`tests/notes/README.md`).

use crate::engine::planted::faults;

faults! {
    /// The ciphertext goes over the socket, too.
    SealedOverSocket,
    /// An edit is saved onto the row that is known, without reading it.
    SavedUnread,
    /// A row that was read long ago is saved.
    OldReadSaved,
    /// The version that was edited is the one that is known, although another one is shown.
    BaseIsKnown,
    /// Nobody is told of what is overwritten.
    OverwrittenUntold,
    /// Another device's version counts as one's own.
    OthersAreMine,
    /// Texts are stored as the app gave them.
    StoredOpen,
    /// With any key something is sealed.
    AnyKeySeals,
    /// An update is confirmed by any row of its note.
    ConfirmedByAny,
    /// The first error refuses an update.
    ErrorRefuses,
    /// An update is sent while a join is not answered.
    UpdateDuringJoin,
    /// A new socket joins nothing.
    JoinsLost,
    /// A socket begins its nonces anew.
    NoncesAgain,
    /// What waits is sent while a token is looked at.
    SentWhileRenewing,
    /// Attempts to connect never end.
    NeverGivenUp,
    /// Frames go as fast as they come.
    NoPace,
    /// A create is sent again after one look.
    CreatedTooSoon,
    /// Others are not told of what was saved before a crash.
    PokeForgotten,
    /// What no page shows is gone.
    VanishedIsGone,
    /// An older row takes the place of a newer one.
    OlderIsTaken,
}
