// The core of the browser suite, in one engine: what an app relies on, against the repository's own server.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Device } from "./device.mjs";
import { startElsewhere } from "./elsewhere.mjs";
import { startPages } from "./server.mjs";
import { capabilities } from "./stories/capabilities.mjs";
import { crashing } from "./stories/crashing.mjs";
import { devices } from "./stories/devices.mjs";
import { entries } from "./stories/entries.mjs";
import { keys } from "./stories/keys.mjs";
import { notes } from "./stories/notes.mjs";
import { pushing } from "./stories/pushing.mjs";
import { reaching } from "./stories/reaching.mjs";
import { tabs } from "./stories/tabs.mjs";
import { todos } from "./stories/todos.mjs";

/** A cold start of a browser is within a story as well. */
const BOUND = { timeout: 180_000 };

export function runCore(engine) {
  describe(`${engine.name}:`, () => {
    const world = {};
    before(async () => {
      [world.server, world.elsewhere, world.phone, world.laptop] = await Promise.all([startPages(), startElsewhere(), Device.start(engine), Device.start(engine)]);
    });
    after(() => Promise.all([world.phone, world.laptop].map((device) => device?.remove()).concat([world.server, world.elsewhere].map((server) => server?.stop()))));

    /** A test, at whose end all tabs are closed, and no page has anything in its console. */
    const story = (name, body) =>
      it(name, BOUND, async (t) => {
        t.after(closeTabs);
        await body({ ...world, t });
        assert.deepEqual(await closeTabs(), []);
      });
    const closeTabs = async () => {
      for (const device of [world.phone, world.laptop]) await device.closeTabs();
      return [world.phone, world.laptop].flatMap(({ problems }) => problems.splice(0));
    };

    it("starts", BOUND, (t) => t.diagnostic(`${engine.name} ${world.phone.version}`));
    for (const suite of [capabilities, pushing, tabs, devices, keys, crashing, entries, todos, notes, reaching]) suite(story, engine);
  });
}
