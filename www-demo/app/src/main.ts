import { takeJoinFragment } from "./join-fragment";

// A join link carries the account's key: it leaves the address bar before any other code is fetched.
const fragment = takeJoinFragment();

void import("./start").then(({ start }) => start(fragment));
