// Every place where a secret could end up: what a page tells, keeps and sends.

/** Gathers from now on what all pages of `context` write to the console, send and receive; `told` is for what a page says. */
export function watch(context) {
  const places = { console: [], frames: [], requests: [], answers: [], addresses: [], titles: [], records: [], localStorage: [], told: [] };
  const waiting = [];
  const watchPage = (page) => {
    page.on("console", (message) => {
      places.console.push(message.text());
      // An object that was logged is text of which the console shows a part.
      for (const argument of message.args()) waiting.push(argument.evaluate(textOf).then((text) => places.console.push(text), () => {}));
    });
    page.on("pageerror", (error) => places.console.push(String(error), error.stack ?? ""));
    page.on("websocket", (socket) => {
      places.addresses.push(socket.url());
      for (const event of ["framesent", "framereceived"]) socket.on(event, ({ payload }) => places.frames.push(...opened(payload)));
    });
  };
  for (const page of context.pages()) watchPage(page);
  context.on("page", watchPage);
  context.on("request", (request) => {
    places.addresses.push(request.url());
    places.requests.push(JSON.stringify(request.headers()), ...opened(request.postDataBuffer() ?? ""));
  });
  context.on("requestfinished", (request) => {
    if (new URL(request.url()).pathname.startsWith("/api/")) waiting.push(request.response().then(async (response) => places.answers.push(await response.body())));
  });
  return {
    places,
    /** Adds what a page shows and keeps at this moment. */
    async look(page) {
      places.addresses.push(page.url());
      places.titles.push(await page.title());
      places.localStorage.push(await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])));
      places.records.push(...(await page.evaluate(dump)).map((text) => Buffer.from(text, "base64")));
      places.told.push(...(await page.evaluate(() => told)));
      await Promise.all(waiting);
    },
  };
}

/** Which needles are in which place. */
export function search(places, needles) {
  const found = Object.entries(places).map(([place, pieces]) => {
    const names = pieces.flatMap((piece) => needles.foundIn(Buffer.from(piece)));
    return [place, [...new Set(names)].sort()];
  });
  return Object.fromEntries(found.filter(([, names]) => names.length > 0));
}

/** What was sent, and what its base64 holds. */
function opened(payload) {
  const bytes = Buffer.from(payload);
  const packed = bytes.toString().match(/[A-Za-z0-9+/_-]{24,}/g) ?? [];
  return [bytes, ...packed.map((text) => Buffer.from(text, "base64"))];
}

/** Of an error also what JSON leaves out, and of bytes the numbers. Runs in the page. */
export function textOf(value) {
  const seen = new Set();
  const parts = [];
  const add = (value) => {
    if (typeof value !== "object" || value === null) return void parts.push(String(value));
    if (seen.has(value)) return;
    seen.add(value);
    if (ArrayBuffer.isView(value)) return void parts.push(Array.from(value).join());
    for (const name of Object.getOwnPropertyNames(value)) {
      parts.push(name);
      add(value[name]);
    }
    if (value instanceof Error || value instanceof DOMException) for (const name of ["name", "message", "stack", "cause"]) add(value[name]);
    try {
      parts.push(JSON.stringify(value));
    } catch {
      // What has no JSON was added above.
    }
  };
  add(value);
  return parts.join("\n");
}

/** All that IndexedDB holds, as base64: names, keys, and of values every text and all bytes. Runs in the page. */
async function dump() {
  const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
  const parts = [];
  const add = (value) => {
    if (ArrayBuffer.isView(value)) parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    else if (value instanceof ArrayBuffer) parts.push(new Uint8Array(value));
    else if (value instanceof CryptoKey) {
      if (value.extractable) throw new Error("a key that can be exported is stored");
    } else if (typeof value === "object" && value !== null) Object.entries(value).forEach(([name, part]) => [name, part].forEach(add));
    else parts.push(new TextEncoder().encode(String(value)));
  };
  for (const { name } of await indexedDB.databases()) {
    add(name);
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const records = database.transaction(store).objectStore(store);
      const [keys, values] = [done(records.getAllKeys()), done(records.getAll())];
      add(await keys);
      add(await values);
    }
    database.close();
  }
  return parts.map((bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
}
