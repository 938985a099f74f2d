/** The demo's todos between two real browsers and the real worker. One story: each step goes on where the one before has ended. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startServer } from "../worker/server.mjs";
import { findings } from "./accessible.mjs";
import { eventually, is } from "./poll.mjs";
import { openProfile } from "./profile.mjs";

const BOUND = { timeout: 60_000 };

/** The todo page as its user works it. Names and test ids are those of www-demo/app/src/test-hooks.ts. */
class Todos {
  constructor({ page, problems }) {
    this.page = page;
    this.problems = problems;
  }

  async enter(address, name, button) {
    await this.page.goto(address);
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: button, exact: true }).click();
    await eventually("a live connection", () => this.page.getByTestId("status").getAttribute("data-state"), is("live"));
  }

  /** Comes to a list that this browser is no member of; the name is known. */
  async arrive(address) {
    await this.page.goto(address);
    await this.page.reload();
    await this.page.getByRole("button", { name: "Join the list", exact: true }).waitFor();
  }

  async add(title) {
    await this.page.getByLabel("New todo", { exact: true }).fill(title);
    await this.page.getByRole("button", { name: "Add", exact: true }).click();
    await this.shows(title);
  }

  async addBelow(parent, title) {
    await this.press(`Add below: ${parent}`);
    await this.page.getByLabel(`Todo below ${parent}`).fill(title);
    await this.page.getByLabel(`Todo below ${parent}`).press("Enter");
    await this.shows(title);
    await this.page.getByLabel(`Todo below ${parent}`).press("Escape");
  }

  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  row(title) {
    return this.page.getByTestId("todo-row").filter({ hasText: title });
  }

  shows(title) {
    return this.row(title).waitFor();
  }

  titles() {
    return this.page.locator(".todo-title").allInnerTexts();
  }

  goOffline(wanted) {
    return this.page.getByTestId("offline-switch").setChecked(wanted, { force: true });
  }
}

/** Of the account that a page keeps there the server knows nothing any more, nor of its session. */
async function damage(page, name) {
  await page.evaluate((name) => {
    const kept = JSON.parse(localStorage.getItem(name));
    localStorage.setItem(name, JSON.stringify({ ...kept, secret: kept.secret.replaceAll(/./g, "A") }));
  }, name);
  await page.context().clearCookies();
}

describe("the demo's todos", () => {
  let server, ada, bob, profiles;

  before(async () => {
    server = await startServer();
    profiles = await Promise.all([openProfile(), openProfile()]);
    [ada, bob] = profiles.map((profile) => new Todos(profile));
  });
  after(() => Promise.all([server?.stop(), ...(profiles ?? []).map((profile) => profile.remove())]));

  it("are shared by a link", BOUND, async () => {
    await ada.page.goto(`${server.origin}/#todos`);
    await ada.page.getByRole("button", { name: "New list", exact: true }).click();
    await ada.page.getByRole("alert").waitFor();
    assert.deepEqual(await findings(ada.page), []);
    await ada.enter(`${server.origin}/#todos`, "Ada", "New list");
    await ada.add("Milk");
    await ada.addBelow("Milk", "Oat");
    await bob.enter(ada.page.url(), "Bob", "Join the list");
    await bob.shows("Oat");
    assert.deepEqual(await bob.titles(), ["Milk", "Oat"]);
  });

  it("arrive live, are ticked, moved and claimed", BOUND, async () => {
    await bob.add("Bread");
    await ada.shows("Bread");
    await ada.row("Milk").getByRole("checkbox").click(); // It is ticked when that is stored.
    await eventually("the tick on the other side", () => bob.row("Milk").getByRole("checkbox").isChecked());
    await bob.press("Move up: Bread");
    await eventually("the order", async () => (await ada.titles()).join(), is("Bread,Milk,Oat"));
    await bob.press("Assign to me: Bread");
    await ada.row("Bread").getByText("Bob").waitFor();
  });

  it("are made offline, outlive a reload, and arrive", BOUND, async () => {
    await ada.goOffline(true);
    await ada.add("Cheese");
    await ada.page.reload();
    await ada.shows("Cheese");
    assert.equal(await bob.row("Cheese").count(), 0);
    await ada.goOffline(false);
    await bob.shows("Cheese");
    await eventually("nothing waits", () => ada.row("Cheese").getAttribute("data-pending"), is("false"));
    assert.equal(await bob.row("Cheese").count(), 1);
  });

  it("keep the title of one that the server refuses to make, until that is decided", BOUND, async () => {
    await ada.page.getByLabel("New todo", { exact: true }).fill("Cheese");
    await ada.press("Add");
    const refused = ada.page.getByRole("region", { name: "Refused by the server" });
    await refused.getByText("New todo “Cheese”").waitFor();
    await ada.page.reload();
    await ada.shows("Cheese");
    await refused.getByText("New todo “Cheese”").waitFor();
    assert.deepEqual(await findings(ada.page), []);
    await ada.press("Discard: New todo “Cheese”");
    await refused.waitFor({ state: "detached" });
    await eventually("nothing is kept of it", () => ada.page.evaluate(() => Object.values(localStorage).join().includes("Cheese")), { until: is(false) });
  });

  it("can be worked by everybody, as far as axe-core sees, in light and dark", BOUND, async () => {
    const { page } = ada;
    await ada.goOffline(true);
    await ada.add("Made offline");
    await ada.row("Milk").getByText("Milk").waitFor();
    assert.deepEqual(await findings(page), []);
    await ada.goOffline(false);
    await eventually("nothing waits", () => ada.row("Made offline").getAttribute("data-pending"), is("false"));
    const steps = {
      "Add below: Bread": "Escape",
      "Rename: Bread": "Escape",
      Share: "Escape",
      "New set": "Escape",
      "Delete: Milk": "Escape",
    };
    for (const [button, leave] of Object.entries(steps)) {
      await ada.press(button);
      assert.deepEqual(await findings(page), [], button);
      await page.keyboard.press(leave);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await ada.press("What to do with Bread");
    assert.deepEqual(await findings(page), [], "what to do with a todo, where it is narrow");
    await page.keyboard.press("Escape");
    await ada.press("Lists and sets");
    assert.deepEqual(await findings(page), [], "lists and sets, where it is narrow");
    await page.keyboard.press("Escape");
    assert.deepEqual(await findings(page), [], "where it is narrow");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("leave nothing in the console", () => {
    // The browser says itself that a request was refused.
    assert.deepEqual([...ada.problems, ...bob.problems], ["Failed to load resource: the server responded with a status of 409 (Conflict)"]);
  });

  it("say that the server does not know the account any more, before one joins as somebody else", BOUND, async () => {
    const { page } = bob;
    const team = (name) => name.padEnd(22, "x");
    await damage(page, "sealwire-demo.todos");
    await bob.arrive(`${server.origin}/#todos=${team("another-list")}`);
    await bob.press("Join the list");
    await page.getByRole("alert").getByText("The server does not know you any more").waitFor();
    assert.deepEqual(await findings(page), []);
    const before = await page.evaluate(() => JSON.parse(localStorage.getItem("sealwire-demo.todos")).userId);
    await bob.press("Join the list");
    await eventually("a live connection", () => page.getByTestId("status").getAttribute("data-state"), is("live"));
    assert.notEqual(await page.evaluate(() => JSON.parse(localStorage.getItem("sealwire-demo.todos")).userId), before);

    // With an account for bookmarks nobody else may come: bookmarks and todos are of one user.
    await page.goto(`${server.origin}/#bookmarks`);
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByRole("button", { name: "I have written it down" }).click();
    await damage(page, "sealwire-demo.account");
    await bob.arrive(`${server.origin}/#todos=${team("a-third-list")}`);
    for (let attempt = 0; attempt < 2; attempt++) {
      await bob.press("Join the list");
      await page.getByRole("alert").getByText("The server does not know the account of your bookmarks any more").waitFor();
    }
  });
});
