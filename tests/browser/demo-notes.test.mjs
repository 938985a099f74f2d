/** The demo's notes on two devices of one person: two real browsers and the real worker. One story: each step goes on where the one before has ended. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startServer } from "../worker/server.mjs";
import { findings } from "./accessible.mjs";
import { Demo } from "./demo.mjs";
import { Notes, UNTIL_READ_MS } from "./demo/notes.mjs";
import { eventually, is } from "./poll.mjs";
import { openProfile } from "./profile.mjs";
import { recordWire } from "./wire.mjs";

const BOUND = { timeout: 150_000 };
const PASSWORD = "correct horse battery staple";

describe("the demo's notes", () => {
  let server, desk, phone, profiles, wires;

  before(async () => {
    server = await startServer({ vars: { FAULTS: "allowed" } });
    profiles = await Promise.all([openProfile(), openProfile()]);
    wires = profiles.map(({ page }) => recordWire(page));
    [desk, phone] = profiles.map((profile) => new Notes(profile));
  });
  after(() => Promise.all([server?.stop(), ...(profiles ?? []).map((profile) => profile.remove())]));

  it("begin with an account and a password, which is typed twice", BOUND, async () => {
    const { page } = desk;
    await page.goto(`${server.origin}/#notes`);
    await page.getByRole("heading", { name: "Notes under a password that only you know" }).waitFor();
    assert.deepEqual(await findings(page), []);
    await desk.press("Create an account");
    await page.getByLabel("Once more").waitFor();
    assert.deepEqual(await findings(page), []);
    await desk.type(PASSWORD, "another one");
    await page.getByRole("alert").getByText("The two differ.").waitFor();
    assert.deepEqual(await findings(page), []);
    await desk.type(PASSWORD, PASSWORD);
    await desk.isLive();
    assert.equal(await page.getByTestId("recovery-code").getByRole("listitem").count(), 24);
    await desk.press("I have written it down");
  });

  it("are of the account that the bookmarks have, which a link brings to a second device", BOUND, async () => {
    await desk.write("Groceries", "Milk");
    await desk.isSettled();
    await desk.press("Second device");
    const field = desk.page.getByTestId("device-link");
    const link = await eventually("the link", () => field.inputValue(), { until: (value) => value !== "" });
    const code = await desk.page.getByTestId("device-code").innerText();
    await desk.page.keyboard.press("Escape");
    await Demo.join(phone.page, { link, code });
    await phone.page.getByRole("link", { name: "Notes" }).click();
  });

  it("do not open with a wrong password, which is said in a sentence", BOUND, async () => {
    const { page } = phone;
    await page.getByLabel("Master password").waitFor();
    assert.equal(await page.getByLabel("Once more").count(), 0);
    await phone.type("correct horse battery stable");
    await page.getByRole("alert").getByText("None of your notes opens with this password.").waitFor();
    assert.deepEqual(await findings(page), []);
    assert.equal(await page.getByTestId("note-row").count(), 0);
    await phone.type(PASSWORD);
    await phone.shows("Groceries");
    await phone.isLive();
  });

  it("arrive live on the other device, whichever writes", BOUND, async () => {
    await phone.open("Groceries");
    await eventually("its content", () => phone.content(), { until: is("Milk") });
    await desk.fill("Milk\nBread");
    await eventually("what the first wrote", () => phone.content(), { until: is("Milk\nBread") });
    await phone.isSettled();
    await phone.fill("Milk\nBread\nCheese");
    await eventually("what the second added", () => desk.content(), { until: is("Milk\nBread\nCheese") });
    // Nothing is lost where one adds to what the other wrote, so that nobody is asked.
    for (const { page } of [desk, phone]) assert.equal(await page.getByText("Two devices wrote at once").count(), 0);
  });

  it("keep the caret where it was while the other device writes above it", BOUND, async () => {
    await phone.isSettled();
    const field = desk.page.getByLabel("Content");
    await field.evaluate((element) => (element.focus(), element.setSelectionRange(11, 11)));
    await phone.fill("Oat milk\nMilk\nBread\nCheese");
    await eventually("what the second wrote", () => desk.content(), { until: is("Oat milk\nMilk\nBread\nCheese") });
    assert.equal(await field.evaluate((element) => element.selectionStart), 11 + "Oat milk\n".length);
    await field.selectText();
    await desk.page.keyboard.type("Rye");
    await desk.page.keyboard.press("ArrowLeft");
    await desk.page.keyboard.type("-y-");
    assert.equal(await desk.content(), "Ry-y-e");
    await eventually("what the first typed", () => phone.content(), { until: is("Ry-y-e") });
    await desk.isSettled();
  });

  it("lie in folders, have stars, and say so on both", BOUND, async () => {
    await desk.press("New folder");
    await desk.page.getByLabel("Name", { exact: true }).fill("Home");
    assert.deepEqual(await findings(desk.page), []);
    await desk.press("Save");
    await desk.page.getByRole("dialog").waitFor({ state: "detached" });
    await desk.page.getByLabel("Folder", { exact: true }).selectOption({ label: "Home" });
    await desk.press("Starred");
    await phone.row("Groceries").getByText("Starred").waitFor();
    await phone.row("Groceries").getByText("Home").waitFor();
    await phone.show("Home");
    assert.equal(await phone.count(), 1);
    await phone.show("Starred");
    assert.equal(await phone.count(), 1);
    await phone.show("All notes");
  });

  it("are written offline, outlive a reload, and arrive", BOUND, async () => {
    await phone.goOffline(true);
    await phone.write("Made offline", "On the train");
    await phone.open("Groceries");
    await phone.fill("Butter");
    await eventually("it is stored", () => phone.row("Groceries").getAttribute("data-pending"), { until: is("true") });
    assert.equal(await desk.row("Made offline").count(), 0);
    await phone.page.reload();
    await phone.type("not the password");
    await phone.page.getByRole("alert").getByText("None of your notes opens with this password.").waitFor();
    await phone.type(PASSWORD);
    await phone.shows("Made offline");
    await phone.open("Groceries");
    assert.equal(await phone.content(), "Butter");
    await phone.goOffline(false);
    await desk.shows("Made offline");
    await eventually("the edit", () => desk.content(), { until: is("Butter") });
    await phone.isSettled();
    assert.deepEqual(await desk.names(), await phone.names());
  });

  it("show both versions where two devices wrote at once, and take the one that is chosen", BOUND, async () => {
    await phone.goOffline(true);
    await phone.fill("Butter, from the phone");
    await eventually("it is stored", () => phone.row("Groceries").getAttribute("data-pending"), { until: is("true") });
    await desk.fill("Butter, from the desk");
    await desk.isSettled();
    await phone.goOffline(false);
    const [conflict, told] = [phone, desk].map(({ page }) => page.getByRole("region", { name: "Two devices wrote at once" }));
    await conflict.getByText("Butter, from the desk").waitFor();
    await conflict.getByText("Butter, from the phone").waitFor();
    await phone.row("Groceries").getByText("Two versions").waitFor();
    assert.deepEqual(await findings(phone.page), []);
    await told.getByText("Butter, from the phone").waitFor(); // Its version was saved over, a moment after.
    await phone.press("Take the other device’s");
    await conflict.waitFor({ state: "detached" });
    assert.equal(await phone.content(), "Butter, from the desk");
    await eventually("the chosen one on the other side", () => desk.content(), { until: is("Butter, from the desk") });
    await desk.press("Keep what is shown");
    await told.waitFor({ state: "detached" });
    await phone.isSettled();
  });

  it("are deleted, and brought back", BOUND, async () => {
    await desk.open("Made offline");
    await desk.press("Delete note");
    await phone.showsNoLonger("Made offline");
    await desk.press("Undo");
    await phone.shows("Made offline");
    await desk.open("Made offline");
    assert.equal(await desk.content(), "On the train");
  });

  it("lie on the server as ciphertext, which a panel shows beside them", BOUND, async () => {
    const { page } = desk;
    await desk.open("Groceries");
    await desk.press("What the server holds");
    const held = page.getByTestId("held-note");
    await held.waitFor();
    const text = await held.innerText();
    assert.match(text, /Here\s+Groceries\s+Server\s+[A-Za-z0-9+/=]{20,}/u);
    assert.match(text, /Here\s+Butter, from the desk\s+Server\s+[A-Za-z0-9+/=]{20,}/u);
    assert.match(text, /starred\s+true/u);
    assert.match(text, /title\s+\[ENCRYPTED\]/u);
    assert.deepEqual(await findings(page), []);
    await desk.press("Close the server panel");
    for (const wire of wires) {
      const bytes = await wire.bytes();
      assert.ok(bytes.includes("encryptedContent"), "the wire was listened to");
      for (const secret of [PASSWORD, "Groceries", "Butter", "On the train"]) assert.equal(bytes.includes(secret), false, `${secret} went over the wire`);
    }
  });

  it("say what the server refuses, and leave the decision to the person", BOUND, async () => {
    const { page } = desk;
    await desk.goOffline(true);
    await desk.write("One too many", "The plan is full");
    await desk.fault({ fullAt: 0 });
    await desk.goOffline(false);
    await page.getByRole("region", { name: "Refused by the server" }).getByText("New note “One too many”").waitFor();
    await desk.showsNoLonger("One too many");
    assert.deepEqual(await findings(page), []);
    await desk.fault({});
    await desk.press("Retry: New note “One too many”");
    await phone.shows("One too many");
    await phone.open("One too many");
    await eventually("its content", () => phone.content(), { until: is("The plan is full"), bound: UNTIL_READ_MS });
    await desk.isSettled();
  });

  it("can be worked by everybody, as far as axe-core sees, in light and dark, wide and narrow", BOUND, async () => {
    const { page } = desk;
    await desk.open("Groceries");
    assert.deepEqual(await findings(page), []);
    for (const button of ["Second device", "About the password", "New folder"]) {
      await desk.press(button);
      assert.deepEqual(await findings(page), [], button);
      await page.keyboard.press("Escape");
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole("button", { name: "Back to the list" }).waitFor();
    assert.deepEqual(await findings(page), [], "a note, where it is narrow");
    await desk.press("Back to the list");
    await desk.shows("Groceries");
    assert.deepEqual(await findings(page), [], "the list, where it is narrow");
    await desk.press("Folders and account");
    assert.deepEqual(await findings(page), [], "folders and account, where it is narrow");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, "nothing sticks out");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("stay open while one looks at the bookmarks, and ask again once they are locked", BOUND, async () => {
    const { page } = desk;
    await page.getByRole("link", { name: "Bookmarks" }).click();
    await page.getByRole("button", { name: "Add bookmark" }).waitFor();
    await page.getByRole("link", { name: "Notes" }).click();
    await desk.shows("Groceries");
    await desk.press("Lock the notes");
    await page.getByLabel("Master password").waitFor();
  });

  it("leave nothing in the console but what the browser says of the refused note itself", () => {
    const expected = "Failed to load resource: the server responded with a status of 402 (Payment Required)";
    const notSignedIn = "Failed to load resource: the server responded with a status of 401 (Unauthorized)";
    assert.deepEqual([...desk.problems, ...phone.problems].filter((problem) => ![expected, notSignedIn].includes(problem)), []);
  });

  it("are wiped when the account leaves the device", BOUND, async () => {
    const { page } = phone;
    const databases = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.includes("typelets")));
    assert.equal((await databases()).length, 1);
    await page.getByRole("link", { name: "Bookmarks" }).click();
    await phone.press("Sign out of this device");
    await page.getByRole("dialog").getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Create an account" }).waitFor();
    assert.deepEqual(await databases(), []);
    // The bookmarks' database stays, sealed, and with it the mark by which it would be missed.
    assert.match(await page.evaluate(() => Object.keys(localStorage).join()), /^had:sealwire\/bitmarks\/[^,]+$/);
  });
});
