//! A crash is tried on guards made for it: that of the module ends every test.

use super::*;
use crate::browser::done::{answer, later};
use crate::browser::object::object;
use js_sys::Array;
use std::cell::Cell;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn trap() {
    core::arch::wasm32::unreachable()
}

/// A function that writes down `word` and its argument.
fn recorder(log: &Array, word: &str) -> Function {
    let write = Function::new_with_args("log, word, argument", "log.push(word + argument)");
    write.bind2(&JsValue::NULL, log, &word.into()).unchecked_into()
}

fn written(log: &Array) -> Vec<String> {
    log.iter().filter_map(|entry| entry.as_string()).collect()
}

async fn microtask() {
    answer(|done| later(move || done(()))).await;
}

/// `function(...arguments)` as JavaScript calls it.
fn call_from_js(function: &Function) -> Result<JsValue, JsValue> {
    function.call1(&JsValue::NULL, &"argument".into())
}

/// `guard.call(body)` as JavaScript sees it.
fn call_method(guard: &Guard, body: fn()) -> Result<JsValue, JsValue> {
    let call = Function::new_with_args("guard, body", "guard.call(body)");
    let body = Closure::<dyn Fn()>::new(body);
    call.call2(&JsValue::NULL, guard, body.as_ref())
}

#[wasm_bindgen_test]
async fn a_trap_in_a_callback_closes_what_is_held_and_tells_once() {
    let (guard, log) = (Guard::new(), Array::new());
    let socket = object(&[("close", recorder(&log, "closed ").into())]);
    guard.hold(&socket, "close", &1000.into());
    guard.release(&guard.hold(&socket, "close", &"though released".into()));
    guard.hold(&JsValue::NULL, "close", &"what cannot be".into());
    guard.on_crash(&recorder(&log, "told "), &"of the crash".into());
    guard.off_crash(&guard.on_crash(&recorder(&log, "told "), &"though gone".into()));
    let calls = Rc::new(Cell::new(0));
    let counted = Rc::clone(&calls);
    let sound = Callback::through(&guard, Rc::new(move |_| counted.set(counted.get() + 1)));
    let trapping = Callback::through(&guard, Rc::new(|_| trap()));
    assert!(call_from_js(sound.function()).is_ok());

    let error = call_from_js(trapping.function()).unwrap_err();
    assert!(error.is_instance_of::<js_sys::WebAssembly::RuntimeError>());
    assert_eq!(written(&log), ["closed 1000"]);
    microtask().await;
    assert!(call_from_js(trapping.function()).is_ok());
    assert!(call_from_js(sound.function()).is_ok());
    microtask().await;
    assert_eq!(written(&log), ["closed 1000", "told of the crash"]);
    assert_eq!(calls.get(), 1);
}

#[wasm_bindgen_test]
async fn after_a_trap_a_promise_that_ends_is_not_heard_of() {
    let guard = Guard::new();
    let heard = Rc::new(Cell::new(false));
    let hearing = Rc::clone(&heard);
    let id = insert(Target::Once(Box::new(move |_| hearing.set(true))));
    ENTRY.with(|entry| guard.settle(&Promise::resolve(&JsValue::NULL), entry, id));
    let trapping = Callback::through(&guard, Rc::new(|_| trap()));
    assert!(call_from_js(trapping.function()).is_err());
    microtask().await;
    assert!(!heard.get());
    remove(id);
}

#[wasm_bindgen_test]
fn a_method_that_traps_and_every_one_after_it_throw_the_refusal() {
    let guard = Guard::new();
    let refusal = js_sys::Error::new("refused");
    guard.refuse_with(&refusal);
    assert!(call_method(&guard, || ()).is_ok());
    assert_eq!(call_method(&guard, trap), Err(refusal.clone().into()));
    assert!(refusal.cause().is_instance_of::<js_sys::WebAssembly::RuntimeError>());
    assert_eq!(call_method(&guard, || ()), Err(refusal.into()));
}

#[wasm_bindgen_test]
fn a_method_gives_what_its_body_gives() {
    assert_eq!(enter(|| Ok(3)), Ok(3));
    assert_eq!(enter(|| Err::<u8, _>("wrong".into())), Err("wrong".into()));
}

#[wasm_bindgen_test]
fn a_listener_that_throws_is_no_crash() {
    let tell = |listener: &Function, argument: &JsValue| GUARD.with(|guard| guard.tell(listener, argument));
    let argument = JsValue::from("argument");
    let throwing = Function::new_with_args("argument", "throw new TypeError('of ' + argument)");
    assert_eq!(tell(&throwing, &argument).as_deref(), Some("of argument"));
    let obscure = Function::new_no_args("throw Object.create(null)");
    assert_eq!(tell(&obscure, &argument).as_deref(), Some("something that has no text"));
    let log = Array::new();
    assert_eq!(tell(&recorder(&log, "told "), &argument), None);
    assert_eq!(written(&log), ["told argument"]);
}

#[wasm_bindgen_test]
fn rust_does_not_go_on_after_a_listener_in_which_it_crashed() {
    let guard = Guard::new();
    let refusal = js_sys::Error::new("refused");
    guard.refuse_with(&refusal);
    let trapping = Callback::through(&guard, Rc::new(|_| trap()));
    let tell = Function::new_with_args("guard, listener", "guard.tell(listener)");
    assert_eq!(tell.call2(&JsValue::NULL, &guard, trapping.function()), Err(refusal.into()));
}

#[wasm_bindgen_test]
fn a_function_whose_callback_was_dropped_does_nothing() {
    let calls = Rc::new(Cell::new(0));
    let counted = Rc::clone(&calls);
    let callback = Callback::new(move |_| counted.set(counted.get() + 1));
    let function = callback.function().clone();
    assert!(call_from_js(&function).is_ok());
    drop(callback);
    assert!(call_from_js(&function).is_ok());
    assert_eq!((calls.get(), Rc::strong_count(&calls)), (1, 1));
}

#[wasm_bindgen_test]
fn a_callback_may_drop_itself_while_it_runs() {
    let before = live_callbacks();
    let own = Rc::new(RefCell::new(None));
    let dropped = Rc::clone(&own);
    let callback = Callback::new(move |_| drop(dropped.take()));
    let function = callback.function().clone();
    own.replace(Some(callback));
    assert!(call_from_js(&function).is_ok());
    assert!(own.borrow().is_none());
    assert_eq!((live_callbacks(), Rc::strong_count(&own)), (before, 1));
}
