interface ImportMetaEnv {
  /** The socket of another server, such as `wss://sync.example/api/v1/sync/realtime`. Default: the page's own origin. */
  readonly VITE_WEBSOCKET_URL?: string;
}
