//! HTTP requests with the session's cookie, by `fetch.js`.

use super::done::Done;
use super::response::{LIMIT_MS, settle_response};
use crate::engine::io::{HttpOutcome, HttpRequest};
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = request)]
    fn begin(url: &str, json: Option<&str>, limit_ms: f64) -> Promise;
    #[cfg(test)]
    #[wasm_bindgen(js_name = optionsOf)]
    fn options_of(json: Option<&str>, signal: &JsValue) -> JsValue;
}

/// Makes a request.
pub(crate) fn request(request: &HttpRequest, done: Done<HttpOutcome>) {
    settle_response(begin(&request.url, request.body.as_deref(), LIMIT_MS), done);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::done::answer;
    use crate::browser::guard::settle;
    use js_sys::{Function, Reflect};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_test::wasm_bindgen_test;

    async fn outcome_of(url: &str, body: Option<&str>) -> HttpOutcome {
        let asked = HttpRequest { url: url.into(), body: body.map(Into::into) };
        answer(|done| request(&asked, done)).await
    }

    /// A URL that gives so many bytes, and says so.
    fn bytes_at(length: u32) -> String {
        let make = Function::new_with_args("length", "return URL.createObjectURL(new Blob([new Uint8Array(length).fill(120)]))");
        make.call1(&JsValue::NULL, &length.into()).unwrap().as_string().unwrap()
    }

    #[wasm_bindgen_test]
    async fn a_response_is_its_status_and_text() {
        let HttpOutcome::Response { status: 200, body, .. } = outcome_of(&bytes_at(5), None).await else { panic!() };
        assert_eq!(body, "xxxxx");
        assert!(matches!(outcome_of("/not-there", None).await, HttpOutcome::Response { status: 404, .. }));
    }

    #[wasm_bindgen_test]
    async fn without_a_response_it_is_unreachable() {
        for url in ["http://127.0.0.1:49151/", "http://["] {
            assert!(matches!(outcome_of(url, Some("{}")).await, HttpOutcome::Unreachable));
        }
    }

    #[wasm_bindgen_test]
    async fn a_body_that_says_it_is_too_large_is_not_read() {
        assert!(matches!(outcome_of(&bytes_at(64 << 20), None).await, HttpOutcome::Response { status: 200, .. }));
        assert!(matches!(outcome_of(&bytes_at((64 << 20) + 1), None).await, HttpOutcome::Unreachable));
    }

    #[wasm_bindgen_test]
    async fn a_request_ends_when_its_time_is_up() {
        let large = bytes_at(64 << 20);
        let late = answer(|done| settle(Ok(begin(&large, None, 0.0)), done)).await;
        assert_eq!(late.unwrap_err().unchecked_into::<js_sys::Error>().name(), "TimeoutError");
    }

    #[wasm_bindgen_test]
    fn a_request_carries_the_cookie_and_with_a_body_is_a_post_of_json() {
        assert_eq!(as_the_browser_reads_it(None), "GET include no-store");
        assert_eq!(as_the_browser_reads_it(Some("{}")), "POST include no-store application/json");
    }

    fn as_the_browser_reads_it(body: Option<&str>) -> String {
        let signal = JsValue::from("the signal");
        let options = options_of(body, &signal);
        assert_eq!(Reflect::get(&options, &"signal".into()).unwrap(), signal);
        let read = "const { method, credentials, cache, headers } = new Request('/', { ...options, signal: null });
            return [method, credentials, cache, ...headers.values()].join(' ')";
        Function::new_with_args("options", read).call1(&JsValue::NULL, &options).unwrap().as_string().unwrap()
    }
}
