import { MAX_FRAMES, WINDOW_MS } from "./limits";

/** What a socket is. The platform keeps it with the socket while the object hibernates. */
export interface Peer {
  /** Names the socket in storage; also its tag. */
  id: string;
  /** Whose hub it has dialled; its own user only once there is a `secret`. */
  userId: string;
  /** When it ends unless it has authenticated. */
  authenticateBy: number;
  /** There once it has authenticated: what its signed frames are signed with. */
  secret?: string;
  /** When the window began in which frames are counted, and how many came in it. */
  windowFrom: number;
  frames: number;
}

/** Counts a frame, and tells whether it is within the limit. */
export function countFrame(peer: Peer, now: number): boolean {
  if (now - peer.windowFrom >= WINDOW_MS) {
    peer.windowFrom = now;
    peer.frames = 0;
  }
  peer.frames += 1;
  return peer.frames <= MAX_FRAMES;
}

/** 256 random bits, in hex: 64 characters. */
export function newSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}
