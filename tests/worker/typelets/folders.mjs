import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANY_ID, Writer } from "./client.mjs";

export function typeletsFolders(server) {
  describe("typelets: folders", () => {
    it("makes, changes and lists them, each behind its siblings", async () => {
      const ada = await Writer.join(server);
      const work = await ada.makeFolder("Work");
      const { id, createdAt, updatedAt, ...row } = work;
      assert.deepEqual(row, { name: "Work", color: "#6b7280", parentId: null, sortOrder: 0, noteCount: 0, isDefault: false, userId: ada.id });
      assert.equal(updatedAt, createdAt);
      const home = await ada.makeFolder("Home", { color: "#10B981" });
      const child = await ada.makeFolder("Child", { parentId: work.id });
      assert.deepEqual([home.sortOrder, child.sortOrder, child.parentId, home.color], [1, 0, work.id, "#10B981"]);

      const renamed = await ada.expect(200, "PUT", `/folders/${id}`, { name: "Play", id: ANY_ID });
      assert.deepEqual({ ...renamed, updatedAt }, { ...work, name: "Play" });
      const { folders, pagination } = await ada.expect(200, "GET", "/folders");
      assert.deepEqual(folders.map(({ name }) => name).sort(), ["Child", "Home", "Play"]);
      assert.deepEqual(pagination, { page: 1, limit: 20, total: 3, pages: 1 });
      assert.deepEqual(await ada.expect(200, "GET", `/folders/${id}`), renamed);
      assert.deepEqual((await ada.expect(200, "GET", "/folders?limit=1&page=3")).folders.length, 1);
    });

    it("counts the notes that lie in a folder and are neither deleted nor archived", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeFolder();
      for (const fields of [{}, { archived: true }, { hidden: true }]) await ada.makeNote({ folderId: id, ...fields });
      assert.equal((await ada.expect(200, "GET", `/folders/${id}`)).noteCount, 2);
    });

    it("removes an empty folder for good, and none that holds something", async () => {
      const ada = await Writer.join(server);
      const [full, parent] = [await ada.makeFolder(), await ada.makeFolder()];
      const child = await ada.makeFolder("Child", { parentId: parent.id });
      const note = await ada.makeNote({ folderId: full.id });
      assert.match((await ada.expect(400, "DELETE", `/folders/${full.id}`)).error, /with notes/);
      assert.match((await ada.expect(400, "DELETE", `/folders/${parent.id}`)).error, /subfolders/);

      await ada.expect(200, "DELETE", `/notes/${note.id}`);
      assert.deepEqual(await ada.expect(200, "DELETE", `/folders/${full.id}`), { message: "Folder deleted successfully" });
      assert.equal((await ada.note(note.id)).folderId, null, "what was in the trash lies nowhere now");
      await ada.expect(200, "DELETE", `/folders/${child.id}`);
      await ada.expect(200, "DELETE", `/folders/${parent.id}`);
      for (const method of ["GET", "PUT", "DELETE"]) {
        const body = method === "PUT" ? { name: "x" } : undefined;
        assert.deepEqual(await ada.expect(404, method, `/folders/${parent.id}`, body), { error: "Folder not found" });
      }
    });

    it("lets none lie within itself", async () => {
      const ada = await Writer.join(server);
      const top = await ada.makeFolder("top");
      const middle = await ada.makeFolder("middle", { parentId: top.id });
      const bottom = await ada.makeFolder("bottom", { parentId: middle.id });
      for (const parentId of [top.id, middle.id, bottom.id]) await ada.expect(400, "PUT", `/folders/${top.id}`, { parentId });
      assert.equal((await ada.expect(200, "PUT", `/folders/${bottom.id}`, { parentId: top.id })).parentId, top.id);
      assert.equal((await ada.expect(200, "PUT", `/folders/${bottom.id}`, { parentId: null })).parentId, null);
    });

    it("refuses what is no folder", async () => {
      const ada = await Writer.join(server);
      const { id } = await ada.makeFolder();
      const names = [1, "", null, "x".repeat(101), "\ud800"].map((name) => ({ name }));
      const others = [{ color: "red" }, { color: 1 }, { parentId: 1 }, { parentId: ANY_ID }].map((fields) => ({ name: "x", ...fields }));
      for (const body of [...names, ...others, [], "{", "null"]) {
        await ada.expect(400, "POST", "/folders", body);
        await ada.expect(400, "PUT", `/folders/${id}`, body);
      }
      await ada.expect(400, "POST", "/folders", {});
      assert.equal((await ada.expect(200, "GET", "/folders")).pagination.total, 1);
    });

    it("takes 200 of them", async () => {
      const ada = await Writer.join(server);
      for (let i = 0; i < 200; i++) await ada.makeFolder(`Folder ${i}`);
      assert.match((await ada.expect(400, "POST", "/folders", { name: "one more" })).error, /at most 200/);
    });
  });
}
