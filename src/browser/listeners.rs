//! The app's listeners.

use super::convert::report;
use super::guard::{Callback, CrashListener, tell};
use crate::engine::error::{ErrorCode, ErrorReport};
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;

/// What can be listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Ready,
    Change,
    Status,
    Error,
    Rejected,
}

impl Topic {
    /// The topic of a word in the API.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "ready" => Some(Self::Ready),
            "change" => Some(Self::Change),
            "status" => Some(Self::Status),
            "error" => Some(Self::Error),
            "rejected" => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// All listeners of a manager.
#[derive(Default)]
pub(crate) struct Listeners {
    entries: RefCell<Vec<Listener>>,
    last: Cell<u32>,
}

struct Listener {
    id: u32,
    topic: Topic,
    function: Function,
    _off: Callback,
    _crash: Option<CrashListener>,
}

impl Listeners {
    /// Adds a listener; returns the function that takes it away.
    pub(crate) fn add(self: &Rc<Self>, topic: Topic, function: Function) -> Function {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        let listeners: Weak<Self> = Rc::downgrade(self);
        let off = Callback::new(move |_| {
            if let Some(listeners) = listeners.upgrade() {
                listeners.remove(id);
            }
        });
        let unsubscribe = off.function().clone();
        let crash = (topic == Topic::Error).then(|| CrashListener::new(&function, &report(&ErrorReport::new(ErrorCode::EngineCrashed))));
        self.entries.borrow_mut().push(Listener { id, topic, function, _off: off, _crash: crash });
        unsubscribe
    }

    fn remove(&self, id: u32) {
        let mut entries = self.entries.borrow_mut();
        let gone = entries.iter().position(|entry| entry.id == id).map(|index| entries.remove(index));
        drop(entries);
        drop(gone); // Dropping it detaches functions, which is the browser's doing: not within a borrow.
    }

    /// Calls the listeners of a topic. One that throws stops no other, and is reported.
    pub(crate) fn tell(&self, topic: Topic, argument: &JsValue) {
        let of_topic: Vec<Function> =
            self.entries.borrow().iter().filter(|entry| entry.topic == topic).map(|entry| entry.function.clone()).collect();
        let thrown: Vec<String> = of_topic.iter().filter_map(|function| tell(function, argument)).collect();
        // A listener for errors that throws is not told of its own error.
        if topic != Topic::Error {
            for words in thrown {
                self.tell(Topic::Error, &report(&ErrorReport::new(ErrorCode::ListenerFailed).detail(&words)));
            }
        }
    }

    /// Takes all listeners away.
    pub(crate) fn clear(&self) {
        drop(self.entries.take());
    }
}
