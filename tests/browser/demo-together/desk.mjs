// The page with two devices side by side, as its user works it. Names and test ids are those of www-demo/app/src/test-hooks.ts.

import { eventually, is } from "../poll.mjs";

export class Desk {
  constructor({ page }) {
    this.page = page;
    [this.a, this.b] = ["a", "b"].map((device) => new Device(page, device));
    this.wire = page.getByTestId("wire");
  }

  async open(origin, place) {
    await this.page.goto(`${origin}/#side-by-side${place ? `=${place}` : ""}`);
    await this.page.getByRole("heading", { name: "On the wire" }).waitFor();
  }

  show(place) {
    return this.page.getByRole("link", { name: place, exact: true }).click();
  }

  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  /** How many of the timeline's entries have met this fate on a device. */
  met(device, fate) {
    return this.wire.locator(`[data-testid="wire-entry"][data-device="${device.name}"][data-fate="${fate}"]`).count();
  }

  /** All of the timeline, unfolded. */
  async wireText() {
    await this.press("Pause");
    const entries = this.page.getByTestId("wire-entry");
    await entries.locator("details:not([open])").evaluateAll((all) => all.forEach((details) => (details.open = true)));
    await eventually("an unfolded timeline", () => entries.locator("details:not([open])").count(), { until: is(0) });
    const text = await this.wire.innerText();
    await this.press("Pause");
    return text;
  }
}

export class Device {
  constructor(page, name) {
    this.page = page;
    this.name = name;
    this.frame = page.frameLocator(`iframe[title="Device ${name.toUpperCase()}"]`);
  }

  press(name) {
    return this.frame.getByRole("button", { name, exact: true }).click();
  }

  async turn(name, on) {
    const region = this.page.getByRole("region", { name: `Device ${this.name.toUpperCase()}` });
    await region.getByRole("switch", { name, exact: true }).setChecked(on);
  }

  /** In the page in view: that of the bookmarks stays behind it. */
  seen(testId) {
    return this.frame.getByTestId(testId).locator("visible=true");
  }

  isLive() {
    return eventually(`device ${this.name} live`, () => this.seen("status").getAttribute("data-state"), { until: is("live") });
  }

  row(kind, title) {
    return this.seen(`${kind}-row`).filter({ hasText: title });
  }

  has(kind, title, mark = "confirmed") {
    return eventually(`“${title}” ${mark} on device ${this.name}`, () => this.row(kind, title).getAttribute("data-mark"), { until: is(mark), bound: 60_000 });
  }

  async addBookmark(title) {
    await this.press("Add bookmark");
    await this.frame.getByLabel("Address", { exact: true }).fill("https://example.org/");
    await this.frame.getByLabel("Title", { exact: true }).fill(title);
    await this.press("Save");
    await this.row("bookmark", title).waitFor();
  }

  async addTodo(title) {
    await this.frame.getByLabel("New todo", { exact: true }).fill(title);
    await this.press("Add");
    await this.row("todo", title).waitFor();
  }

  async diagnostics() {
    return JSON.parse(await this.page.locator(`[data-testid="diagnostics"][data-device="${this.name}"]`).textContent());
  }
}
