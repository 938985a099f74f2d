/** `sealwire/react/status`: the components, apart from the hooks, so that who draws their own does not load them. */

export { sentenceOf } from "./sentences.ts";
export { WebSocketStatus, WebSocketStatusCompact } from "./status.tsx";
