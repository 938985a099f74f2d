// A body that another program sealed in the format `bitmarks-plain`.

import { readFileSync } from "node:fs";
import { USER_ID } from "../peer.mjs";

const { bitmarks } = JSON.parse(readFileSync(new URL("../../vectors/interop.json", import.meta.url), "utf8"));

export const VECTOR_KEY = [...Buffer.from(bitmarks.key_hex, "hex")];
export const VECTOR_DATA = JSON.parse(bitmarks.plaintext);

/** An event of another device with that body, but for what `fields` change. */
export function vectorEvent(fields) {
  return {
    id: "sync_def789",
    user_id: USER_ID,
    entity_type: "bookmark",
    entity_id: "bm_new",
    operation: "create",
    timestamp: Date.now(),
    device_id: "device_789",
    encrypted_data: bitmarks.encrypted_data_if_nonce_prefixed,
    data_hash: bitmarks.data_hash_hex,
    conflict_resolved: false,
    ...fields,
  };
}
