/** Two devices side by side on one page of the demo, with the real worker. One story: each step goes on where the one before has ended. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startServer } from "../worker/server.mjs";
import { findings } from "./accessible.mjs";
import { Desk } from "./demo-together/desk.mjs";
import { Needles } from "./needles.mjs";
import { eventually, is } from "./poll.mjs";
import { openProfile } from "./profile.mjs";
import { recordWire } from "./wire.mjs";

const BOUND = { timeout: 90_000 };
const PASSWORD = "correct horse battery staple";
const CANARY = "Zephyr quartz marmalade";

describe("the demo side by side", () => {
  let server, profile, page, desk, a, b, wire;

  before(async () => {
    server = await startServer({ vars: { FAULTS: "allowed" } });
    profile = await openProfile();
    ({ page } = profile);
    await profile.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.origin });
    wire = recordWire(page);
    desk = new Desk(profile);
    ({ a, b } = desk);
  });
  after(() => Promise.all([server?.stop(), profile?.remove()]));

  /** What this browser keeps under a name. */
  const kept = (name) => page.evaluate((name) => localStorage.getItem(name), name);
  const bothHave = (kind, titles) => Promise.all([a, b].flatMap((device) => titles.map((title) => device.has(kind, title))));

  /** Until both devices have another connection. */
  async function restart() {
    const reconnects = async (device) => (await device.diagnostics()).counters.reconnects;
    const before = { a: await reconnects(a), b: await reconnects(b) };
    await desk.press("Restart the server");
    await page.getByText(/^Restarted at/).waitFor();
    for (const device of [a, b]) {
      await eventually(`another connection of ${device.name}`, () => reconnects(device), { until: (now) => now > before[device.name] });
      await device.isLive();
    }
  }

  it("gives the account of the first device to the second by itself, from page to page", BOUND, async () => {
    await desk.open(server.origin);
    await b.frame.getByRole("heading", { name: "Device A comes first" }).waitFor();
    assert.deepEqual(await findings(page), []);
    await a.press("Create an account");
    await a.press("I have written it down");
    await Promise.all([a.isLive(), b.isLive()]);
    const account = await kept("sealwire-demo.account");
    assert.equal(await kept("sealwire-demo@b.account"), account);
    const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    assert.equal(databases.length, 1, "the page of device A sees its own databases alone");

    for (const device of [a, b]) assert.deepEqual((await device.diagnostics()).errors, [], "neither misses what the other has");

    const keys = new Needles();
    const { key } = JSON.parse(account);
    keys.addText(key);
    for (const form of ["hex", "base64"]) keys.addText(Buffer.from(key, "base64url").toString(form));
    keys.addBytes("the key itself", Buffer.from(key, "base64url"));
    assert.deepEqual(keys.foundIn(await wire.bytes()), [], "the key was not sent");
    assert.deepEqual(keys.foundIn(Buffer.from(profile.requests.join("\n"))), [], "nor was it in an address");
  });

  it("shows on both what either adds, with the same marks", BOUND, async () => {
    await a.addBookmark("By the first");
    await b.addBookmark("By the second");
    await bothHave("bookmark", ["By the first", "By the second"]);
  });

  it("offline: keeps what is changed, marks it, and sends it later", BOUND, async () => {
    await b.turn("Offline", true);
    await eventually("the end of the connection", () => b.seen("status").getAttribute("data-state"), { until: is("idle") });
    await b.addBookmark("Made offline");
    await a.addBookmark("Made meanwhile");
    await a.has("bookmark", "Made meanwhile");
    await b.has("bookmark", "Made offline", "pending");
    assert.deepEqual([await a.row("bookmark", "Made offline").count(), await b.row("bookmark", "Made meanwhile").count()], [0, 0]);
    await b.turn("Offline", false);
    await bothHave("bookmark", ["Made offline", "Made meanwhile"]);
  });

  it("slow: frames come late, and the mark waits for the server", BOUND, async () => {
    await a.turn("Slow", true);
    const before = await desk.met(a, "late");
    await a.addBookmark("Slowly");
    await a.has("bookmark", "Slowly", "pending");
    await bothHave("bookmark", ["Slowly"]);
    assert.ok((await desk.met(a, "late")) >= before + 2, "both the change and its confirmation");
    assert.equal(await desk.met(b, "late"), 0, "the other device is as quick as before");
    await a.turn("Slow", false);
  });

  it("lossy: loses frames with their connection, and nothing that was written", BOUND, async () => {
    const titles = Array.from({ length: 6 }, (_, index) => `Lost ${index}`);
    const { reconnects } = (await a.diagnostics()).counters;
    await a.turn("Lossy", true);
    for (const title of titles) await a.addBookmark(title);
    await eventually("a frame that was lost", () => desk.met(a, "lost"), { until: (count) => count > 0 });
    await eventually("another connection", async () => (await a.diagnostics()).counters.reconnects, { until: (count) => count > reconnects });
    await a.turn("Lossy", false);
    await bothHave("bookmark", titles);
  });

  it("reordering: changes overtake each other, and both devices agree", BOUND, async () => {
    await b.turn("Reordering", true);
    const titles = ["Overtaking 1", "Overtaking 2", "Overtaking 3", "Overtaking 4"];
    for (const title of titles) await a.addBookmark(title);
    await bothHave("bookmark", titles);
    assert.ok((await desk.met(b, "overtaken")) > 0);
    await b.turn("Reordering", false);
  });

  it("restart: the server forgets its sockets, and both devices come back", BOUND, async () => {
    await restart();
    await b.addBookmark("After the restart");
    await bothHave("bookmark", ["After the restart"]);
  });

  it("shows of a bookmark that it is sealed, and nothing of its title", BOUND, async () => {
    await desk.press("Clear");
    await a.addBookmark(CANARY);
    await bothHave("bookmark", [CANARY]);
    await eventually("its frames", () => page.getByTestId("wire-entry").filter({ hasText: "sync" }).count(), { until: (count) => count >= 2 });
    const text = await desk.wireText();
    assert.match(text, /entity_type\s+bookmark/);
    assert.match(text, /sealed, \d/);
    assert.ok(!text.includes("Zephyr"), text);
    assert.deepEqual(await findings(page), []);
  });

  it("holds still while it is paused, and is bounded", BOUND, async () => {
    const entries = page.getByTestId("wire-entry");
    await desk.press("Pause");
    const before = await entries.count();
    await a.addBookmark("While it is paused");
    await b.has("bookmark", "While it is paused");
    assert.equal(await entries.count(), before);
    await desk.press("Pause");
    await eventually("what came meanwhile", () => entries.count(), { until: (count) => count > before && count <= 200 });
  });

  it("copies the diagnostics of a device as JSON, without the account", BOUND, async () => {
    const { userId } = JSON.parse(await kept("sealwire-demo.account"));
    await page.getByRole("region", { name: "Diagnostics of device B" }).getByRole("button", { name: "Copy as JSON" }).click();
    await page.getByText("Copied.").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const { dialect, status, counters } = JSON.parse(text);
    assert.deepEqual([dialect, status.state], ["bitmarks", "live"]);
    assert.ok(counters.framesSent > 0);
    assert.ok(!text.includes(userId));
  });

  it("shows todos, which the server reads, and marks a change that it refuses", BOUND, async () => {
    await desk.show("Todos");
    await a.frame.getByLabel("Your name").fill("Ada");
    await a.press("New list");
    await Promise.all([a.isLive(), b.isLive()]);
    await a.addTodo(CANARY);
    await b.addTodo("Buy oars");
    await bothHave("todo", [CANARY, "Buy oars"]);
    assert.ok((await desk.wireText()).includes(CANARY));

    await a.press(`What to do with ${CANARY}`);
    await a.press("Rename");
    await a.frame.getByLabel(`New title of ${CANARY}`).fill("Buy oars");
    await a.press("Save");
    await a.frame.getByRole("region", { name: "Refused by the server" }).waitFor();
    await a.has("todo", CANARY, "refused");
    assert.deepEqual(await findings(page), []);
    await a.frame.getByRole("button", { name: /^Discard/ }).click();
    await a.has("todo", CANARY);

    await restart();
    const titles = ["Lantern", "Anchor", "Compass", "Chart", "Whistle"];
    for (const device of [a, b]) await device.turn("Lossy", true);
    for (const title of titles) await a.addTodo(title);
    await eventually("an answer that was lost", () => desk.met(a, "lost"), { until: (count) => count > 0 });
    for (const device of [a, b]) await device.turn("Lossy", false);
    // Each once: `has` refuses two of a name.
    await bothHave("todo", titles);
  });

  it("shows notes on the second device under the password that was typed on the first", BOUND, async () => {
    await desk.show("Notes");
    await a.frame.getByLabel("Master password").fill(PASSWORD);
    await a.frame.getByLabel("Once more").fill(PASSWORD);
    await a.press("Open the notes");
    await Promise.all([a.isLive(), b.isLive()]);
    await desk.press("Clear");
    await a.press("New note");
    await a.frame.getByLabel("Title", { exact: true }).fill(CANARY);
    await b.has("note", CANARY);
    const text = await desk.wireText();
    await restart();
    await a.frame.getByLabel("Title", { exact: true }).fill(`${CANARY} again`);
    await b.has("note", `${CANARY} again`);
    assert.match(text, /encryptedTitle\s+\S+ sealed, \d/);
    assert.ok(!text.includes("Zephyr"));
    assert.ok(!(await wire.bytes()).includes(PASSWORD), "the password was not sent");
    assert.deepEqual(await findings(page), []);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await findings(page), [], "where it is narrow");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("has the same under the hood of one device", BOUND, async () => {
    for (const [place, entry] of [["bookmarks", "Add bookmark"], ["todos", "Add"], ["notes", "Open the notes"]]) {
      await page.goto(`${server.origin}/#${place}`);
      await page.getByRole("button", { name: entry, exact: true }).waitFor();
      if (place === "notes") {
        await page.getByLabel("Master password").fill(PASSWORD);
        await desk.press("Open the notes");
      }
      await page.getByRole("button", { name: "Under the hood" }).click();
      await page.getByTestId("wire-entry").locator("visible=true").first().waitFor();
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        assert.deepEqual(await findings(page), [], `${place}, ${width} wide`);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  });

  it("leaves nothing in the console", () => {
    // The browser says itself that a request was refused.
    const refused = "Failed to load resource: the server responded with a status of 409 (Conflict)";
    assert.deepEqual(profile.problems.filter((problem) => problem !== refused), []);
  });
});
