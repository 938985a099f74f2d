// What goes between a page and its server.

/** Records every frame and every HTTP body of a page, from now on. */
export function recordWire(page) {
  const frames = [];
  const bodies = [];
  page.on("websocket", (socket) => {
    for (const event of ["framesent", "framereceived"]) socket.on(event, ({ payload }) => frames.push(Buffer.from(payload)));
  });
  page.on("request", (request) => bodies.push(Promise.resolve(request.postDataBuffer() ?? Buffer.alloc(0))));
  // Of the answers only the API's: the app's own files are the same for everybody.
  page.on("requestfinished", (request) => {
    if (/^\/(api|typelets)\//.test(new URL(request.url()).pathname)) bodies.push(request.response().then((response) => response.body()));
  });
  /** Everything so far, one piece after the other. */
  const bytes = async () => Buffer.concat([...frames, ...(await Promise.all(bodies))]);
  return { bytes };
}

/** Records the sockets of pages and the frames that go out, from now on. */
export function recordSockets(pages) {
  const sockets = [];
  const frames = [];
  for (const page of pages) {
    page.on("websocket", (socket) => {
      sockets.push(socket);
      socket.on("framesent", ({ payload }) => frames.push(JSON.parse(payload)));
    });
  }
  return { dialled: () => sockets.length, sent: () => frames };
}
