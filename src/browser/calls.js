// What the app holds of any manager: the promises of its calls, its receipts, its listeners, and what a bug report is made of.

import { log } from "./debug.js";
import { codeAt, report, syncError } from "./errors.js";
import { Facts } from "./facts.js";
import { guard } from "./guard.js";
import { Listeners } from "./listeners.js";

/** The call whose promise is `ready`; those of the app are numbered from 1. */
const READY = 0;

export class Calls {
  /** By number, the calls that are not answered. */
  #calls = new Map();
  /** By change, a receipt's `acknowledged` and what resolves it. A crash leaves that pending: the change is stored, and goes on without this page. */
  #acknowledgements = new Map();
  #crash;

  listeners = new Listeners((code) => this.facts.note(code));
  facts;
  status;
  database;
  ready = this.ask(READY);

  constructor(database) {
    this.database = database;
    this.facts = new Facts(database);
    // What every later method of a crashed instance throws.
    guard.refuseWith(syncError("engine_crashed"));
    this.#crash = guard.onCrash(() => {
      this.facts.note("engine_crashed");
      this.#refuseAll("engine_crashed");
    });
  }

  /** The promise of a call. One that asks for entities gets the first of them if `isOne`, else an array. */
  ask(number, isOne) {
    const promise = new Promise((resolve, reject) => this.#calls.set(number, { resolve, reject, isOne, found: [], gone: [] }));
    // Nobody has it where the engine crashes amid the call, and nobody has to wait for `ready`: a failure of either is told by the `error` event.
    promise.catch(() => {});
    return promise;
  }

  /** A call failed. */
  refuse(number, place) {
    this.end(number)?.reject(syncError(codeAt(place)));
  }

  /** The change of a call is stored. */
  stored(number, id, durability) {
    this.end(number)?.resolve(this.#receipt(id, durability));
  }

  /** A receipt that is looked for; with an outcome, its change has ended. */
  receipt(number, id, durability, outcome) {
    const receipt = this.#receipt(id, durability);
    if (outcome !== undefined) this.settled(id, outcome);
    this.end(number)?.resolve(receipt);
  }

  #receipt(id, durability) {
    let { promise } = this.#acknowledgements.get(id) ?? {};
    if (!promise) {
      let resolve;
      promise = new Promise((fulfil) => (resolve = fulfil));
      this.#acknowledgements.set(id, { promise, resolve });
    }
    return Object.freeze({ id, durability, acknowledged: promise });
  }

  /** A stored change has ended. */
  settled(id, outcome) {
    log("change", () => [id, outcome]);
    this.#acknowledgements.get(id)?.resolve(outcome);
    this.#acknowledgements.delete(id);
  }

  /** What a call has found so far, if it still waits. */
  waiting(number) {
    return this.#calls.get(number);
  }

  /** All that a call asked for was found. */
  reply(number) {
    const call = this.end(number);
    call?.resolve(call.isOne ? call.found[0] : call.found);
  }

  /** Answers a call with a value. */
  replyWith(number, value) {
    this.end(number)?.resolve(value);
  }

  /** Takes a call that is about to be answered. */
  end(number) {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    return call;
  }

  /** What is stored is loaded. */
  becomeReady() {
    this.end(READY)?.resolve();
    this.listeners.tell("ready");
  }

  /** `value`, once it is ready. */
  whenReady(value) {
    return this.ready.then(() => value);
  }

  /** Something was sent or asked for, or came; see `facts.js`. */
  count(what, bytes) {
    this.facts.count(what, bytes);
  }

  /** The state of the whole; the last two fields are counters. */
  become(isTold, status, resends, conflicts) {
    Object.assign(this.facts.counters, { resends, conflicts });
    this.status = Object.freeze(status);
    log("status", () => [status.state, status.reason, `${status.pending} pending`]);
    if (isTold) this.listeners.tell("status", this.status);
  }

  report(place, detail, entityType, entityId) {
    this.complain(codeAt(place), { ...(detail !== undefined && { detail }), ...(entityType !== undefined && { entityType, entityId }) });
  }

  /** Tells of an error. */
  complain(code, about) {
    this.facts.note(code);
    log("error", () => [code, about.entityType, about.entityId]);
    this.listeners.tell("error", report(code, about));
  }

  /** Lets the app go; whoever waits is told why. */
  close(place) {
    guard.offCrash(this.#crash);
    this.listeners.clear();
    this.#refuseAll(codeAt(place));
  }

  #refuseAll(code) {
    for (const { reject } of this.#calls.values()) reject(syncError(code));
    this.#calls.clear();
  }
}

/** What is shown of a socket's end. */
export function closeOf(code, reason) {
  return code === undefined ? null : Object.freeze({ code, reason });
}
