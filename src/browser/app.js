// What the app holds of a manager of sealed events, in the objects of `types.d.ts`.

import { Calls, closeOf } from "./calls.js";
import { log } from "./debug.js";
import { codeAt } from "./errors.js";

export class App extends Calls {
  deviceId = null;
  keyId = null;

  /** An entity of what a call asked for. */
  found(number, entityType, entityId, json, timestamp, deviceId, pending) {
    const entity = { entityType, entityId, timestamp, deviceId, pending };
    if (this.#holds(entity, json)) this.waiting(number)?.found.push(entity);
  }

  /** An entity that is gone, of what a call asked for. */
  gone(number, entityType, entityId, timestamp, deviceId) {
    this.waiting(number)?.gone.push({ entityType, entityId, timestamp, deviceId });
  }

  /** A refused change, of what a call asked for. */
  wedged(number, ...rejected) {
    this.waiting(number)?.found.push(rejectedOf(...rejected));
  }

  /** Answers a call with what has changed since a revision. */
  replyChanges(number, revision, reset) {
    const call = this.end(number);
    call?.resolve({ revision, reset, entities: call.found, deleted: call.gone });
  }

  /** Adds a listener; returns the function that takes it away. */
  on(topic, listener) {
    return this.listeners.add(topic, listener);
  }

  /** The key that seals has this id. */
  hasKey(id) {
    this.keyId = Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Stored changes are loaded. */
  becomeReady(deviceId) {
    this.deviceId = deviceId;
    super.becomeReady();
  }

  setStatus(
    isTold, resends, conflicts, state, reason, pending, inFlight, wedged, oldestPending = null, confirmation = null, storage, account, key, attempts,
    retryAt = null, lastSync = null, held, closeCode, closeReason,
  ) {
    const status = {
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
      lastClose: closeOf(closeCode, closeReason),
    };
    this.become(isTold, status, resends, conflicts);
  }

  /** What is shown has changed; `json` is empty for a delete. */
  change(operation, entityType, entityId, json, timestamp, deviceId, origin) {
    log("change", () => [origin, operation, entityType, entityId]);
    const change = { operation, type: operation, entityType, entityId, origin, timestamp, deviceId };
    if (json !== "") {
      if (!this.#holds(change, json)) return;
      change.entity = change.data;
    }
    this.listeners.tell("change", change);
  }

  /** The server refused a change; `json`, where there is one, is what is shown without it. */
  rejected(id, entityType, entityId, operation, reason, json) {
    const rejected = rejectedOf(id, entityType, entityId, operation, reason);
    if (json !== undefined) this.#holds(rejected, json);
    this.listeners.tell("rejected", Object.freeze(rejected));
  }

  progress(events, hasMore) {
    this.listeners.tell("progress", Object.freeze({ events, hasMore }));
  }

  /** Adds the data of an entity. Where they are no JSON, that is reported. */
  #holds(object, json) {
    try {
      object.data = JSON.parse(json);
      return true;
    } catch {
      const { entityType, entityId } = object;
      this.complain("bad_payload", { entityType, entityId });
      return false;
    }
  }
}

function rejectedOf(id, entityType, entityId, operation, reason) {
  return { id, entityType, entityId, operation, reason, code: "refused" };
}
