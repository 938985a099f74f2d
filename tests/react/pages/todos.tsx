/** The todos of the set that is chosen. */

import { memo, useState } from "react";
import { createRoot } from "react-dom/client";
import type { RealtimeSyncManager, TodoNode } from "sealwire/glint";
import { useTodos, type TodosView } from "sealwire/react";

type Open = (chosen: { teamId: string; setId: string }) => Promise<RealtimeSyncManager>;

const renders: Record<string, number> = {};
let choose: (chosen: { teamId: string; setId: string | null; isSignedIn: boolean }) => void;
let view: TodosView;

const Item = memo(({ todo }: { todo: TodoNode }) => {
  renders[todo.title] = (renders[todo.title] ?? 0) + 1;
  return <li>{todo.title}<ul>{todo.children.map((child) => <Item key={child.key} todo={child} />)}</ul></li>;
});

function Todos({ open, teamId }: { open: Open; teamId: string }) {
  const [chosen, set] = useState<{ teamId: string; setId: string | null; isSignedIn: boolean }>({ teamId, setId: null, isSignedIn: true });
  choose = set;
  view = useTodos({ teamId: chosen.teamId, setId: chosen.setId, open: chosen.isSignedIn ? open : null });
  return <><output id="state">{view.status.state}</output><ul id="todos">{view.todos.map((todo) => <Item key={todo.key} todo={todo} />)}</ul></>;
}

function mount(open: Open, teamId: string) {
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  root.render(<Todos open={open} teamId={teamId} />);
  return () => root.unmount();
}

Object.assign(globalThis, { react: { mount, renders, choose: (chosen: never) => choose(chosen), view: () => view } });
