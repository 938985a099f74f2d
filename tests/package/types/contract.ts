/** `types.d.ts` is written by hand: what is implemented must fit it, and export nothing besides. */

import * as implemented from "../../../pkg-template/src/index.ts";

type Declared = typeof import("../../../pkg-template/src/types.d.ts");
type Implemented = typeof implemented;

// Apps catch `SyncError` and never make one, so of that class the instances count.
implemented satisfies Omit<Declared, "SyncError">;
null! as InstanceType<Implemented["SyncError"]> satisfies InstanceType<Declared["SyncError"]>;

null! as Exclude<keyof Implemented, keyof Declared> satisfies never;
