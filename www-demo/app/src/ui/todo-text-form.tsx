import { useState, type FormEvent } from "react";

interface Props {
  label: string;
  button: string;
  placeholder?: string;
  initial?: string;
  /** Takes the text, and resolves to whether it was stored. */
  onText: (text: string) => Promise<boolean>;
  /** Leaves the form, where it can be left. */
  onCancel?: () => void;
}

/** One line that takes a todo's title. */
export function TodoTextForm({ label, button, placeholder, initial = "", onText, onCancel }: Props) {
  const [text, setText] = useState(initial);

  async function save(event: FormEvent) {
    event.preventDefault();
    const title = text.trim();
    if (title === "") return onCancel?.();
    setText("");
    if (!(await onText(title))) setText(text);
  }

  return (
    <form className="todo-form" onSubmit={save} noValidate>
      <input
        dir="auto"
        autoComplete="off"
        aria-label={label}
        placeholder={placeholder}
        maxLength={500}
        autoFocus={onCancel !== undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onCancel?.()}
      />
      <button type="submit" className="button">
        {button}
      </button>
    </form>
  );
}
