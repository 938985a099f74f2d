/** What the blocks of code in the documents use without making it: the app's own. `run.mjs` has values for those that are run. */

declare global {
  const url: string;
  const api: string;
  const userId: string;
  const deviceId: string;
  const teamId: string;
  const setId: string;
  const masterPassword: string;
  const typedCode: string;
  const recoveryCode: string;
  const key: Uint8Array;
  const newKey: Uint8Array;
  const lastRevision: number;
  const index: Map<string, unknown>;
  function getToken(): Promise<string>;
  function render(...what: unknown[]): void;
  function show(...what: unknown[]): void;
  function warn(text: string): void;
  function offer(noteId: string, text: unknown): void;
  function ask(question: string): Promise<boolean>;
  function remember(revision: number): void;
}

export {};
