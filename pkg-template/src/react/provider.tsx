/** Which manager the components below have, and its life where the provider opens it. */

import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { AnyManager, SyncProviderProps } from "../react.d.ts";
import type { ErrorCode } from "../types.d.ts";

interface Held {
  sync: AnyManager | null;
  /** Why it could not be opened. */
  failure: ErrorCode | null;
}

const NONE: Held = { sync: null, failure: null };

const Context = createContext(NONE);

export function SyncProvider({ sync, open, account, connect = true, children }: SyncProviderProps): ReactNode {
  const opened = useOpened(open, account ?? "", connect);
  const given = useMemo(() => ({ ...NONE, sync: sync ?? null }), [sync]);
  return <Context.Provider value={sync === undefined ? opened : given}>{children}</Context.Provider>;
}

export const useHeld = () => useContext(Context);

/** An opening that is under way or done. */
interface Opening {
  account: string;
  isOver: boolean;
  end(): void;
  /** Of its end, which is put off for a moment: StrictMode, and React's fast refresh, take a component away and put it back. */
  timer?: ReturnType<typeof setTimeout>;
}

/** Opens one manager for each `account` while there is an `open`, and closes it when that changes or the component goes. */
export function useOpened<M extends AnyManager>(open: (() => Promise<M>) | null | undefined, account: string, connect: boolean): { sync: M | null; failure: ErrorCode | null } {
  const [held, setHeld] = useState<{ sync: M | null; failure: ErrorCode | null }>(NONE as never);
  const opening = useRef<Opening | null>(null);
  const latest = useRef(open);
  latest.current = open;
  const isWanted = Boolean(open);

  useEffect(() => {
    if (!isWanted) return;
    let own = opening.current;
    if (own?.account === account && !own.isOver) clearTimeout(own.timer);
    else own = opening.current = begin(latest.current as () => Promise<M>, account, connect, setHeld);
    return () => void (own.timer = setTimeout(() => own.end()));
  }, [account, isWanted, connect]);

  return held;
}

function begin<M extends AnyManager>(open: () => Promise<M>, account: string, connect: boolean, show: (held: { sync: M | null; failure: ErrorCode | null }) => void): Opening {
  let opened: M | undefined;
  const own: Opening = {
    account,
    isOver: false,
    end() {
      own.isOver = true;
      opened?.close();
      if (opened) show(NONE as never);
    },
  };
  open().then(
    (sync) => {
      opened = sync;
      if (own.isOver) return sync.close();
      if (connect) sync.connect();
      show({ sync, failure: null });
    },
    (error) => own.isOver || show({ sync: null, failure: error.code }),
  );
  return own;
}
