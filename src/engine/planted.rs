//! Faults that the simulators plant, one at a time, to prove that they would find them (`tests/sim/README.md`). A release build has none.

/// The faults of an engine, and the switch for them.
macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A deliberate fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }

        thread_local! {
            static PLANTED: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
        }

        /// Plants a fault in the engines of this thread; `None`: there is none.
        pub fn plant(fault: Option<Fault>) {
            PLANTED.set(fault);
        }

        /// Whether a fault is planted.
        pub(super) fn has(fault: Fault) -> bool {
            cfg!(debug_assertions) && PLANTED.get() == Some(fault)
        }
    };
}
#[cfg(any(feature = "rows", not(target_arch = "wasm32")))]
pub(crate) use faults;

faults! {
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
