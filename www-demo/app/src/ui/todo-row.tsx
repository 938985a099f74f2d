import { useRef, useState } from "react";
import type { Todo, TodoNode } from "sealwire/glint";
import { troubleText } from "../notices";
import { TEST_ID } from "../test-hooks";
import { peopleOf, stepped } from "../todos/order";
import { Dialog } from "./dialog";
import { useNarrow } from "./hooks";
import { Icon, type IconName } from "./icons";
import { ItemMark, markOf } from "./item-mark";
import { NavItem } from "./nav-item";
import { DeleteTodoDialog } from "./todo-dialogs";
import { useReport, useTodos, useTodoSession } from "./todo-hooks";
import { TodoTextForm } from "./todo-text-form";

interface Action {
  icon: IconName;
  name: string;
  run: () => void;
  disabled?: boolean;
}

interface Props {
  todo: TodoNode;
  siblings: readonly Todo[];
  /** Its place among them. */
  index: number;
}

export function TodoRow({ todo, siblings, index }: Props) {
  const { id, title, completed, pending } = todo;
  const { manager, notices, profile, store } = useTodoSession();
  const report = useReport();
  const narrow = useNarrow();
  const row = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<"rename" | "add" | "menu" | "delete" | null>(null);
  const people = peopleOf(todo);
  const mark = markOf(pending, useTodos("refused").some(({ entityId }) => entityId === id || entityId === todo.key));
  const mine = people.some(({ userId }) => userId === profile.userId);

  const close = () => setOpen(null);
  const stored = (work: Promise<unknown>) =>
    work.then(
      () => true,
      (cause) => (notices.trouble(troubleText(cause)), false),
    );

  async function rename(text: string) {
    close();
    return text === title || stored(manager.updateTodo(id, { title: text }));
  }

  function move(step: -1 | 1) {
    const moved = stepped(siblings, index, step);
    if (moved) report(manager.reorder(moved));
  }

  function remove() {
    close();
    report(manager.deleteTodo(id));
    // The row goes, and the focus with it.
    row.current?.closest("section")?.querySelector<HTMLElement>("h1")?.focus();
  }

  const actions: Action[] = [
    mine
      ? { icon: "person", name: "Release", run: () => report(manager.claim(id, false)) }
      : { icon: "person", name: "Assign to me", run: () => report(manager.claim(id)) },
    { icon: "up", name: "Move up", run: () => move(-1), disabled: index === 0 },
    { icon: "down", name: "Move down", run: () => move(1), disabled: index === siblings.length - 1 },
    { icon: "below", name: "Add below", run: () => setOpen("add") },
    { icon: "edit", name: "Rename", run: () => setOpen("rename") },
    { icon: "trash", name: "Delete", run: todo.children.length > 0 ? () => setOpen("delete") : remove },
  ];

  return (
    <>
      <div ref={row} className="row-content todo" data-testid={TEST_ID.todoRow} data-pending={pending} data-mark={mark} data-completed={completed}>
        {open === "rename" ? (
          <TodoTextForm label={`New title of ${title}`} button="Save" initial={title} onText={rename} onCancel={close} />
        ) : (
          <>
            <label className="todo-text">
              <input
                type="checkbox"
                checked={completed}
                onChange={() => report(manager.updateTodo(id, { completed: !completed }))}
              />
              <bdi className="todo-title">{title}</bdi>
            </label>
            {people.map(({ userId, name }) => (
              <span key={userId} className="todo-person" data-mine={userId === profile.userId}>
                <bdi>{userId === profile.userId ? "You" : name}</bdi>
              </span>
            ))}
            <ItemMark mark={mark} />
            <div className="row-actions">
              {narrow ? (
                <button type="button" className="icon-button" aria-label={`What to do with ${title}`} onClick={() => setOpen("menu")}>
                  <Icon name="more" />
                </button>
              ) : (
                actions.map(({ icon, name, run, disabled }) => (
                  <button
                    key={name}
                    type="button"
                    className="icon-button"
                    title={name}
                    aria-label={`${name}: ${title}`}
                    aria-disabled={disabled}
                    onClick={run}
                  >
                    <Icon name={icon} />
                  </button>
                ))
              )}
            </div>
          </>
        )}
      </div>
      {open === "add" && (
        <div className="todo-below">
          <TodoTextForm
            label={`Todo below ${title}`}
            button="Add"
            placeholder="Add a todo below"
            onText={(text) => stored(store.create({ title: text, parentId: id }))}
            onCancel={close}
          />
        </div>
      )}
      {open === "delete" && <DeleteTodoDialog todo={todo} onDelete={remove} onClose={close} />}
      {open === "menu" && (
        <Dialog title={title} onClose={close}>
          <ul>
            {actions
              .filter(({ disabled }) => !disabled)
              .map(({ icon, name, run }) => (
                <li key={name}>
                  <NavItem icon={icon} name={name} onClick={() => (close(), run())} />
                </li>
              ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}
