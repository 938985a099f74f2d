// The demo's notes as their user works them. Names and test ids are those of www-demo/app/src/test-hooks.ts.

import { eventually, is } from "../poll.mjs";

/** News of a note that this device has not joined yet comes with the next reading of all. */
export const UNTIL_READ_MS = 100_000;

export class Notes {
  constructor({ page, problems }) {
    this.page = page;
    this.problems = problems;
  }

  /** Types the master password, and once more where it is a new one. */
  async type(password, repeated) {
    await this.page.getByLabel("Master password").fill(password);
    if (repeated !== undefined) await this.page.getByLabel("Once more").fill(repeated);
    await this.press("Open the notes");
  }

  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Of the page in view: that of the bookmarks stays behind it. */
  seen(testId) {
    return this.page.getByTestId(testId).locator("visible=true");
  }

  isLive() {
    return eventually("a live connection", () => this.seen("status").getAttribute("data-state"), { until: is("live") });
  }

  /** Live, and nothing waits: neither for the server nor to be stored. */
  async isSettled() {
    await this.isLive();
    await eventually("all that was typed is stored", () => this.page.getByText("Writing…").count(), { until: is(0) });
    await eventually("the end of all waiting", () => this.seen("pending-count").getAttribute("value"), { until: is("0") });
  }

  async write(title, content) {
    await this.press("New note");
    await this.page.getByRole("region", { name: "Note: Empty note" }).waitFor();
    await this.page.getByLabel("Title", { exact: true }).fill(title);
    await this.fill(content);
    await this.shows(title);
  }

  fill(content) {
    return this.page.getByLabel("Content", { exact: true }).fill(content);
  }

  content() {
    return this.page.getByLabel("Content", { exact: true }).inputValue();
  }

  row(title) {
    return this.page.getByTestId("note-row").filter({ hasText: title });
  }

  shows(title) {
    return this.row(title).waitFor({ timeout: UNTIL_READ_MS });
  }

  showsNoLonger(title) {
    return this.row(title).waitFor({ state: "detached" });
  }

  async open(title) {
    await this.row(title).getByRole("button", { name: title }).click();
    await this.page.getByRole("region", { name: `Note: ${title}` }).waitFor();
  }

  /** Chooses a folder, or one of the other views. */
  show(name) {
    return this.page.getByRole("navigation", { name: "Folders" }).getByRole("button", { name: new RegExp(`^${name}`) }).click();
  }

  names() {
    return this.page.getByTestId("note-row").getByRole("button").allInnerTexts();
  }

  async count() {
    return Number(await this.page.getByTestId("note-count").getAttribute("value"));
  }

  goOffline(wanted) {
    return this.seen("offline-switch").setChecked(wanted, { force: true });
  }

  /** Tells the server of this account's notes to misbehave. */
  async fault(faults) {
    await this.page.evaluate(async (faults) => {
      const { token, api } = await (await fetch("/typelets/demo/token", { method: "POST" })).json();
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const { ok } = await fetch(`${api}/faults`, { method: "POST", headers, body: JSON.stringify(faults) });
      if (!ok) throw new Error("the server took no faults");
    }, faults);
  }
}
