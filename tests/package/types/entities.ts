/** A manager of an app's own entities, as the app meets its types. What must not compile is marked. */

import { bitmarks, RealtimeSyncManager, type Change, type EntityMap, type Rejected } from "sealwire";

interface Bookmark { title: string; url: string }
interface Group { name: string; members: string[] }

const sync = await RealtimeSyncManager.open<{ bookmark: Bookmark; group: Group }>(bitmarks({ url: "wss://example.org/", userId: "user_1", key: new Uint8Array(32) }));

await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust", url: "https://rust-lang.org" });
await sync.pushChange("group", "gr_1", "update", { name: "Languages", members: ["bm_1"] });
// @ts-expect-error: a group's fields are not a bookmark's
await sync.pushChange("bookmark", "bm_1", "create", { name: "Languages", members: [] });
// @ts-expect-error: a field that no bookmark has
await sync.pushChange("bookmark", "bm_1", "create", { title: "Rust", url: "https://rust-lang.org", colour: "red" });
// @ts-expect-error: no such type of entity here
await sync.pushChange("history", "hi_1", "delete");
// @ts-expect-error: no such operation
await sync.pushChange("group", "gr_1", "upsert", { name: "Languages", members: [] });

// The type of the entity tells which data there is.
sync.on("change", (change) => {
  change.entityType satisfies "bookmark" | "group";
  if (change.entityType === "bookmark") {
    change satisfies Change<Bookmark>;
    change.data?.url satisfies string | undefined;
    change.entity?.url satisfies string | undefined;
    // @ts-expect-error: that is a group's
    change.data?.members;
  } else {
    change satisfies Change<Group>;
    change.data?.members satisfies string[] | undefined;
    // @ts-expect-error: that is a bookmark's
    change.data?.url;
  }
  // @ts-expect-error: a delete has no data
  change.data.toString();
  // @ts-expect-error: no such type of entity here
  if (change.entityType === "history") return;
});
sync.on("change", ({ entityType, data }) => {
  switch (entityType) {
    case "bookmark":
      return data?.title satisfies string | undefined;
    case "group":
      return data?.members satisfies string[] | undefined;
    default:
      return entityType satisfies never;
  }
});
sync.on("rejected", (rejected) => rejected satisfies Rejected);

(await sync.get("group", "gr_1"))?.data.members satisfies string[] | undefined;
(await sync.list("bookmark")).map(({ data }) => data.url) satisfies string[];
// @ts-expect-error: no such type of entity here
await sync.list("history");
// @ts-expect-error: that is a bookmark's
(await sync.get("group", "gr_1"))?.data.url;
(await sync.changesSince(0)).entities.map(({ data }) => data satisfies Bookmark | Group);

// Without types of its own: those of BitMarks, whose data is the app's word.
const plain = new RealtimeSyncManager("user_1", "device_1", new Uint8Array(32));
plain.on("change", ({ entityType, data }) => [entityType satisfies "bookmark" | "history" | "group", data satisfies unknown]);
// @ts-expect-error: no such type of entity
await plain.get("todo", "todo_1");
null! as { bookmark: Bookmark } satisfies EntityMap;
