import { useCovered } from "./hooks";
import { Icon } from "./icons";

interface Props {
  id: string;
  title: string;
  /** What the button that closes it is called. */
  close: string;
  onClose: () => void;
}

/** The head of a panel beside the list: the page's own heading where it takes the list's place. */
export function PanelHeader({ id, title, close, onClose }: Props) {
  const Heading = useCovered() ? "h1" : "h2";
  return (
    <header className="panel-header">
      <Heading id={id}>{title}</Heading>
      <button type="button" className="icon-button" aria-label={close} onClick={onClose}>
        <Icon name="close" />
      </button>
    </header>
  );
}
