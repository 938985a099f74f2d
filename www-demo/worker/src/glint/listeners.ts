import { HttpError } from "../http";
import { encode, type TodoEvent } from "./events";
import { MAX_SOCKETS, MAX_STREAMS, MAX_UNREAD_BYTES } from "./limits";

/** The open sockets and event streams of a team. Sockets hibernate; a stream keeps its object in memory for as long as it is open. */
export class Listeners {
  private readonly streams = new Set<Stream>();

  constructor(private readonly ctx: DurableObjectState) {}

  /**
   * The answer to an upgrade.
   * @throws {HttpError} 429
   */
  openSocket(setId: string, greeting?: TodoEvent): Response {
    if (this.ctx.getWebSockets().length >= MAX_SOCKETS) {
      throw new HttpError(429, `The team has ${MAX_SOCKETS} sockets open; close one.`);
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [setId]);
    if (greeting) server.send(encode(greeting));
    return new Response(null, { status: 101, webSocket: client });
  }

  /**
   * The answer to an `EventSource`. The comment tells its browser that the stream is there.
   *
   * A reader that has gone is noticed only when something is sent to it. So a new stream is not refused, it ends the oldest; if that
   * one was still read, its `EventSource` dials again by itself.
   */
  openStream(setId: string): Response {
    const [oldest] = this.streams;
    if (oldest && this.streams.size >= MAX_STREAMS) this.cut(oldest);
    let stream: Stream | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          stream = { setId, controller };
          this.streams.add(stream);
          controller.enqueue(bytes(": ping\n\n"));
        },
        cancel: () => {
          if (stream) this.streams.delete(stream);
        },
      },
      { highWaterMark: MAX_UNREAD_BYTES, size: (chunk) => chunk.byteLength },
    );
    return new Response(body, { headers: { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" } });
  }

  /** To the listeners of the event's set. One that is closing or does not read must not keep it from the others. */
  send(event: TodoEvent): void {
    const frame = encode(event);
    for (const socket of this.ctx.getWebSockets(event.setId)) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    }
    const chunk = bytes(`data: ${frame}\n\n`);
    for (const stream of this.streams) {
      if (stream.setId !== event.setId) continue;
      if ((stream.controller.desiredSize ?? 0) > 0) stream.controller.enqueue(chunk);
      else this.cut(stream);
    }
  }

  closeAll(): void {
    // Without a code, as Glint does: the other side sees 1005.
    for (const socket of this.ctx.getWebSockets()) socket.close();
    for (const stream of this.streams) this.cut(stream);
  }

  private cut(stream: Stream): void {
    this.streams.delete(stream);
    stream.controller.error(new Error("The stream is cut off."));
  }
}

interface Stream {
  setId: string;
  controller: ReadableStreamDefaultController<Uint8Array>;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
