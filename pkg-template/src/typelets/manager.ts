/** The manager as the app holds it: the engine's, in the words of notes and folders, and of the service's own client. */

import { closedStatus } from "../closed-status.ts";
import { diagnosticsOf, type Facts } from "../diagnostics.ts";
import { dispose } from "../dispose.ts";
import type { CoreReceipt, Engine as AnyEngine } from "../engine.ts";
import { isLast, ownError, SyncError } from "../errors.ts";
import { inOrderOfTime } from "../temporary-id.ts";
import { forgetEngine, loadEngine } from "../load.ts";
import { requestPersistence } from "../persistence.ts";
import type {
  Changes, Diagnostics, DialectOptions, EventMap, Folder, FolderUpdate, NewFolder, NewNote, NewReceipt, Note, NoteSync, NoteUpdate, RealtimeSyncManager as PublicManager,
  Receipt, Rejected, Status,
} from "../typelets.d.ts";
import { CALLBACKS } from "./callbacks.ts";
import type { Core, Engine } from "./core.ts";

type Kind = "note" | "folder";
type Event = keyof EventMap;

/** What a socket can only carry sealed, and what nobody can use without its IV. */
const SEALED_FIELDS = ["encryptedTitle", "encryptedContent"];

/** As the engine has it: of more the latest count. */
const MOST_JOINED = 100;

export class RealtimeSyncManager implements Omit<PublicManager, never> {
  readonly ready: Promise<void>;
  readonly userId: string;
  readonly #running: Promise<AnyEngine>;
  readonly #core: Core;
  /** Held here, because a crashed engine gives nothing any more. */
  readonly #facts: Facts;
  readonly #keepsJoins: boolean;
  #joined: readonly string[] = Object.freeze([]);
  #error: SyncError | undefined;

  static async open(options: DialectOptions): Promise<RealtimeSyncManager> {
    const own = { ...options };
    const running = loadEngine();
    try {
      const engine = (await running) as unknown as Engine;
      const core = await engine.RealtimeSyncManager.open(own);
      return new RealtimeSyncManager(own, running, core);
    } catch (error) {
      if (error instanceof SyncError && error.code === "engine_crashed") forgetEngine(running);
      throw error;
    }
  }

  private constructor(options: DialectOptions, running: Promise<AnyEngine>, core: Core) {
    this.#running = running;
    this.#core = core;
    this.userId = options.userId;
    this.#facts = core.facts;
    this.#keepsJoins = options.keepJoins ?? false;
    this.ready = core.ready;
    this.#watch();
    for (const [name, event] of Object.entries(CALLBACKS)) {
      const callback = options[name as keyof typeof CALLBACKS];
      if (callback) this.on(event as Event, callback as (argument: EventMap[Event]) => void);
    }
    this.#tellAuthenticated(options);
  }

  get status(): Status {
    return this.#error ? closedStatus(this.#error.code) : this.#core.status;
  }

  get joinedNotes(): readonly string[] {
    return this.#joined;
  }

  connect(): void {
    this.#alive().connect();
  }

  disconnect(): void {
    this.#alive().disconnect();
  }

  reconnect(): void {
    this.#alive().reconnect();
  }

  joinNote(id: string): void {
    this.#alive().join(keyOf("note", id), true);
    const others = this.#keepsJoins ? this.#joined.filter((other) => other !== id) : [];
    this.#joined = Object.freeze([...others, id].slice(-MOST_JOINED));
  }

  leaveNote(id: string): void {
    this.#alive().join(keyOf("note", id), false);
    this.#joined = Object.freeze(this.#joined.filter((other) => other !== id));
  }

  createNote(note: NewNote = {}): Promise<NewReceipt> {
    return this.#create("note", note);
  }

  updateNote(id: string, changes: NoteUpdate): Promise<Receipt> {
    return this.#push("note", id, "update", changes);
  }

  deleteNote(id: string): Promise<Receipt> {
    return this.#push("note", id, "delete");
  }

  sendNoteCreated(note?: NewNote): Promise<NewReceipt> {
    return this.createNote(note);
  }

  sendNoteUpdate(id: string, changes: NoteUpdate): Promise<Receipt> {
    return this.updateNote(id, changes);
  }

  sendNoteDeleted(id: string): Promise<Receipt> {
    return this.deleteNote(id);
  }

  createFolder(folder: NewFolder): Promise<NewReceipt> {
    return this.#create("folder", folder);
  }

  updateFolder(id: string, changes: FolderUpdate): Promise<Receipt> {
    return this.#push("folder", id, "update", changes);
  }

  deleteFolder(id: string): Promise<Receipt> {
    return this.#push("folder", id, "delete");
  }

  pushChange(entityType: Kind, entityId: string, operation: string, data?: unknown): Promise<Receipt> {
    return this.#push(entityType, entityId, operation, data);
  }

  async get(entityType: Kind, entityId: string): Promise<never> {
    return (await this.#alive().get(keyOf(entityType, entityId))) as never;
  }

  async list(entityType: Kind): Promise<never> {
    return (await this.#alive().list()).filter((row) => row.entityType === entityType) as never;
  }

  async notes(): Promise<Note[]> {
    const notes: Note[] = await this.list("note");
    return notes.sort(latestFirst);
  }

  async folders(): Promise<Folder[]> {
    return this.list("folder");
  }

  on<E extends Event>(event: E, listener: (argument: EventMap[E]) => void): () => void {
    const core = this.#alive();
    if (event !== "note_sync" || typeof listener !== "function") return core.on(event, listener);
    return core.on(event, (message: NoteSync) => void this.#tellSync(message, listener as (message: NoteSync) => void));
  }

  async wedged(): Promise<Rejected[]> {
    return this.#alive().wedged();
  }

  async retry(id: string): Promise<boolean> {
    return this.#alive().retry(id);
  }

  async discard(id: string): Promise<boolean> {
    return this.#alive().discard(id);
  }

  async receipt(id: string): Promise<Receipt | undefined> {
    const receipt = await this.#alive().receipt(id);
    return receipt && this.#receipt(receipt);
  }

  async changesSince(revision: number): Promise<Changes> {
    return this.#alive().changesSince(revision);
  }

  requestPersistence(): Promise<boolean> {
    return requestPersistence();
  }

  async forget(): Promise<void> {
    const wiped = this.#alive().forget();
    this.close();
    await wiped;
  }

  diagnostics(): Diagnostics<Status> {
    return diagnosticsOf(this.status, this.#facts);
  }

  close(): void {
    this.#end(ownError("closed"));
    this.#core.close();
  }

  free(): void {
    this.close();
  }

  [dispose](): void {
    this.close();
  }

  #alive(): Core {
    if (this.#error) throw this.#error;
    return this.#core;
  }

  #end(error: SyncError): void {
    this.#error ??= error;
  }

  async #create(kind: Kind, fields: NewNote | NewFolder): Promise<NewReceipt> {
    const { id = inOrderOfTime(this.#alive().newId()), ...data } = fields ?? {};
    const receipt = await this.#push(kind, id, "create", data);
    return Object.freeze({ ...receipt, entityId: id });
  }

  async #push(kind: Kind, id: string, operation: string, data?: unknown): Promise<Receipt> {
    return this.#receipt(await this.#alive().pushChange(kind, id, operation, data));
  }

  #receipt(receipt: CoreReceipt): Receipt {
    return Object.freeze({ ...receipt, cancel: async () => this.#alive().cancel(receipt.id) });
  }

  /** The note as it is shown stands in place of the row, which is sealed. */
  async #tellSync(message: NoteSync, listener: (message: NoteSync) => void): Promise<void> {
    if (this.#error) return;
    const updatedNote: Note | undefined = await this.get("note", message.noteId).catch(() => undefined);
    const changes = Object.fromEntries(Object.entries(message.changes ?? {}).filter(([name]) => !SEALED_FIELDS.includes(name)));
    if (!this.#error) listener(Object.freeze({ ...message, changes, updatedNote }));
  }

  #tellAuthenticated({ onAuthenticated, userId }: DialectOptions): void {
    if (!onAuthenticated) return;
    let was = false;
    this.on("status", ({ account }) => {
      if (account === "verified" && !was) onAuthenticated(userId);
      was = account === "verified";
    });
  }

  /** The engine holds this listener, and it `this`: a manager that is not closed is never collected, also where the app only listens. */
  #watch(): void {
    this.#core.on("error", ({ code, fault, message }) => {
      if (code === "engine_crashed") forgetEngine(this.#running);
      if (isLast(code, this.#core)) this.#end(new SyncError(code, message, { fault }));
      // Another tab has forgotten the account.
      if (code === "closed") this.close();
    });
  }
}

function keyOf(kind: Kind, id: string): string {
  return `${kind}/${id}`;
}

/** What the server has not seen yet comes first. */
function latestFirst(one: Note, other: Note): number {
  const [own, others] = [one.updatedAt ?? "~", other.updatedAt ?? "~"];
  return own < others ? 1 : own > others ? -1 : 0;
}
