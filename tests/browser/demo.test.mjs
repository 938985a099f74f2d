/** The demo between two real browsers and the real worker. One story: each suite goes on where the one before has ended. */
import { after } from "node:test";
import { startServer } from "../worker/server.mjs";
import { importing } from "./demo/importing.mjs";
import { joining } from "./demo/joining.mjs";
import { offline } from "./demo/offline.mjs";
import { page } from "./demo/page.mjs";
import { panel } from "./demo/panel.mjs";
import { sealed } from "./demo/sealed.mjs";
import { tabs } from "./demo/tabs.mjs";
import { together } from "./demo/together.mjs";
import { openProfile } from "./profile.mjs";
import { recordWire } from "./wire.mjs";

const server = await startServer();
const profiles = await Promise.all([openProfile(), openProfile()]);
after(async () => {
  await Promise.all(profiles.map((profile) => profile.remove()));
  await server.stop();
});

const story = { server, profiles, wires: profiles.map(({ page }) => recordWire(page)) };
for (const suite of [joining, importing, together, panel, sealed, tabs, offline, page]) suite(story);
