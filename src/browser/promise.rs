//! A promise and the two functions that end it.

use super::convert::sync_error;
use super::guard::CrashListener;
use crate::engine::error::ErrorCode;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

/// A promise that is ended later. A crash rejects it with `engine_crashed`.
pub(crate) struct Deferred {
    promise: Promise,
    /// `resolve` and `reject`; browsers give them before `Promise::new` returns.
    ends: Option<(Function, Function)>,
    _crash: Option<CrashListener>,
}

impl Deferred {
    /// A promise that a crash rejects.
    pub(crate) fn new() -> Self {
        let mut deferred = Self::lasting();
        let error = sync_error(ErrorCode::EngineCrashed, None, None);
        deferred._crash = deferred.ends.as_ref().map(|(_, reject)| CrashListener::new(reject, &error));
        deferred
    }

    /// A promise that a crash leaves pending, for what goes on without this page.
    pub(crate) fn lasting() -> Self {
        let mut ends = None;
        let promise = Promise::new(&mut |resolve, reject| ends = Some((resolve, reject)));
        Self { promise, ends, _crash: None }
    }

    /// The promise.
    pub(crate) fn promise(&self) -> Promise {
        self.promise.clone()
    }

    /// Resolves it. Harmless after its end.
    pub(crate) fn resolve(&self, value: &JsValue) {
        if let Some((resolve, _)) = &self.ends {
            let _ = resolve.call1(&JsValue::UNDEFINED, value);
        }
    }

    /// Rejects it. Harmless after its end.
    pub(crate) fn reject(&self, reason: &JsValue) {
        if let Some((_, reject)) = &self.ends {
            let _ = reject.call1(&JsValue::UNDEFINED, reason);
        }
    }
}
