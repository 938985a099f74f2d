import { sameAccount, loadAccount, saveAccount } from "../account";
import { DEVICE } from "../device";
import { readJoinLink } from "../join-link";
import { placeOf, showList } from "../place";
import { loadProfile } from "../todos/profile";
import { onRecord } from "../wire/record";
import { onShownManager, shownManager } from "./diagnosable";
import { heard, PROTOCOL, type FromDesk, type FromDevice, type Unlocked } from "./messages";

const TOLD_EVERY_MS = 300;

let unlocked: Unlocked | null = null;
const listeners = new Set<() => void>();

/** Where the page is one of two side by side: tells the page around it what goes over the wire, and takes what that hands on from the other device. */
export function startBridge(): void {
  onRecord((entries) => tell({ type: "wire", entries }));
  const diagnose = () => tell({ type: "diagnostics", diagnostics: shownManager()?.diagnostics() ?? null });
  onShownManager(diagnose);
  setInterval(diagnose, TOLD_EVERY_MS);
  window.addEventListener("message", (event) => {
    const message = heard<FromDesk>(event, window.parent);
    if (message) void take(message);
  });
  tell({ type: "ready" });
}

/** The notes are open here: the other device, on the same desk, need not ask for the password again. */
export function tellUnlocked(opened: Unlocked): void {
  if (window.parent !== window) tell({ type: "unlocked", ...opened });
}

/** The password that was typed on the other device. */
export const handedPassword = (userId: string) => (unlocked?.userId === userId ? unlocked.password : null);

export function onHandedPassword(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function take(message: FromDesk): Promise<void> {
  switch (message.type) {
    case "join":
      return join(message.fragment, message.code);
    case "list":
      return comeToList(message.team, message.name);
    case "unlock":
      unlocked = message;
      for (const listener of listeners) listener();
      return;
    case "reconnect":
      shownManager()?.reconnect();
  }
}

/** Takes the account out of a link as a second device does, but for the typing. */
async function join(fragment: string, code: string): Promise<void> {
  const answer = await readJoinLink(fragment, code);
  if (!("account" in answer)) return;
  const present = loadAccount();
  if (present && sameAccount(present, answer.account)) return;
  saveAccount(answer.account);
  window.location.reload();
}

async function comeToList(team: string, name: string): Promise<void> {
  if (DEVICE === "a" || !loadAccount()) return;
  const profile = loadProfile();
  if (profile?.teams[0] !== team || profile.userId !== loadAccount()?.userId) {
    const { join } = await import("../todos/session");
    await join(name, team, false);
  }
  const place = placeOf(window.location.hash);
  if (place.at === "todos" && place.team !== team) showList(team);
}

function tell(message: FromDevice): void {
  window.parent.postMessage({ [PROTOCOL]: message }, window.location.origin);
}
