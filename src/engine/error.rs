//! Every error: a code, whose fault it is, and what to do. The same list stands in `types.d.ts` and `docs/errors.md`; a test walks it across.

use super::ids::EntityKey;

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The code that calls us.
    App,
    /// The person, who has to act.
    User,
    /// The browser, or the device it runs on.
    Browser,
    /// Something between the page and the server.
    Network,
    /// The server.
    Server,
    /// Another device of the account.
    Peer,
    /// Sealwire.
    Library,
}

impl Fault {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::User => "user",
            Self::Browser => "browser",
            Self::Network => "network",
            Self::Server => "server",
            Self::Peer => "peer",
            Self::Library => "library",
        }
    }
}

macro_rules! error_codes {
    ($($variant:ident $word:literal $fault:ident $message:literal;)*) => {
        /// What went wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ErrorCode {
            $(#[doc = $message] $variant,)*
        }

        impl ErrorCode {
            /// All codes, in the order of the API's list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as the API spells it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Whose fault it is.
            pub fn fault(self) -> Fault {
                match self { $(Self::$variant => Fault::$fault,)* }
            }

            /// What happened and what to do.
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }
        }
    };
}

error_codes! {
    BadOption "bad_option" App "An option cannot be used; `option` names it.";
    BadChange "bad_change" App "The change cannot be sent: check entity type, id, operation, and that the data is JSON.";
    TooLarge "too_large" App "The change is larger than 1,048,576 bytes; split it, or store large parts elsewhere.";
    QueueFull "queue_full" App "`maxQueue` changes wait for the server; the change was not stored.";
    NotAvailable "not_available" App "This does nothing yet.";
    Closed "closed" App "The manager was closed; open a new one.";
    NotSupported "not_supported" Browser "The browser lacks something, as WebCrypto on a page without https.";
    WasmFailed "wasm_failed" Browser "The engine could not be started; the page's policy must allow 'wasm-unsafe-eval'.";
    StorageFull "storage_full" User "There is no space left for this site; the change was not stored.";
    StorageFailed "storage_failed" Browser "The browser's database refused to work; the change was not stored.";
    StorageLost "storage_lost" Browser "What was stored here is gone; the server's comes again, what was not sent does not.";
    CorruptRecord "corrupt_record" Browser "A stored record could not be read; it was set aside.";
    Outdated "outdated" App "A newer version of this app has the database; reload the page.";
    ListenerFailed "listener_failed" App "A listener of the app threw; the others were called.";
    EngineCrashed "engine_crashed" Library "The engine stopped; open a new manager, nothing stored is lost. Please report it.";
    DialFailed "dial_failed" Network "The server could not be reached; another attempt follows.";
    ConnectionLost "connection_lost" Network "The connection was lost; another attempt follows.";
    NoPong "no_pong" Network "The server answered no ping in time; another attempt follows.";
    RequestFailed "request_failed" Network "A request to the server failed; it is repeated.";
    NeedsAuth "needs_auth" User "The server knows no session; sign in, then call `reconnect()`.";
    WrongUser "wrong_user" App "The server's session is another account's; nothing was sent. Sign in as the right one, then call `reconnect()`.";
    BadFrame "bad_frame" Server "The server sent no message of its protocol; it was ignored.";
    UnknownFrame "unknown_frame" Server "The server sent a message of unknown type; it was ignored.";
    FrameTooLarge "frame_too_large" Server "The server sent a frame above 1,048,576 bytes; it was not read.";
    BadEvent "bad_event" Server "The server sent an event whose fields break the protocol's limits; it was ignored.";
    ServerError "server_error" Server "The server reported an error; see `detail`.";
    Refused "refused" Server "The server refused the change for good; it is kept until the app decides.";
    DeviceMismatch "device_mismatch" Server "The server greeted another device id; it was not adopted.";
    ClockSkew "clock_skew" User "This device's clock differs from the server's, which is used.";
    TooFarFuture "too_far_future" User "A change is stamped too far ahead; it is tried again.";
    HeldEvent "held_event" Peer "An event is stamped more than 5 minutes ahead; it is kept, and applied when its time has come.";
    NoConfirmation "no_confirmation" Server "The server confirms nothing; changes are sent, and kept.";
    DuplicateId "duplicate_id" Peer "Two different events came under one id; the first was kept.";
    BadSeal "bad_seal" Peer "An event could not be opened; it was not applied.";
    Forged "forged" Server "An event's sealed header names another user or entity than its envelope; it was not applied.";
    Rewritten "rewritten" Server "The server changed an event's envelope; the sealed fields were used.";
    UnknownKey "unknown_key" User "An event is sealed under another key; it was not applied.";
    UnknownFormat "unknown_format" Peer "An event is sealed in an unknown form; it was not applied.";
    BadPayload "bad_payload" Peer "An event's content is not JSON; it was not shown.";
    KeyNotExportable "key_not_exportable" App "The key cannot be put into a link: give its 32 bytes, recovery code, or password and salt.";
    KeyMismatch "key_mismatch" User "The key is not the one that the account's data is sealed under.";
    KeyMissing "key_missing" User "No key was given, and none is kept on this device.";
    RetiredKey "retired_key" Peer "A device seals under a key that was rotated out; its event was merged.";
    DeleteStripped "delete_stripped" Server "The server drops the sealed body of deletes; they travel as updates.";
    NoLivePush "no_live_push" Server "The server has no live push; it is asked for news every 15 s while the page is seen.";
    BlockedBy "blocked_by" Server "The change depends on one that the server refused; retry or discard that one.";
    TokenFailed "token_failed" App "`getToken` gave no token, or took too long; it is asked again.";
    NoAnswer "no_answer" Server "The server did not answer in time; `detail` names what. It is asked again.";
    GivenUp "given_up" Network "Too many attempts have failed; the next is made when the browser is online or the page is seen again, or by `reconnect()`.";
}

/// Longest text of a server or browser that is handed on, in characters.
const MAX_DETAIL: usize = 200;

/// An error as it is handed to the app. Never holds a key, a token or a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorReport {
    /// What went wrong.
    pub code: ErrorCode,
    /// The words of the server or the browser, cut to 200 characters.
    pub detail: Option<String>,
    /// The entity that it concerns.
    pub entity: Option<EntityKey>,
}

impl ErrorReport {
    /// An error without more to say.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, entity: None }
    }

    /// With the words of the server or the browser.
    #[must_use]
    pub fn detail(mut self, detail: &str) -> Self {
        self.detail = Some(shorten(detail));
        self
    }

    /// With the entity that it concerns.
    #[must_use]
    pub fn about(mut self, key: &EntityKey) -> Self {
        self.entity = Some(key.clone());
        self
    }
}

/// The first 200 characters.
pub fn shorten(text: &str) -> String {
    text.chars().take(MAX_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str = include_str!("../../pkg-template/src/types.d.ts");
    const DOCS: &str = include_str!("../../docs/errors.md");

    #[test]
    fn types_and_docs_list_the_same_codes_in_the_same_order() {
        let rust: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        let union = TYPES.split_once("export type ErrorCode =").unwrap().1.split_once(';').unwrap().0;
        let types: Vec<&str> = union.split('|').map(|part| part.trim().trim_matches('"')).filter(|part| !part.is_empty()).collect();
        let docs: Vec<&str> = DOCS.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(types, rust);
        assert_eq!(docs, rust);
    }

    #[test]
    fn docs_name_the_same_fault() {
        for code in ErrorCode::ALL {
            let row = DOCS.lines().find(|line| line.starts_with(&format!("| `{}` |", code.as_str()))).unwrap();
            assert!(row.contains(&format!("| {} |", code.fault().as_str())), "{row}");
        }
    }

    #[test]
    fn faults_are_those_of_the_types() {
        let union = TYPES.split_once("export type Fault =").unwrap().1.split_once(';').unwrap().0;
        for code in ErrorCode::ALL {
            assert!(union.contains(&format!("\"{}\"", code.fault().as_str())));
        }
    }

    #[test]
    fn long_details_are_cut() {
        let report = ErrorReport::new(ErrorCode::ServerError).detail(&"é".repeat(1000));
        assert_eq!(report.detail.unwrap().chars().count(), 200);
    }
}
