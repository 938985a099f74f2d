import type { SyncEvent } from "sealwire";
import type { Account } from "./account";

/** The sync socket: of the page's own origin, unless the build names another server. */
export const SOCKET_URL = socketUrl();
const API = SOCKET_URL.replace(/^ws/, "http").replace("/sync/realtime", "");
export const ORIGIN = new URL(API).origin;

/** A request that failed; `message` says what the user can do. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

/** Makes an account on the server. Nothing about its key is sent. */
export async function register(): Promise<{ userId: string; secret: string }> {
  const { user_id: userId, secret } = await answerOf<{ user_id: string; secret: string }>("/auth/register");
  return { userId, secret };
}

/** Starts a session, which the server keeps in a cookie. Resolves to `false` where the server does not know the account. */
export async function signIn({ userId, secret }: Omit<Account, "key">): Promise<boolean> {
  const response = await post("/auth/session", { user_id: userId, secret });
  if (response.status === 401) return false;
  if (!response.ok) throw refusal(response);
  return true;
}

export async function signOut(): Promise<void> {
  await answerOf("/auth/logout");
}

/** Restarts what the server has of this account in memory; a server that does not misbehave on demand refuses. */
export async function restartServer(): Promise<void> {
  const response = await post("/demo/restart", {});
  if (response.status === 404) throw new ServerError("This server does not restart on demand: it was not started for that (FAULTS).");
  if (response.status === 401) throw new ServerError("There is nothing to restart yet: make an account first.");
  if (!response.ok) throw refusal(response);
}

export interface HeldPage {
  changes: SyncEvent[];
  next_seq: number;
  has_more: boolean;
}

/** What the server holds of the account, in the order in which it came. */
export function heldAfter(sequence: number, limit: number): Promise<HeldPage> {
  return answerOf<HeldPage>("/sync/pull", { after_seq: sequence, limit });
}

async function answerOf<T>(path: string, body: object = {}): Promise<T> {
  const response = await post(path, body);
  if (!response.ok) throw refusal(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

function post(path: string, body: object): Promise<Response> {
  return request("POST", API + path, body);
}

export async function request(method: "GET" | "POST", url: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      // The cookie of the session; `include` because a build may name a server of another origin.
      credentials: "include",
      headers: body ? { ...headers, "content-type": "application/json" } : headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new ServerError("The server could not be reached. Check the connection and try again.", { cause });
  }
}

export function refusal({ status }: Response): ServerError {
  if (status === 401) return new ServerError("The session with the server has ended. Reload the page to sign in again.");
  if (status === 429) return new ServerError("The server asks for a pause. Wait a minute and try again.");
  return new ServerError(`The server could not do this (it answered ${status}). Try again later.`);
}

function socketUrl(): string {
  const url = new URL(import.meta.env.VITE_WEBSOCKET_URL ?? "/api/v1/sync/realtime", window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
