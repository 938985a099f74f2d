// What the app holds of the rows that a database has: its promises, its listeners, and the objects of `glint.d.ts` and `typelets.d.ts`.

import { Calls, closeOf } from "../calls.js";
import { log } from "../debug.js";
import { addRowErrors, badOption, codeAt, syncError } from "../errors.js";
import { TOPICS } from "../listeners.js";

/** `drained` is for the wrapper: nothing waits for the server any more, or it cannot be sent. */
const COMMON_EVENTS = ["ready", "change", "status", "error", "rejected", "drained"];

/** `words` has what differs by dialect: `events` of the server, and `entity`, which gives type and id of a row's key. */
export class RowsApp extends Calls {
  #events;
  #entity;

  constructor(database, { events, entity }) {
    addRowErrors();
    super(database);
    this.#events = [...COMMON_EVENTS, ...events];
    this.#entity = entity;
    TOPICS.push(...this.#events.filter((event) => !TOPICS.includes(event)));
  }

  /** A row of what a call asked for. */
  found(number, key, formerKey, json, pending) {
    const row = this.#row(key, formerKey, json, pending);
    if (row) this.waiting(number)?.found.push(row);
  }

  /** A row that is gone, of what a call asked for. */
  gone(number, key) {
    this.waiting(number)?.gone.push(this.#entity(key));
  }

  /** A refused change, of what a call asked for. */
  wedged(number, ...refused) {
    this.waiting(number)?.found.push(this.#refused(...refused));
  }

  /** Answers a call with what has changed since a revision. */
  replyChanges(number, revision, reset) {
    const call = this.end(number);
    call?.resolve(this.changesOf(revision, reset, call.found, call.gone));
  }

  /** Answers a call with JSON of the server, which the engine has read. */
  replyJson(number, json) {
    const call = this.end(number);
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
    return this.listeners.add(event, listener);
  }

  setStatus(
    isTold, resends, conflicts, state, reason, pending, inFlight, wedged, oldestPending = null, storage, account, attempts, retryAt = null,
    lastSync = null, closeCode, closeReason,
  ) {
    const status = {
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
      lastClose: closeOf(closeCode, closeReason),
    };
    this.become(isTold, status, resends, conflicts);
  }

  /** What is shown of a row has changed; `json` is empty for a delete. `alias` is the other key, where a temporary one gave way. */
  change(operation, key, json, origin, alias) {
    log("change", () => [origin, operation, key]);
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
    this.listeners.tell(event, argument);
  }

  /** An event of the server, which the engine has read. */
  event(json) {
    const frame = this.#parsed(json);
    if (frame) this.listeners.tell(frame.type, frame);
  }

  /** Nothing waits for the server any more. */
  drained() {
    this.listeners.tell("drained");
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
      this.complain("bad_payload", key === undefined ? {} : this.#entity(key));
    }
  }
}
