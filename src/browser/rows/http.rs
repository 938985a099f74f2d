//! HTTP requests of all methods, with the session's cookie or a token, by `http.js`.

use crate::browser::done::Done;
use crate::browser::response::{LIMIT_MS, settle_response};
use crate::engine::io::HttpOutcome;
use crate::rows::io::HttpRequest;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = askServer)]
    fn ask(method: &str, url: &str, json: Option<&str>, token: Option<&str>, limit_ms: f64) -> Promise;
}

/// Makes a request.
pub(crate) fn request(request: &HttpRequest, done: Done<HttpOutcome>) {
    let HttpRequest { method, url, body, token } = request;
    let token = token.as_ref().map(|token| token.0.as_str());
    settle_response(ask(method.as_str(), url, body.as_deref(), token, LIMIT_MS), done);
}
