/** The demo's todos between two real browsers and the real worker. One story: each step goes on where the one before has ended. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startServer } from "../worker/server.mjs";
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

describe("the demo's todos", () => {
  let server, ada, bob, profiles;

  before(async () => {
    server = await startServer();
    profiles = await Promise.all([openProfile(), openProfile()]);
    [ada, bob] = profiles.map((profile) => new Todos(profile));
  });
  after(() => Promise.all([server?.stop(), ...(profiles ?? []).map((profile) => profile.remove())]));

  it("are shared by a link", BOUND, async () => {
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

  it("leave nothing in the console", () => {
    assert.deepEqual([...ada.problems, ...bob.problems], []);
  });
});
