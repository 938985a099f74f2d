/** `using`, of each entry's manager. */

import { RealtimeSyncManager, type DialectOptions } from "sealwire";
import * as glint from "sealwire/glint";
import * as slim from "sealwire/slim";
import * as typelets from "sealwire/typelets";

export async function once(options: { bitmarks: DialectOptions; glint: glint.DialectOptions; typelets: typelets.DialectOptions }): Promise<number> {
  using bookmarks = await RealtimeSyncManager.open(options.bitmarks);
  using others = await slim.RealtimeSyncManager.open(options.bitmarks);
  using todos = await glint.RealtimeSyncManager.open(options.glint);
  using notes = await typelets.RealtimeSyncManager.open(options.typelets);
  return bookmarks.status.pending + others.status.pending + todos.status.pending + notes.status.pending;
}

null! as RealtimeSyncManager | glint.RealtimeSyncManager | typelets.RealtimeSyncManager satisfies Disposable;
// @ts-expect-error: nothing has to be waited for
null! as RealtimeSyncManager satisfies AsyncDisposable;
