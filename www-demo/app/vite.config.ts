import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";

/** Where `npm run dev` of the server listens; the development server passes what is the server's on to it. */
const DEVELOPMENT_API = "http://127.0.0.1:8787";

const proxied = {
  target: DEVELOPMENT_API,
  changeOrigin: true,
  // The server refuses an `Origin` that is not its own.
  headers: { origin: DEVELOPMENT_API },
  ws: true,
  rewriteWsOrigin: true,
};

export default defineConfig(({ mode }) => {
  const { VITE_WEBSOCKET_URL } = loadEnv(mode, import.meta.dirname, "VITE_");
  return {
    plugins: [react(), contentSecurityPolicy(VITE_WEBSOCKET_URL)],
    build: { modulePreload: { polyfill: false } },
    server: {
      host: "127.0.0.1",
      proxy: { "/api": proxied, "/typelets": proxied },
    },
  };
});

/**
 * Puts the policy into the built page: code, style and connections from its own origin alone, and WebAssembly. `'self'`
 * covers `ws:` and `wss:` of the same host. Not in development, where the tools rely on inline scripts.
 */
function contentSecurityPolicy(socketAddress: string | undefined): Plugin {
  const connect = ["'self'"];
  if (socketAddress) {
    const { origin } = new URL(socketAddress);
    connect.push(origin, origin.replace(/^ws/, "http"));
  }
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connect.join(" ")}`,
    // The two devices side by side are pages of this app.
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" },
    ],
  };
}
