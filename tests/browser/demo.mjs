// The demo as its user works it. Names and test ids are those of www-demo/app/src/test-hooks.ts.

import { fileURLToPath } from "node:url";
import { eventually, is } from "./poll.mjs";

export const SAMPLE = fileURLToPath(new URL("../../www-demo/bookmarks/bookmarks-2000.html", import.meta.url));

export class Demo {
  constructor(page) {
    this.page = page;
  }

  static async createAccount(page, origin) {
    const demo = new Demo(page);
    await page.goto(origin);
    await demo.press("Create an account");
    await demo.isLive();
    const words = await page.getByTestId("recovery-code").getByRole("listitem").allInnerTexts();
    demo.recoveryCode = words.join(" ");
    await demo.press("I have written it down");
    return demo;
  }

  static async join(page, { link, code }) {
    const demo = new Demo(page);
    await page.goto(link);
    await demo.typeCode(code);
    await demo.isLive();
    return demo;
  }

  async typeCode(code) {
    await this.page.getByLabel("One-time code").fill(code);
    await this.press("Join");
  }

  /** A new link for a second device, and the code that opens it. */
  async deviceLink() {
    await this.press("Second device");
    const field = this.page.getByTestId("device-link");
    const link = await eventually("the link for a second device", () => field.inputValue(), { until: (value) => value !== "" });
    const code = await this.page.getByTestId("device-code").innerText();
    await this.page.getByRole("img", { name: "QR picture of the link" }).waitFor();
    await this.closeDialog();
    return { link, code };
  }

  /** What the page keeps of the account in localStorage. */
  account() {
    return this.page.evaluate(() => JSON.parse(localStorage.getItem("sealwire-demo.account")));
  }

  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  state() {
    return this.page.getByTestId("status").getAttribute("data-state");
  }

  isLive() {
    return eventually("a live connection", () => this.state(), { until: is("live") });
  }

  async pending() {
    return Number(await this.page.getByTestId("pending-count").getAttribute("value"));
  }

  async rowCount() {
    return Number(await this.page.getByTestId("row-count").getAttribute("value"));
  }

  hasRows(count) {
    return eventually(`${count} bookmarks`, () => this.rowCount(), { until: is(count) });
  }

  /** Live, and nothing waits. */
  async isSettled() {
    await this.isLive();
    await eventually("the end of all waiting", () => this.pending(), { until: is(0), bound: 60_000 });
  }

  /** Goes back to the list of all bookmarks. */
  showAll() {
    return this.page.getByRole("navigation", { name: "Folders" }).getByRole("button", { name: /^All bookmarks/ }).click();
  }

  row(title) {
    return this.page.getByTestId("bookmark-row").filter({ hasText: title });
  }

  shows(title) {
    return this.row(title).waitFor({ timeout: 30_000 });
  }

  showsNoLonger(title) {
    return this.row(title).waitFor({ state: "detached", timeout: 30_000 });
  }

  async addBookmark(title, url) {
    await this.press("Add bookmark");
    await this.page.getByLabel("Address", { exact: true }).fill(url);
    await this.page.getByLabel("Title", { exact: true }).fill(title);
    await this.press("Save");
    await this.shows(title);
  }

  async renameBookmark(title, newTitle) {
    await this.press(`Edit ${title}`);
    await this.page.getByLabel("Title", { exact: true }).fill(newTitle);
    await this.press("Save");
    await this.shows(newTitle);
  }

  async deleteBookmark(title) {
    await this.press(`Delete ${title}`);
    await this.showsNoLonger(title);
  }

  /** The names of all folders, from their rows in the navigation. */
  async folders() {
    const unfold = this.page.getByRole("navigation", { name: "Folders" }).locator('[aria-expanded="false"]');
    while ((await unfold.count()) > 0) await unfold.first().click();
    return this.page.locator(".tree .nav-name").allTextContents();
  }

  async setOffline(offline) {
    const aSwitch = this.page.getByTestId("offline-switch");
    if ((await aSwitch.getAttribute("aria-checked")) !== String(offline)) await aSwitch.click();
    if (offline) await eventually("the end of the connection", () => this.state(), { until: is("idle") });
  }

  async reload() {
    await this.page.reload();
    await this.page.getByTestId("status").waitFor();
  }

  /** Opens the import dialog with a file: its path, or its name and content. Resolves to what the dialog then says. */
  async offerFile(file) {
    await this.page.getByTestId("import-button").click();
    await this.page.getByTestId("import-file").setInputFiles(file);
    const dialog = this.page.getByRole("dialog");
    const answer = dialog.getByTestId("import-summary").or(dialog.getByRole("alert"));
    return answer.innerText();
  }

  async closeDialog() {
    await this.page.keyboard.press("Escape");
    await this.page.getByRole("dialog").waitFor({ state: "detached" });
  }

  async importSample() {
    await this.offerFile(SAMPLE);
    await this.press("Import 2,000 bookmarks");
    await this.page.getByRole("button", { name: "Done" }).click({ timeout: 60_000 });
  }

  /** Opens the panel "What the server holds" and waits until it has read at least `count` rows. */
  async serverPanel(count) {
    await this.press("What the server holds");
    const panel = this.page.getByTestId("server-panel");
    const read = async () => Number((await panel.locator(".panel-sum strong").innerText()).replace(/\D/g, ""));
    await eventually("the rows of the server panel", read, { until: (rows) => rows >= count });
    return panel;
  }
}
