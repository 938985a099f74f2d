//! How whatever takes time answers.

use super::guard;
use js_sys::Promise;
use wasm_bindgen::JsValue;

/// Called once with the answer, and never before the call that it was given to has returned: so whoever asks may hold a
/// borrow while asking.
pub(crate) type Done<T> = Box<dyn FnOnce(T)>;

/// Acts after the code that runs now: for an answer that is known at once.
///
/// A microtask: unlike a timer it is not slowed down in a hidden tab. How many follow each other before the browser can
/// draw is bounded by how many answers the engine waits for at a time.
pub(crate) fn later(act: impl FnOnce() + 'static) {
    guard::settle(Ok(Promise::resolve(&JsValue::UNDEFINED)), move |_| act());
}

/// Starts something, and waits for its answer.
#[cfg(test)]
pub(crate) fn answer<T: 'static>(start: impl FnOnce(Done<T>)) -> impl Future<Output = T> {
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::task::{Poll, Waker};

    let state = Rc::new(RefCell::new((None::<T>, None::<Waker>)));
    let filled = Rc::clone(&state);
    start(Box::new(move |value| {
        let mut state = filled.borrow_mut();
        state.0 = Some(value);
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }));
    assert!(state.borrow().0.is_none(), "answered before the call returned");
    std::future::poll_fn(move |context| {
        let mut state = state.borrow_mut();
        state.1 = Some(context.waker().clone());
        state.0.take().map_or(Poll::Pending, Poll::Ready)
    })
}
