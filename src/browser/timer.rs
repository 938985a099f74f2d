//! The platform's timer, by `timer.js`, and its clocks.

use super::guard::Callback;
use super::object::Resource;
use crate::engine::io::Now;
use js_sys::{Date, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    #[wasm_bindgen(extends = Resource, js_name = Timer)]
    type Timeout;
    #[wasm_bindgen(constructor, js_class = "Timer")]
    fn new(fire: &Function) -> Timeout;
    #[wasm_bindgen(method)]
    fn arm(this: &Timeout, after_ms: f64);
    #[wasm_bindgen(method)]
    fn disarm(this: &Timeout);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// The time of this call.
pub(crate) fn now() -> Now {
    Now { mono: performance_now() as u64, wall: Date::now() as u64 }
}

/// One timer, armed anew as often as one likes. Dropping it disarms it.
pub(crate) struct Timer {
    timeout: Timeout,
    _callback: Callback,
}

impl Timer {
    /// `on_fired` is called each time that it goes off.
    pub(crate) fn new(on_fired: impl Fn() + 'static) -> Self {
        let callback = Callback::new(move |_| on_fired());
        Self { timeout: Timeout::new(callback.function()), _callback: callback }
    }

    /// Goes off once, in `after_ms` milliseconds, and not when it was to go off before. What is above 24 days goes off after
    /// those: later is more than browsers can.
    pub(crate) fn arm(&self, after_ms: u64) {
        self.timeout.arm(after_ms as f64);
    }

    /// Does not go off any more.
    pub(crate) fn disarm(&self) {
        self.timeout.disarm();
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.timeout.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::done::answer;
    use crate::browser::guard::live_callbacks;
    use std::cell::Cell;
    use std::rc::Rc;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// A timer, and how often it went off.
    fn counted() -> (Timer, Rc<Cell<u32>>) {
        let fired = Rc::new(Cell::new(0));
        let counter = Rc::clone(&fired);
        (Timer::new(move || counter.set(counter.get() + 1)), fired)
    }

    /// Whatever was armed before for less goes off before this ends.
    async fn wait(ms: u64) {
        let mut timer = None;
        answer(|done| {
            let done = Cell::new(Some(done));
            let armed = timer.insert(Timer::new(move || {
                if let Some(done) = done.take() {
                    done(());
                }
            }));
            armed.arm(ms);
        })
        .await;
    }

    #[wasm_bindgen_test]
    async fn arming_anew_replaces() {
        let (timer, fired) = counted();
        let before = now().mono;
        timer.arm(1);
        timer.arm(40);
        wait(20).await;
        assert_eq!(fired.get(), 0);
        wait(30).await;
        assert_eq!(fired.get(), 1);
        assert!(now().mono >= before + 40);
        timer.arm(0);
        wait(5).await;
        assert_eq!(fired.get(), 2);
    }

    #[wasm_bindgen_test]
    async fn disarmed_or_dropped_it_does_not_go_off() {
        let ((disarmed, first), (dropped, second)) = (counted(), counted());
        disarmed.arm(1);
        dropped.arm(1);
        disarmed.disarm();
        drop(dropped);
        wait(10).await;
        assert_eq!((first.get(), second.get()), (0, 0));
    }

    #[wasm_bindgen_test]
    async fn a_time_that_browsers_cannot_wait_is_not_at_once() {
        let (timer, fired) = counted();
        timer.arm(u64::MAX);
        wait(10).await;
        assert_eq!(fired.get(), 0);
    }

    #[wasm_bindgen_test]
    fn a_thousand_timers_leave_nothing() {
        let before = live_callbacks();
        for _ in 0..1000 {
            counted().0.arm(60_000);
        }
        assert_eq!(live_callbacks(), before);
    }
}
