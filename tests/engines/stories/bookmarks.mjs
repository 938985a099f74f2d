// Pages of the default entry, signed in as a user.

import { prepare } from "../../browser/peer-page.mjs";

/** Opens a page of `origin`, which is the server or a proxy of it. In it is what `prepare` makes. */
export async function openBookmarks(device, { origin }, { id: userId, secret }, entry = "index") {
  const url = `${origin.replace("http", "ws")}/api/v1/sync/realtime`;
  const tab = await device.open(`${origin}/${entry === "index" ? "" : entry}`, prepare, { url, userId });
  await tab.evaluate(signIn, { user_id: userId, secret });
  return tab;
}

/** In a page: a session of an account. */
export async function signIn(account) {
  const headers = { "Content-Type": "application/json" };
  const { status } = await fetch("/api/v1/auth/session", { method: "POST", headers, body: JSON.stringify(account) });
  if (status !== 200) throw new Error(`no session: ${status}`);
}
