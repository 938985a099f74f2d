/**
 * What end-to-end tests may rely on, besides roles and accessible names.
 *
 * | `data-testid` | element |
 * |---|---|
 * | `status` | the live region with the state in words; `data-state` is the engine's `status.state` |
 * | `pending-count` | `<data>` whose `value` is `status.pending` |
 * | `row-count` | `<data>` whose `value` is the number of bookmarks in the present view or search |
 * | `bookmark-row` | a row in the window of the list; `data-pending` is `true` or `false` |
 * | `offline-switch` | the switch "Offline"; `aria-checked` tells its position |
 * | `import-button` | opens the dialog "Import bookmarks" |
 * | `import-file` | its file input |
 * | `import-summary` | what the file holds, before anything is imported |
 * | `device-link` | the text field with the link for a second device, empty until it is made |
 * | `device-code` | the one-time code that opens it |
 * | `recovery-code` | the list of 24 words, after an account was made |
 * | `server-panel` | the panel "What the server holds" |
 * | `server-row` | one of its rows; `data-entity` is `type/id` |
 * | `server-bytes` | `<data>` whose `value` is the sum of all sealed bytes that were read |
 * | `todo-row` | a todo; `data-pending` and `data-completed` are `true` or `false` |
 * | `todo-count` | `<data>` whose `value` is the number of todos in the set |
 * | `note-row` | a note in the window of the list; `data-pending` and `data-open` are `true` or `false` |
 * | `note-count` | `<data>` whose `value` is the number of notes in the present view |
 * | `held-note` | what the panel "What the server holds" shows of the open note |
 * | `network-switch` | a switch of a device's network; `data-device` is `a` or `b` |
 * | `wire` | the timeline "On the wire" |
 * | `wire-entry` | one of its frames, requests or answers; `data-device`, `data-direction` (`up`, `down`), `data-fate` (`arrived`, `lost`, `late`, `overtaken`) |
 * | `diagnostics` | `<pre>` with what `diagnostics()` gives, as JSON; `data-device` is `a` or `b` |
 *
 * Rows of bookmarks, todos and notes have `data-mark`: `pending`, `confirmed` or `refused`.
 *
 * "Under the hood" opens a panel with the switches "Offline", "Slow", "Lossy", "Reordering", the buttons "Restart the server", "Pause", "Clear" and "Copy as JSON". Side
 * by side the frames are "Device A" and "Device B".
 *
 * Names: buttons "Create an account", "I have written it down", "Recover with 24 words", "Recover", "Second device", "Copy the link", "Join", "Add bookmark", "New folder", "Import", "What the
 * server holds", "About keys", "Sign out of this device", "Edit TITLE", "Delete TITLE", "Undo", "Dismiss"; the search box
 * "Search bookmarks"; fields "Title", "Address", "Folder" and the button "Save" of the bookmark dialog; buttons "Choose a
 * file", "Try with a sample of 2,000", "Import N bookmarks" and "Done" of the import; the navigation "Folders".
 *
 * Todos: the navigations "Lists" and "Sets"; the fields "Your name" and "New todo"; buttons "New list", "Join the list", "Share", "New set", and of a todo
 * "Assign to me: TITLE", "Release: TITLE", "Move up: TITLE", "Move down: TITLE", "Add below: TITLE", "Rename: TITLE", "Delete: TITLE"; where the page is
 * narrow "What to do with TITLE" leads to them. Of what was refused: "Retry: …" and "Discard: …".
 *
 * Notes: the navigations "Lists" and "Folders"; the fields "Master password" and "Once more", the button "Open the notes"; "New note", "New folder", "All notes",
 * "Starred"; of the open note, the region "Note: TITLE", the fields "Title", "Content" and "Folder", the buttons "Starred", "Delete note", and "Back to the list"
 * where the page is narrow; of two versions "Take the other device’s", "Take this device’s" and "Keep what is shown"; "About the password", "Lock the notes".
 */
export const TEST_ID = {
  status: "status",
  pendingCount: "pending-count",
  rowCount: "row-count",
  bookmarkRow: "bookmark-row",
  offlineSwitch: "offline-switch",
  importButton: "import-button",
  importFile: "import-file",
  importSummary: "import-summary",
  deviceLink: "device-link",
  deviceCode: "device-code",
  recoveryCode: "recovery-code",
  serverPanel: "server-panel",
  serverRow: "server-row",
  serverBytes: "server-bytes",
  todoRow: "todo-row",
  todoCount: "todo-count",
  noteRow: "note-row",
  noteCount: "note-count",
  heldNote: "held-note",
  networkSwitch: "network-switch",
  wire: "wire",
  wireEntry: "wire-entry",
  diagnostics: "diagnostics",
} as const;
