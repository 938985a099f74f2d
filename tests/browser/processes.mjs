// Browsers as processes: each leads a group of its own, with whatever it has started.

import { eventually } from "./poll.mjs";

/** Ends a whole group as a power cut ends it. Harmless where it has ended. */
export function killGroup(leader) {
  signal(-leader, "SIGKILL");
}

/** Resolves when the process is no more. */
export function ended(pid) {
  return eventually(`the end of process ${pid}`, () => !signal(pid, 0));
}

/** Whether there was somebody to take the signal. */
function signal(target, name) {
  try {
    process.kill(target, name);
    return true;
  } catch (fault) {
    if (fault.code !== "ESRCH") throw fault;
    return false;
  }
}
