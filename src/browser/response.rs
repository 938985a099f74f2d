//! What an HTTP request came to, as `fetch.js` gives it.

use super::done::Done;
use super::guard::settle;
use super::object::Fields;
use crate::engine::io::HttpOutcome;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// When a request is given up, its body included.
pub(crate) const LIMIT_MS: f64 = 30_000.0;

/// Hands on what a request comes to.
pub(crate) fn settle_response(response: Promise, done: Done<HttpOutcome>) {
    settle(Ok(response), move |response| {
        done(match response.map(Fields::unchecked_from_js) {
            Ok(response) => {
                let retry_after = response.number("retryAfter") as u64;
                HttpOutcome::Response {
                    status: response.number("status") as u16,
                    body: response.text("body").unwrap_or_default(),
                    retry_after: (retry_after > 0).then_some(retry_after),
                }
            }
            Err(_) => HttpOutcome::Unreachable,
        });
    });
}
