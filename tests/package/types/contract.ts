/** `types.d.ts`, `keys.d.ts`, `glint.d.ts`, `typelets.d.ts`, `react.d.ts` and `react-status.d.ts` are written by hand: what is implemented must fit them, and export nothing besides. */

import * as implemented from "../../../pkg-template/src/index.ts";
import * as implementedGlint from "../../../pkg-template/src/glint/index.ts";
import * as implementedKeys from "../../../pkg-template/src/keys/index.ts";
import * as implementedComponents from "../../../pkg-template/src/react/components.ts";
import * as implementedHooks from "../../../pkg-template/src/react/index.ts";
import * as implementedTypelets from "../../../pkg-template/src/typelets/index.ts";

type Declared = typeof import("../../../pkg-template/src/types.d.ts");
type Implemented = typeof implemented;

// Apps catch `SyncError` and never make one, so of that class the instances count.
implemented satisfies Omit<Declared, "SyncError">;
null! as InstanceType<Implemented["SyncError"]> satisfies InstanceType<Declared["SyncError"]>;

null! as Exclude<keyof Implemented, keyof Declared> satisfies never;

type DeclaredKeys = typeof import("../../../pkg-template/src/keys.d.ts");

implementedKeys satisfies Omit<DeclaredKeys, "SyncError">;
null! as Exclude<keyof typeof implementedKeys, keyof DeclaredKeys> satisfies never;

type DeclaredGlint = typeof import("../../../pkg-template/src/glint.d.ts");

// Nor do apps make a manager: its constructor is private, so of that class the instances and `open` count.
implementedGlint satisfies Omit<DeclaredGlint, "SyncError" | "RealtimeSyncManager">;
null! as implementedGlint.RealtimeSyncManager satisfies Omit<import("../../../pkg-template/src/glint.d.ts").RealtimeSyncManager, never>;
implementedGlint.RealtimeSyncManager.open satisfies (...options: Parameters<DeclaredGlint["RealtimeSyncManager"]["open"]>) => Promise<unknown>;
null! as Exclude<keyof typeof implementedGlint, keyof DeclaredGlint> satisfies never;

type DeclaredTypelets = typeof import("../../../pkg-template/src/typelets.d.ts");

implementedTypelets satisfies Omit<DeclaredTypelets, "SyncError" | "RealtimeSyncManager">;
null! as implementedTypelets.RealtimeSyncManager satisfies Omit<import("../../../pkg-template/src/typelets.d.ts").RealtimeSyncManager, never>;
implementedTypelets.RealtimeSyncManager.open satisfies (...options: Parameters<DeclaredTypelets["RealtimeSyncManager"]["open"]>) => Promise<unknown>;
null! as Exclude<keyof typeof implementedTypelets, keyof DeclaredTypelets> satisfies never;

type DeclaredHooks = typeof import("../../../pkg-template/src/react.d.ts");

implementedHooks satisfies DeclaredHooks;
null! as Exclude<keyof typeof implementedHooks, keyof DeclaredHooks> satisfies never;

type DeclaredComponents = typeof import("../../../pkg-template/src/react-status.d.ts");

implementedComponents satisfies DeclaredComponents;
null! as Exclude<keyof typeof implementedComponents, keyof DeclaredComponents> satisfies never;
