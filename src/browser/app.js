// What the app holds of a manager: its promises, its listeners, and the objects of `types.d.ts`.

import { codeAt, report, syncError } from "./errors.js";
import { guard } from "./guard.js";
import { Listeners } from "./listeners.js";

const { freeze } = Object;

/** The call whose promise is `ready`; those of the app are numbered from 1. */
const READY = 0;

// What every later method of a crashed instance throws.
guard.refuseWith(syncError("engine_crashed"));

export class App {
  /** By number, the calls that are not answered. */
  #calls = new Map();
  /** By event, a receipt's `acknowledged` and what resolves it. A crash leaves that pending: the change is stored, and goes on without this page. */
  #acknowledgements = new Map();
  #listeners = new Listeners();
  #crash = guard.onCrash(() => this.#refuseAll("engine_crashed"));

  status;
  deviceId = null;
  keyId = null;
  ready = this.ask(READY);

  constructor() {
    // Who does not wait for `ready` hears of its failure by the `error` event.
    this.ready.catch(() => {});
  }

  /** The promise of a call. One that asks for entities gets the first of them if `isOne`, else an array. */
  ask(number, isOne) {
    return new Promise((resolve, reject) => this.#calls.set(number, { resolve, reject, isOne, found: [], gone: [] }));
  }

  /** A call failed. */
  refuse(number, place) {
    this.#end(number)?.reject(syncError(codeAt(place)));
  }

  /** The change of a call is stored. */
  stored(number, id, durability) {
    this.#end(number)?.resolve(this.#receipt(id, durability));
  }

  /** A receipt that is looked for; with an outcome, its change has ended. */
  receipt(number, id, durability, outcome) {
    const receipt = this.#receipt(id, durability);
    if (outcome !== undefined) this.settled(id, outcome);
    this.#end(number)?.resolve(receipt);
  }

  #receipt(id, durability) {
    let { promise } = this.#acknowledgements.get(id) ?? {};
    if (!promise) {
      let resolve;
      promise = new Promise((fulfil) => (resolve = fulfil));
      this.#acknowledgements.set(id, { promise, resolve });
    }
    return freeze({ id, durability, acknowledged: promise });
  }

  /** A stored change has ended. */
  settled(id, outcome) {
    this.#acknowledgements.get(id)?.resolve(outcome);
    this.#acknowledgements.delete(id);
  }

  /** An entity of what a call asked for. */
  found(number, entityType, entityId, json, timestamp, deviceId, pending) {
    const entity = { entityType, entityId, timestamp, deviceId, pending };
    if (this.#holds(entity, json)) this.#calls.get(number)?.found.push(entity);
  }

  /** An entity that is gone, of what a call asked for. */
  gone(number, entityType, entityId, timestamp, deviceId) {
    this.#calls.get(number)?.gone.push({ entityType, entityId, timestamp, deviceId });
  }

  /** A refused change, of what a call asked for. */
  wedged(number, ...rejected) {
    this.#calls.get(number)?.found.push(rejectedOf(...rejected));
  }

  /** All that a call asked for was found. */
  reply(number) {
    const call = this.#end(number);
    call?.resolve(call.isOne ? call.found[0] : call.found);
  }

  /** The same for what has changed since a revision. */
  replyChanges(number, revision, reset) {
    const call = this.#end(number);
    call?.resolve({ revision, reset, entities: call.found, deleted: call.gone });
  }

  /** Answers a call with a value. */
  replyWith(number, value) {
    this.#end(number)?.resolve(value);
  }

  /** Adds a listener; returns the function that takes it away. */
  on(topic, listener) {
    return this.#listeners.add(topic, listener);
  }

  /** The key that seals has this id. */
  hasKey(id) {
    this.keyId = Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Stored changes are loaded. */
  becomeReady(deviceId) {
    this.deviceId = deviceId;
    this.#end(READY)?.resolve();
    this.#listeners.tell("ready");
  }

  /** `value`, once it is ready. */
  whenReady(value) {
    return this.ready.then(() => value);
  }

  setStatus(
    isTold, state, reason, pending, inFlight, wedged, oldestPending = null, confirmation = null, storage, account, key, attempts,
    retryAt = null, lastSync = null, held, closeCode, closeReason,
  ) {
    this.status = freeze({
      state,
      reason: codeAt(reason) ?? null,
      pending,
      inFlight,
      wedged,
      oldestPending,
      confirmation,
      storage,
      account,
      key,
      attempts,
      retryAt,
      lastSync,
      held,
      lastClose: closeCode === undefined ? null : freeze({ code: closeCode, reason: closeReason }),
    });
    if (isTold) this.#listeners.tell("status", this.status);
  }

  /** What is shown has changed; `json` is empty for a delete. */
  change(operation, entityType, entityId, json, timestamp, deviceId, origin) {
    const change = { operation, type: operation, entityType, entityId, origin, timestamp, deviceId };
    if (json !== "") {
      if (!this.#holds(change, json)) return;
      change.entity = change.data;
    }
    this.#listeners.tell("change", change);
  }

  /** The server refused a change; `json`, where there is one, is what is shown without it. */
  rejected(id, entityType, entityId, operation, reason, json) {
    const rejected = rejectedOf(id, entityType, entityId, operation, reason);
    if (json !== undefined) this.#holds(rejected, json);
    this.#listeners.tell("rejected", freeze(rejected));
  }

  progress(events, hasMore) {
    this.#listeners.tell("progress", freeze({ events, hasMore }));
  }

  report(place, detail, entityType, entityId) {
    const about = { ...(detail !== undefined && { detail }), ...(entityType !== undefined && { entityType, entityId }) };
    this.#listeners.tell("error", report(codeAt(place), about));
  }

  /** Lets the app go; whoever waits is told why. */
  close(place) {
    guard.offCrash(this.#crash);
    this.#listeners.clear();
    this.#refuseAll(codeAt(place));
  }

  #refuseAll(code) {
    for (const { reject } of this.#calls.values()) reject(syncError(code));
    this.#calls.clear();
  }

  #end(number) {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    return call;
  }

  /** Adds the data of an entity. Where they are no JSON, that is reported. */
  #holds(object, json) {
    try {
      object.data = JSON.parse(json);
      return true;
    } catch {
      const { entityType, entityId } = object;
      this.#listeners.tell("error", report("bad_payload", { entityType, entityId }));
      return false;
    }
  }
}

function rejectedOf(id, entityType, entityId, operation, reason) {
  return { id, entityType, entityId, operation, reason, code: "refused" };
}
