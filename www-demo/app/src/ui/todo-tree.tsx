import type { TodoNode } from "sealwire/glint";
import { TodoRow } from "./todo-row";

/** Todos with those below them. */
export function TodoTree({ todos, label }: { todos: readonly TodoNode[]; label?: string }) {
  return (
    <ul className="todos" aria-label={label}>
      {todos.map((todo, index) => (
        <li key={todo.key}>
          <TodoRow todo={todo} siblings={todos} index={index} />
          {todo.children.length > 0 && <TodoTree todos={todo.children} />}
        </li>
      ))}
    </ul>
  );
}
