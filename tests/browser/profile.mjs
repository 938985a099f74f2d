// A browser with a profile of its own on disk, as a user has one.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ended, killGroup } from "./processes.mjs";

/** What each Chromium with a profile is started with. */
export const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // Nothing outside this machine can be reached, whatever a page tries.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** The browser's own lines about a server that is down, which these tests stop on purpose. */
const NETWORK_FAILURE = /net::ERR_(CONNECTION|EMPTY_RESPONSE|NETWORK)|^WebSocket connection to 'ws:\/\/127\.0\.0\.1/;

/**
 * Starts Chromium with the profile in `directory`, or with a new one.
 *
 * `problems` gathers what a user would find in the console, `requests` every address that a page asked for. `kill()` ends the
 * browser as a power cut ends it; `remove()` closes it and deletes the profile.
 */
export async function openProfile(directory) {
  directory ??= await mkdtemp(join(tmpdir(), "sealwire-profile-"));
  const context = await chromium.launchPersistentContext(directory, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ARGUMENTS,
    viewport: { width: 1280, height: 800 },
  });
  const leader = await leaderOf(context);
  const [page] = context.pages();
  const problems = [];
  const requests = [];
  const watch = (tab) => {
    tab.on("pageerror", (error) => problems.push(String(error)));
    tab.on("console", (message) => {
      if (message.type() === "error" && !NETWORK_FAILURE.test(message.text())) problems.push(message.text());
    });
  };
  watch(page);
  context.on("page", watch);
  context.on("request", (request) => requests.push(request.url()));
  return {
    directory,
    context,
    page,
    problems,
    requests,
    kill: () => kill(leader),
    async remove() {
      await context.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The process that leads all those of a browser. */
export async function leaderOf(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.find(({ type }) => type === "browser").id;
}

/** Ends a browser and all its processes at once. */
export async function kill(leader) {
  killGroup(leader);
  await ended(leader);
}
