//! The Rust side of `guard.js`: callbacks, resources that a crash closes, and the door for exported methods.
//!
//! JavaScript never gets a Rust closure of its own for a callback, only an id in a table here. So a function that the browser
//! still holds after its [`Callback`] is dropped finds nothing, and after a crash no finaliser of a closure enters Rust.

#[cfg(test)]
mod tests;

use super::done::Done;
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/target/browser.js")]
extern "C" {
    type Guard;

    #[wasm_bindgen(thread_local_v2, js_name = guard)]
    static GUARD: Guard;

    #[cfg(test)]
    #[wasm_bindgen(constructor)]
    fn new() -> Guard;

    #[wasm_bindgen(method)]
    fn callback(this: &Guard, entry: &Closure<Entry>, id: u32) -> Function;
    #[wasm_bindgen(method)]
    fn settle(this: &Guard, promise: &Promise, entry: &Closure<Entry>, id: u32);
    #[wasm_bindgen(method)]
    fn call(this: &Guard, body: &mut dyn FnMut());
    #[cfg(test)]
    #[wasm_bindgen(method)]
    fn tell(this: &Guard, listener: &Function, argument: &JsValue) -> Option<String>;
    #[wasm_bindgen(method)]
    fn hold(this: &Guard, object: &JsValue, method: &str, argument: &JsValue) -> JsValue;
    #[wasm_bindgen(method)]
    fn release(this: &Guard, resource: &JsValue);
    #[cfg(test)]
    #[wasm_bindgen(method, js_name = onCrash)]
    fn on_crash(this: &Guard, listener: &Function, argument: &JsValue) -> JsValue;
    #[cfg(test)]
    #[wasm_bindgen(method, js_name = offCrash)]
    fn off_crash(this: &Guard, entry: &JsValue);
    #[cfg(test)]
    #[wasm_bindgen(method, js_name = refuseWith)]
    fn refuse_with(this: &Guard, error: &JsValue);
}

/// Runs the body of an exported method: every one does all its work in here, so that a crash ends as that of a callback does.
///
/// The body runs at once. If it crashes, or something crashed before, the error of [`refuse_with`] is thrown past all Rust
/// below, straight to the app; in the executor of a `Promise` that rejects the promise. Arguments have to be read before:
/// reading them can run code of the app (getters, `toJSON`), which may call another method.
pub(crate) fn enter<T>(body: impl FnOnce() -> Result<T, JsValue>) -> Result<T, JsValue> {
    let mut body = Some(body);
    let mut result = None;
    GUARD.with(|guard| guard.call(&mut || result = body.take().map(|body| body())));
    // There is a result whenever the call returns.
    result.unwrap_or(Err(JsValue::UNDEFINED))
}

/// Something of the browser that a crash closes. Dropping it forgets that; closing is the owner's.
pub(crate) struct Held(JsValue);

impl Held {
    /// At a crash `object[method](argument)` is called.
    pub(crate) fn new(object: &JsValue, method: &str, argument: &JsValue) -> Self {
        Self(GUARD.with(|guard| guard.hold(object, method, argument)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        GUARD.with(|guard| guard.release(&self.0));
    }
}

/// A function for the browser to call as often as it likes. Dropping it detaches it, also while it runs.
pub(crate) struct Callback {
    id: u32,
    function: Function,
}

impl Callback {
    /// `call` gets the first argument, `undefined` if there is none.
    pub(crate) fn new(call: impl Fn(JsValue) + 'static) -> Self {
        GUARD.with(|guard| Self::through(guard, Rc::new(call)))
    }

    fn through(guard: &Guard, call: Rc<dyn Fn(JsValue)>) -> Self {
        let id = insert(Target::Repeated(call));
        let function = ENTRY.with(|entry| guard.callback(entry, id));
        Self { id, function }
    }

    /// The JavaScript function.
    pub(crate) fn function(&self) -> &Function {
        &self.function
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        remove(self.id);
    }
}

/// Hands on how a promise ends: its value, or the reason of its rejection. A call that throws instead of returning a promise
/// counts as one that rejects.
pub(crate) fn settle(promise: Result<Promise, JsValue>, done: impl FnOnce(Result<JsValue, JsValue>) + 'static) {
    let promise = promise.unwrap_or_else(|error| Promise::reject(&error));
    let id = insert(Target::Once(Box::new(done)));
    GUARD.with(|guard| ENTRY.with(|entry| guard.settle(&promise, entry, id)));
}

/// Which target, its argument, and whether a promise was fulfilled.
type Entry = dyn Fn(u32, JsValue, bool);

enum Target {
    Repeated(Rc<dyn Fn(JsValue)>),
    Once(Done<Result<JsValue, JsValue>>),
}

#[derive(Default)]
struct Targets {
    last: u32,
    /// By id; each is larger than those before it.
    live: Vec<(u32, Target)>,
}

impl Targets {
    fn place(&self, id: u32) -> Option<usize> {
        self.live.binary_search_by_key(&id, |(live, _)| *live).ok()
    }
}

thread_local! {
    static ENTRY: Closure<Entry> = Closure::new(dispatch);
    static TARGETS: RefCell<Targets> = RefCell::default();
}

fn insert(target: Target) -> u32 {
    TARGETS.with_borrow_mut(|targets| {
        targets.last += 1;
        targets.live.push((targets.last, target));
        targets.last
    })
}

fn remove(id: u32) {
    // Dropped outside the borrow, because what a target owns may be a callback itself.
    drop(TARGETS.with_borrow_mut(|targets| Some(targets.live.remove(targets.place(id)?))));
}

fn dispatch(id: u32, value: JsValue, fulfilled: bool) {
    let target = TARGETS.with_borrow_mut(|targets| {
        let place = targets.place(id)?;
        match targets.live.get(place) {
            Some((_, Target::Repeated(call))) => Some(Target::Repeated(Rc::clone(call))),
            Some((_, Target::Once(_))) | None => Some(targets.live.remove(place).1),
        }
    });
    match target {
        Some(Target::Repeated(call)) => call(value),
        Some(Target::Once(done)) => done(if fulfilled { Ok(value) } else { Err(value) }),
        None => {}
    }
}

/// How many callbacks and promises Rust waits for.
#[cfg(test)]
pub(crate) fn live_callbacks() -> usize {
    TARGETS.with_borrow(|targets| targets.live.len())
}
