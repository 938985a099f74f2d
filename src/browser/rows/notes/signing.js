// Signed frames. A signature of WebCrypto takes a moment, so what is to be sent behind one waits for it.

import { noteUtf8, toBase64 } from "./notes-key.js";

/** Of each socket the last frame that is not sent yet, if there is one. */
const waitingFrames = new WeakMap();

/**
 * Sends a frame, under a signature where there is a secret: at once, or after those before it. Then tells how many bytes wait in the
 * socket's buffer. One that cannot be signed is not sent.
 */
export async function sendInTurn(socket, frame, secret, tell) {
  const before = waitingFrames.get(socket);
  if (before || secret) {
    const turn = Promise.allSettled([secret ? signFrame(frame, secret) : frame, before]);
    waitingFrames.set(socket, turn);
    // Whoever waits for this turn began later, and so goes on later.
    [{ value: frame }] = await turn;
    if (waitingFrames.get(socket) === turn) waitingFrames.delete(socket);
  }
  if (frame) socket.send(frame);
  await 0; // Not within the call from Rust: of a crash there nothing would come out of here.
  tell({ event: "buffered", bytes: socket.buffered });
}

/** What is signed, with its signature in front of the time. */
async function signFrame(text, secret) {
  const key = await crypto.subtle.importKey("raw", noteUtf8.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, noteUtf8.encode(text))));
  const at = text.lastIndexOf(',"timestamp":');
  return `${text.slice(0, at)},"signature":"${signature}"${text.slice(at)}`;
}
