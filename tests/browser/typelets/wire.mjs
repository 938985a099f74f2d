// What goes between a page and a Typelets server.

/**
 * Records from now on the sockets of a page with their frames, and its requests to the API. A frame is `{ way, socket, payload, isSigned }`, with
 * what a signed one says; a request `{ method, path, body, authorization }`; `log` names both in their order. `answers` are the status of
 * each request, or `broken off`.
 */
export function recordTypelets(page) {
  const record = { sockets: [], frames: [], requests: [], answers: [], log: [] };
  page.on("websocket", (socket) => {
    const number = record.sockets.push(socket) - 1;
    for (const [event, way] of [["framesent", "sent"], ["framereceived", "received"]]) {
      socket.on(event, ({ payload }) => {
        const frame = JSON.parse(payload);
        const said = frame.payload ?? frame;
        record.frames.push({ way, socket: number, payload: said, isSigned: frame.signature !== undefined });
        record.log.push(`${way} ${said.type}`);
      });
    }
  });
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.includes("/api/")) return;
    const body = request.postData() ? JSON.parse(request.postData()) : undefined;
    const path = pathname.slice(pathname.indexOf("/api/") + 4) + search;
    record.requests.push({ method: request.method(), path, body, authorization: request.headers().authorization });
    record.log.push(`${request.method()} ${path}`);
  });
  page.on("response", (response) => new URL(response.url()).pathname.includes("/api/") && record.answers.push(response.status()));
  page.on("requestfailed", (request) => new URL(request.url()).pathname.includes("/api/") && record.answers.push("broken off"));
  const of = (way, type) => {
    const frames = record.frames.filter((frame) => frame.way === way).map(({ payload }) => payload);
    return type === undefined ? frames : frames.filter((payload) => payload.type === type);
  };
  return {
    ...record,
    /** What was sent over sockets, of one type or all. */
    sent: (type) => of("sent", type),
    received: (type) => of("received", type),
    /** The requests of a method, or several, to a path. */
    asked: (method, path) => record.requests.filter((request) => method.split(" ").includes(request.method) && request.path.match(path)),
  };
}
