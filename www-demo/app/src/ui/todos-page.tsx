import { useState } from "react";
import { troubleText } from "../notices";
import { TEST_ID } from "../test-hooks";
import { tally } from "../todos/order";
import { showSet } from "../todos/session";
import { Dialog } from "./dialog";
import { HoodPanel } from "./hood/hood-panel";
import { useNarrow, useShownManager } from "./hooks";
import { Icon, Seal } from "./icons";
import { NavItem } from "./nav-item";
import { NoticeStack } from "./notice-stack";
import { PanelButtons, type Panel } from "./panel-buttons";
import { PlaceNav } from "./place-nav";
import { RefusedList } from "./refused-list";
import { StatusLine } from "./status-line";
import { NewSetDialog, ShareDialog } from "./todo-dialogs";
import { useTodos, useTodoSession } from "./todo-hooks";
import { TodoTextForm } from "./todo-text-form";
import { TodoTree } from "./todo-tree";

/** A team's todos, one set at a time, with everything around them. */
export function TodosPage() {
  const session = useTodoSession();
  const { manager, notices, profile, store } = session;
  const [todos, sets, setId, status] = [useTodos("todos"), useTodos("sets"), useTodos("setId"), useTodos("status")];
  const narrow = useNarrow();
  const [open, setOpen] = useState<"share" | "set" | "menu" | null>(null);
  const [panel, setPanel] = useState<Panel>(null);
  useShownManager(manager);
  const { all, done } = tally(todos);
  const name = sets.find(({ id }) => id === setId)?.name ?? "Todos";

  const close = () => setOpen(null);
  const report = (cause: unknown) => notices.trouble(troubleText(cause));

  function show(set: string) {
    close();
    showSet(session, set).catch(report);
  }

  function add(title: string) {
    return store.create({ title }).then(
      () => true,
      (cause) => (report(cause), false),
    );
  }

  const sidebar = (
    <div className="sidebar-content">
      <PlaceNav current="todos" />
      <nav aria-label="Sets">
        <h2 className="nav-heading">Sets</h2>
        <ul>
          {sets.map(({ id, name }) => (
            <li key={id}>
              <NavItem icon="check" name={name || "Set without name"} current={id === setId} onClick={() => show(id)} />
            </li>
          ))}
          <li>
            <NavItem icon="add" name="New set" onClick={() => setOpen("set")} />
          </li>
        </ul>
      </nav>
      <p className="account-actions quiet">
        You are here as <bdi>{profile.name}</bdi>.
      </p>
    </div>
  );

  return (
    <div className="page" data-panel={panel !== null}>
      <header className="header todos-header">
        {narrow ? (
          <button type="button" className="icon-button" aria-label="Lists and sets" onClick={() => setOpen("menu")}>
            <Icon name="menu" />
          </button>
        ) : (
          <p className="brand">
            <Seal /> Sealwire
          </p>
        )}
        <p className="todos-where">
          <bdi>{name}</bdi>
        </p>
        <div className="header-actions">
          <PanelButtons panel={panel} onPanel={setPanel} />
          <button type="button" className="button server-button" onClick={() => setOpen("share")}>
            <Icon name="share" /> Share
          </button>
        </div>
      </header>
      {!narrow && <aside className="sidebar">{sidebar}</aside>}
      <main className="content">
        <div className="main">
          <StatusLine status={status} onReconnect={() => manager.reconnect()} />
          <RefusedList />
          <section className="library" aria-labelledby="todos-title">
            <header className="library-header">
              <h1 id="todos-title" tabIndex={-1}>
                <bdi>{name}</bdi>
              </h1>
              <data className="row-count" value={all} data-testid={TEST_ID.todoCount}>
                {done} of {all} done
              </data>
            </header>
            <TodoTextForm label="New todo" button="Add" placeholder="Add a todo" onText={add} />
            {todos.length > 0 ? (
              <TodoTree todos={todos} label={name} />
            ) : (
              <div className="empty">
                <p className="empty-title">Nothing to do yet</p>
                <p>Add the first todo, or share the list and see who does.</p>
              </div>
            )}
            <p className="quiet todos-unsealed">
              Todos are not sealed, unlike bookmarks and notes: the server puts them in order and checks them, and for that it reads them.
            </p>
          </section>
        </div>
        {panel === "hood" && <HoodPanel manager={manager} onClose={() => setPanel(null)} />}
      </main>
      <NoticeStack notices={notices} />

      {open === "share" && <ShareDialog onClose={close} />}
      {open === "set" && <NewSetDialog onClose={close} />}
      {open === "menu" && (
        <Dialog title="Lists and sets" onClose={close}>
          {sidebar}
        </Dialog>
      )}
    </div>
  );
}
