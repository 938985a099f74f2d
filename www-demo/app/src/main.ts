import { standApart } from "./device";
import { takeJoinFragment } from "./join-fragment";
import { watchWire } from "./wire/watch";

// A join link carries the account's key: it leaves the address bar before any other code is fetched.
const fragment = takeJoinFragment();

// Before the SDK is there, so that it finds the device's own storage and the watched network.
standApart();
watchWire();

void import("./start").then(({ start }) => start(fragment));
