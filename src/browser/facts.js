// What a bug report has of one manager: numbers and codes, and nothing that the app or a person has written.

/** So many errors are kept, the latest. */
const MAX_ERRORS = 20;

// What `count` counts, as in object.rs.
const COUNTED = [["framesSent", "bytesSent"], ["framesReceived", "bytesReceived"], ["dials"], ["requests"]];

export class Facts {
  dialect;
  server;
  counters = { framesSent: 0, bytesSent: 0, framesReceived: 0, bytesReceived: 0, dials: 0, requests: 0, resends: 0, conflicts: 0 };
  errors = [];

  /** `database`: its name, in which the server stands, and the account, which is no fact. */
  constructor(database) {
    const [, dialect, scheme, , host] = database.split("/");
    this.dialect = dialect;
    this.server = `${scheme}//${host}`;
  }

  count(what, bytes) {
    const [times, sum] = COUNTED[what];
    this.counters[times]++;
    if (sum) this.counters[sum] += bytes;
  }

  /** An error was told. One that comes again and again is one, with how often. */
  note(code) {
    const last = this.errors.at(-1);
    const times = last?.code === code ? this.errors.pop().times : 0;
    this.errors.push({ code, at: Date.now(), times: times + 1 });
    if (this.errors.length > MAX_ERRORS) this.errors.shift();
  }
}
