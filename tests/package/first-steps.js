/** What a new user does first, the same in whichever way the package was loaded. Nothing answers at the socket's address. */
export async function firstSteps({ RealtimeSyncManager, bitmarks }) {
  const url = new URL("/api/v1/sync/realtime", location.href.replace(/^http/, "ws")).href;
  const key = crypto.getRandomValues(new Uint8Array(32));
  const sync = await RealtimeSyncManager.open(bitmarks({ url, userId: "user_1", key }));
  sync.connect();
  const receipt = await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust" });
  const { data, pending } = await sync.get("bookmark", "bm_1");
  const { storage } = sync.status;
  sync.close();
  return { durability: receipt.durability, data, pending, storage };
}

export const EXPECTED = { durability: "strict", data: { title: "Rust" }, pending: true, storage: "indexeddb" };
