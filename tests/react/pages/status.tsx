/** The components by themselves, with what they are given. */

import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { WebSocketStatus, WebSocketStatusCompact, type WebSocketStatusProps } from "sealwire/react/status";

const called: string[] = [];
const root = createRoot(document.body.appendChild(document.createElement("div")));

function show(props: WebSocketStatusProps) {
  const calls = { onReconnect: () => void called.push("reconnect"), onClearError: () => void called.push("clear") };
  flushSync(() => root.render(<><WebSocketStatus {...calls} {...props} /><footer><WebSocketStatusCompact {...calls} {...props} /></footer></>));
}

Object.assign(globalThis, { react: { show, called } });
