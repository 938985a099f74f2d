/** `types.d.ts` and `keys.d.ts` are written by hand: what is implemented must fit them, and export nothing besides. */

import * as implemented from "../../../pkg-template/src/index.ts";
import * as implementedKeys from "../../../pkg-template/src/keys/index.ts";

type Declared = typeof import("../../../pkg-template/src/types.d.ts");
type Implemented = typeof implemented;

// Apps catch `SyncError` and never make one, so of that class the instances count.
implemented satisfies Omit<Declared, "SyncError">;
null! as InstanceType<Implemented["SyncError"]> satisfies InstanceType<Declared["SyncError"]>;

null! as Exclude<keyof Implemented, keyof Declared> satisfies never;

type DeclaredKeys = typeof import("../../../pkg-template/src/keys.d.ts");

implementedKeys satisfies Omit<DeclaredKeys, "SyncError">;
null! as Exclude<keyof typeof implementedKeys, keyof DeclaredKeys> satisfies never;
