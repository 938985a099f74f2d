import type { Account } from "../account";
import { ORIGIN, refusal, request, ServerError, signIn } from "../server";

/** Where the notes of an account are, as `typelets` takes it. */
export function addressesOf(userId: string): { url: string; api: string } {
  return { url: `${ORIGIN.replace(/^http/, "ws")}/typelets/ws?user_id=${encodeURIComponent(userId)}`, api: API };
}

const API = `${ORIGIN}/typelets/api`;
const SPARE_MS = 60_000;

/** A note as the server has it. Nothing of it is opened. */
export interface HeldNote {
  id: string;
  title: string;
  content: string;
  encryptedTitle: string;
  encryptedContent: string;
  iv: string;
  salt: string;
  folderId: string | null;
  starred: boolean;
  archived: boolean;
  hidden: boolean;
  deleted: boolean;
  createdAt: string;
  updatedAt: string;
}

interface Minted {
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** The tokens of an account, which the session's cookie mints. */
export class Tokens {
  readonly #account: Account;
  #last: Minted | null = null;

  constructor(account: Account) {
    this.#account = account;
  }

  /** A new one. Signs in again where the session has ended or is another account's. */
  async mint(): Promise<string> {
    const minted = (await this.#ask()) ?? ((await signIn(this.#account)) ? await this.#ask() : null);
    if (!minted) {
      throw new ServerError("The server does not know this account any more. What is on this device stays, but is not synchronised.");
    }
    this.#last = minted;
    return minted.token;
  }

  /** The note's row; `null` where the server has none. */
  async held(noteId: string): Promise<HeldNote | null> {
    const response = await this.#get(`/notes/${encodeURIComponent(noteId)}`);
    if (response.status === 404) return null;
    if (!response.ok) throw refusal(response);
    return (await response.json()) as HeldNote;
  }

  /** How many notes the server has, those in the bin included. */
  async count(): Promise<number> {
    const response = await this.#get("/notes?page=1&limit=1");
    if (!response.ok) throw refusal(response);
    const { pagination } = (await response.json()) as { pagination: { total: number } };
    return pagination.total;
  }

  async #get(path: string): Promise<Response> {
    const kept = this.#last && this.#last.expiresAt > Date.now() + SPARE_MS ? this.#last.token : null;
    const token = kept ?? (await this.mint());
    return request("GET", API + path, undefined, { authorization: `Bearer ${token}` });
  }

  /** `null` where there is no session of this account. */
  async #ask(): Promise<Minted | null> {
    const response = await request("POST", `${ORIGIN}/typelets/demo/token`);
    if (response.status === 401) return null;
    if (!response.ok) throw refusal(response);
    const { userId, ...minted } = (await response.json()) as Minted & { userId: string };
    return userId === this.#account.userId ? minted : null;
  }
}
