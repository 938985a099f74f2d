// The one way from the browser into Rust.
//
// After a trap (a RuntimeError that comes out of wasm) no borrow and no half-made step of Rust can be trusted any more. So
// every callback of the browser and every method of the app enters Rust through here, and whatever comes out as an exception
// ends the instance: what it holds is closed, whoever asked is told, and Rust is never entered again. Nothing of this needs Rust.
//
// An instance of the wasm module has one instance of this module, and so one guard.

export class Guard {
  #crashed = false;
  #refusal = new Error("the engine crashed");
  #held = new Set();
  #listeners = new Set();

  /** A function for the browser to call. What it is called with goes to `entry`, which is Rust's, together with `id`. */
  callback(entry, id) {
    return (value) => this.#enter(entry, id, value, true);
  }

  /** Hands on to `entry` how a promise ends. */
  settle(promise, entry, id) {
    promise.then(
      (value) => this.#enter(entry, id, value, true),
      (reason) => this.#enter(entry, id, reason, false),
    );
  }

  /** Runs the body of a method that the app called. Throws the refusal if it crashes, or something crashed before. */
  call(body) {
    if (!this.#crashed) {
      try {
        return body();
      } catch (error) {
        this.#crash(error);
      }
    }
    throw this.#refusal;
  }

  /** Calls a listener of the app. What that throws is no crash: it is returned as text, where there was something. */
  tell(listener, argument) {
    let words;
    try {
      listener(argument);
    } catch (error) {
      words = wordsOf(error);
    }
    // The listener may have called a method that crashed. Then the Rust that waits for this call must not go on.
    if (this.#crashed) throw this.#refusal;
    return words;
  }

  /** At a crash, `object[method](argument)` is called. Returns what `release` takes. */
  hold(object, method, argument) {
    const resource = { object, method, argument };
    this.#held.add(resource);
    return resource;
  }

  release(resource) {
    this.#held.delete(resource);
  }

  /** At a crash, `listener(argument)` is called. Returns what `offCrash` takes. */
  onCrash(listener, argument) {
    const entry = { listener, argument };
    this.#listeners.add(entry);
    return entry;
  }

  offCrash(entry) {
    this.#listeners.delete(entry);
  }

  /** What methods of the app throw after a crash. */
  refuseWith(error) {
    this.#refusal = error;
  }

  #enter(entry, id, value, fulfilled) {
    if (this.#crashed) return;
    try {
      entry(id, value, fulfilled);
    } catch (error) {
      this.#crash(error);
      throw error; // so that the browser reports it, with its stack
    }
  }

  #crash(error) {
    if (this.#crashed) return;
    this.#crashed = true;
    this.#refusal.cause = error;
    for (const { object, method, argument } of this.#held) {
      try {
        object[method](argument);
      } catch {
        // It was closed already.
      }
    }
    for (const { listener, argument } of this.#listeners) {
      // Each in its own microtask: one that throws stops no other, and none runs amid what crashed.
      queueMicrotask(() => listener(argument));
    }
    this.#held.clear();
    this.#listeners.clear();
  }
}

function wordsOf(error) {
  try {
    return String(error?.message ?? error);
  } catch {
    return "something that has no text";
  }
}

export const guard = new Guard();
