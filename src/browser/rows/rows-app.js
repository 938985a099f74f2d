// What the app holds of the rows that a database has: its promises, its listeners, and the objects of `glint.d.ts` and `typelets.d.ts`.

import { addRowErrors, badOption, codeAt, report, syncError } from "../errors.js";
import { guard } from "../guard.js";
import { Listeners, TOPICS } from "../listeners.js";

/** `drained` is for the wrapper: nothing waits for the server any more, or it cannot be sent. */
const COMMON_EVENTS = ["ready", "change", "status", "error", "rejected", "drained"];

/** The call whose promise is `ready`; those of the app are numbered from 1. */
const OPENING = 0;

/** `words` has what differs by dialect: `events` of the server, and `entity`, which gives type and id of a row's key. */
export class RowsApp {
  /** By number, the calls that are not answered. */
  #calls = new Map();
  /** By change, a receipt's `acknowledged` and what resolves it. A crash leaves that pending: the change is stored, and goes on without this page. */
  #acknowledgements = new Map();
  #listeners = new Listeners();
  #crash;
  #events;
  #entity;

  status;
  database;
  ready;

  constructor(database, { events, entity }) {
    addRowErrors();
    this.#events = [...COMMON_EVENTS, ...events];
    this.#entity = entity;
    TOPICS.push(...this.#events.filter((event) => !TOPICS.includes(event)));
    guard.refuseWith(syncError("engine_crashed"));
    this.#crash = guard.onCrash(() => this.#refuseAll("engine_crashed"));
    this.database = database;
    this.ready = this.ask(OPENING);
    // Who does not wait for `ready` hears of its failure by the `error` event.
    this.ready.catch(() => {});
  }

  /** The promise of a call. One that asks for todos gets the first of them if `isOne`, else an array. */
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
    return Object.freeze({ id, durability, acknowledged: promise });
  }

  /** A stored change has ended. */
  settled(id, outcome) {
    this.#acknowledgements.get(id)?.resolve(outcome);
    this.#acknowledgements.delete(id);
  }

  /** A row of what a call asked for. */
  found(number, key, formerKey, json, pending) {
    const row = this.#row(key, formerKey, json, pending);
    if (row) this.#calls.get(number)?.found.push(row);
  }

  /** A row that is gone, of what a call asked for. */
  gone(number, key) {
    this.#calls.get(number)?.gone.push(this.#entity(key));
  }

  /** A refused change, of what a call asked for. */
  wedged(number, ...refused) {
    this.#calls.get(number)?.found.push(this.#refused(...refused));
  }

  /** All that a call asked for was found. */
  reply(number) {
    const call = this.#end(number);
    call?.resolve(call.isOne ? call.found[0] : call.found);
  }

  /** The same for what has changed since a revision. */
  replyChanges(number, revision, reset) {
    const call = this.#end(number);
    call?.resolve(this.changesOf(revision, reset, call.found, call.gone));
  }

  /** Answers a call with a value. */
  replyWith(number, value) {
    this.#end(number)?.resolve(value);
  }

  /** Answers a call with JSON of the server, which the engine has read. */
  replyJson(number, json) {
    const call = this.#end(number);
    try {
      call?.resolve(JSON.parse(json));
    } catch {
      call?.reject(syncError("bad_payload"));
    }
  }

  /** Adds a listener; returns the function that takes it away. */
  on(event, listener) {
    if (!this.#events.includes(event) || typeof listener !== "function") {
      throw badOption("event", `must be one of ${this.#events.filter((name) => name !== "drained").join(", ")}, and \`listener\` a function`);
    }
    return this.#listeners.add(event, listener);
  }

  /** Stored todos and changes are loaded. */
  becomeReady() {
    this.#end(OPENING)?.resolve();
    this.#listeners.tell("ready");
  }

  /** `value`, once it is ready. */
  whenReady(value) {
    return this.ready.then(() => value);
  }

  setStatus(
    isTold, state, reason, pending, inFlight, wedged, oldestPending = null, storage, account, attempts, retryAt = null, lastSync = null,
    closeCode, closeReason,
  ) {
    this.status = Object.freeze({
      state,
      reason: codeAt(reason) ?? null,
      pending,
      inFlight,
      wedged,
      oldestPending,
      storage,
      account,
      attempts,
      retryAt,
      lastSync,
      lastClose: closeCode === undefined ? null : Object.freeze({ code: closeCode, reason: closeReason }),
    });
    if (isTold) this.#listeners.tell("status", this.status);
  }

  /** What is shown of a row has changed; `json` is empty for a delete. `alias` is the other key, where a temporary one gave way. */
  change(operation, key, json, origin, alias) {
    const change = { operation, ...this.#entity(key), origin };
    if (json !== "") {
      change.data = this.#parsed(json, key);
      if (!change.data) return;
    }
    if (alias !== undefined) change[json === "" ? "replacedBy" : "formerId"] = this.#entity(alias).entityId;
    this.tell("change", change);
  }

  /** The server refused a change; `json`, where there is one, is what is shown without it. */
  rejected(id, key, operation, reason, place, blockedBy, shownKey, formerKey, json, pending) {
    const refused = this.#refused(id, key, operation, reason, place, blockedBy);
    if (json !== undefined) refused.data = this.#row(shownKey, formerKey, json, pending);
    this.tell("rejected", Object.freeze(refused));
  }

  /** Two devices have saved a row over each other. */
  conflict(key, ours, theirs) {
    this.tell("conflict", Object.freeze({ ...this.#entity(key), ours: this.#parsed(ours, key), theirs: this.#parsed(theirs, key) }));
  }

  tell(event, argument) {
    this.#listeners.tell(event, argument);
  }

  report(place, detail, entityType, entityId) {
    const about = { ...(detail !== undefined && { detail }), ...(entityType !== undefined && { entityType, entityId }) };
    this.#listeners.tell("error", report(codeAt(place), about));
  }

  /** An event of the server, which the engine has read. */
  event(json) {
    const frame = this.#parsed(json);
    if (frame) this.#listeners.tell(frame.type, frame);
  }

  /** Nothing waits for the server any more. */
  drained() {
    this.#listeners.tell("drained");
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

  #row(key, formerKey, json, pending) {
    const data = this.#parsed(json, key);
    if (!data) return undefined;
    const id = this.#entity(key).entityId;
    return this.rowOf(key, { ...data, id, key: formerKey === undefined ? id : this.#entity(formerKey).entityId, pending });
  }

  #refused(id, key, operation, reason, place, blockedBy) {
    return { id, ...this.#entity(key), operation, reason, code: codeAt(place), ...(blockedBy !== undefined && { blockedBy }) };
  }

  /** What the engine has read already. Where a browser cannot, that is reported. */
  #parsed(json, key) {
    try {
      return JSON.parse(json);
    } catch {
      this.tell("error", report("bad_payload", key !== undefined && this.#entity(key)));
    }
  }
}
