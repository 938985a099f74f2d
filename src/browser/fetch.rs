//! HTTP requests with the session's cookie.

use super::done::{Done, later};
use super::guard::settle;
use super::object::object;
use super::timer::Timer;
use crate::engine::io::{HttpOutcome, HttpRequest};
use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Response};

/// When a request is given up, its body included.
const LIMIT_MS: u64 = 30_000;
/// Largest body that is read, in bytes, where the server says how large it is.
const MAX_BODY: u64 = 64 << 20;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, options: &Object) -> Result<Promise, JsValue>;
}

/// Makes a request.
pub(crate) fn request(request: &HttpRequest, done: Done<HttpOutcome>) {
    let Ok(controller) = AbortController::new() else {
        return later(move || done(HttpOutcome::Unreachable));
    };
    let response = fetch(&request.url, &options(request, &controller));
    let limit = Limit::new(controller, LIMIT_MS);
    settle(response, move |response| match response {
        Ok(response) => read_body(&response.unchecked_into(), limit, done),
        Err(_) => done(HttpOutcome::Unreachable),
    });
}

/// Ends a request when its time is up, and whatever is left of it when it is dropped.
struct Limit {
    controller: AbortController,
    _timer: Timer,
}

impl Limit {
    fn new(controller: AbortController, after_ms: u64) -> Self {
        let late = controller.clone();
        let timer = Timer::new(move || late.abort());
        timer.arm(after_ms);
        Self { controller, _timer: timer }
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

fn options(request: &HttpRequest, controller: &AbortController) -> Object {
    let mut options = vec![("credentials", "include".into()), ("cache", "no-store".into()), ("signal", controller.signal().into())];
    if let Some(body) = &request.body {
        options.push(("method", "POST".into()));
        options.push(("headers", object(&[("content-type", "application/json".into())]).into()));
        options.push(("body", body.into()));
    }
    object(&options)
}

fn read_body(response: &Response, limit: Limit, done: Done<HttpOutcome>) {
    let status = response.status();
    let length = response.headers().get("content-length").ok().flatten().and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return done(HttpOutcome::Unreachable);
    }
    settle(response.text(), move |text| {
        drop(limit);
        done(match text.ok().and_then(|text| text.as_string()) {
            Some(body) => HttpOutcome::Response { status, body },
            None => HttpOutcome::Unreachable,
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::done::answer;
    use crate::browser::timer::now;
    use js_sys::{Function, Reflect};
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
        let HttpOutcome::Response { status: 200, body } = outcome_of(&bytes_at(5), None).await else { panic!() };
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
    async fn a_request_ends_when_its_time_is_up_or_nobody_waits_for_it() {
        let (controller, started) = (AbortController::new().unwrap(), now().mono);
        let signal = controller.signal();
        let aborted = Promise::new(&mut |resolve, _| signal.set_onabort(Some(&resolve)));
        let limit = Limit::new(controller, 20);
        answer(|done| settle(Ok(aborted), done)).await.unwrap();
        assert!(now().mono >= started + 19);
        drop(limit);

        let controller = AbortController::new().unwrap();
        let signal = controller.signal();
        drop(Limit::new(controller, LIMIT_MS));
        assert!(signal.aborted());
    }

    #[wasm_bindgen_test]
    fn a_request_carries_the_cookie_and_with_a_body_is_a_post_of_json() {
        assert_eq!(as_the_browser_reads_it(None), "GET include no-store");
        assert_eq!(as_the_browser_reads_it(Some("{}")), "POST include no-store application/json");
    }

    fn as_the_browser_reads_it(body: Option<&str>) -> String {
        let controller = AbortController::new().unwrap();
        let options = options(&HttpRequest { url: "/".into(), body: body.map(Into::into) }, &controller);
        assert_eq!(Reflect::get(&options, &"signal".into()).unwrap(), JsValue::from(controller.signal()));
        let read = "const { method, credentials, cache, headers } = new Request('/', options);
            return [method, credentials, cache, ...headers.values()].join(' ')";
        Function::new_with_args("options", read).call1(&JsValue::NULL, &options).unwrap().as_string().unwrap()
    }
}
