//! HTTP requests of all methods, with the session's cookie or a token, by `http.js`.

use crate::browser::done::Done;
use crate::browser::guard::settle;
use crate::browser::object::Fields;
use crate::engine::io::HttpOutcome;
use crate::rows::io::HttpRequest;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// When a request is given up, its body included.
const LIMIT_MS: f64 = 30_000.0;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = askServer)]
    fn ask(method: &str, url: &str, json: Option<&str>, token: Option<&str>, limit_ms: f64) -> Promise;
}

/// Makes a request.
pub(crate) fn request(request: &HttpRequest, done: Done<HttpOutcome>) {
    let HttpRequest { method, url, body, token } = request;
    let token = token.as_ref().map(|token| token.0.as_str());
    settle(Ok(ask(method.as_str(), url, body.as_deref(), token, LIMIT_MS)), move |response| {
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
