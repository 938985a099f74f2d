//! Faults that the simulator plants, one at a time, to prove that it would find them (`tests/sim/README.md`). A release build has none.

use std::cell::Cell;

/// A deliberate fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An entry leaves the outbox when it is sent.
    RemoveOnSend,
    /// What is sent again gets another event id.
    NewIdOnResend,
    /// The leader's transactions are not conditional on the epoch.
    NoEpochCheck,
    /// The cursor moves when a page comes, before its events are merged.
    CursorBeforeMerge,
    /// A stamp is not above what the entity has.
    StampWithoutEntity,
    /// Entries are replaced by newer ones although they may have been sent.
    CoalesceAfterSend,
    /// The last stamp is not stored.
    ClockNotStored,
    /// A confirmed entry leaves the outbox and does not become the base.
    ConfirmWithoutBase,
    /// Events are merged by the stamp of their envelope.
    MergeByEnvelope,
    /// What is older by its envelope is left out although the server changes envelopes.
    TrustEnvelopes,
    /// What other tabs have stored is never looked for.
    DeafToTabs,
    /// A window begins without marking its entries as attempted.
    AttemptedNotStored,
    /// An event of this device's id counts as the confirmation of its newest entry.
    OwnByDevice,
    /// A live event moves the cursor.
    LiveMovesCursor,
    /// An event that is not valid yet is dropped.
    HeldForgotten,
    /// A refused entry leaves the outbox.
    RefusedIsRemoved,
    /// What was on the wire when the connection was lost is not sent again.
    LostInFlight,
    /// The newest event wins by its coming, not by its stamp.
    LastComerWins,
    /// A sealed header that names another entity is not looked at.
    ForgedIsMerged,
    /// A refused or withdrawn entry goes on lifting the head's stamp.
    PendingNotLowered,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::RemoveOnSend,
        Self::NewIdOnResend,
        Self::NoEpochCheck,
        Self::CursorBeforeMerge,
        Self::StampWithoutEntity,
        Self::CoalesceAfterSend,
        Self::ClockNotStored,
        Self::ConfirmWithoutBase,
        Self::MergeByEnvelope,
        Self::TrustEnvelopes,
        Self::DeafToTabs,
        Self::AttemptedNotStored,
        Self::OwnByDevice,
        Self::LiveMovesCursor,
        Self::HeldForgotten,
        Self::RefusedIsRemoved,
        Self::LostInFlight,
        Self::LastComerWins,
        Self::ForgedIsMerged,
        Self::PendingNotLowered,
    ];
}

thread_local! {
    static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Plants a fault in the engines of this thread; `None`: there is none.
pub fn plant(fault: Option<Fault>) {
    PLANTED.set(fault);
}

/// Whether a fault is planted.
pub(super) fn has(fault: Fault) -> bool {
    cfg!(debug_assertions) && PLANTED.get() == Some(fault)
}
