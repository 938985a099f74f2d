const PATHS = {
  add: "M12 5v14M5 12h14",
  back: "m15 6-6 6 6 6",
  below: "M5 4v9h7M14 13h6M17 10v6",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  check: "M4 5h16v14H4zM8 12l3 3 5-6",
  chevron: "m9 6 6 6-6 6",
  columns: "M4 5h16v14H4zM12 5v14",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  close: "M6 6l12 12M18 6 6 18",
  done: "m5 12.5 4.5 4.5L19 7.5",
  device: "M9 3h8v18H9zM12 18h2M5 7v10",
  down: "M12 5v14M6 13l6 6 6-6",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  folder: "M3 6h6l2 2h10v11H3z",
  import: "M12 4v11M8 11l4 4 4-4M4 19h16",
  key: "M8 16a4 4 0 1 1 3.5-6H21v4h-3v2h-3v-2h-3.5A4 4 0 0 1 8 16zM8 12h.01",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M17 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
  note: "M6 3h9l4 4v14H6zM14 3v5h5M9.5 12.5h6M9.5 16.5h6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-5 8-5s7 1 8 5",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  recent: "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4l3 2",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  server: "M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01",
  share: "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7",
  signOut: "M10 4H5v16h5M9 12h11M16 8l4 4-4 4",
  star: "m12 4 2.4 5.1 5.6.7-4.1 3.8 1.1 5.6-5-2.8-5 2.8 1.1-5.6L4 9.8l5.6-.7z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  up: "M12 19V5M6 11l6-6 6 6",
  warning: "M12 4 2.5 20h19zM12 10v4M12 17h.01",
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing beside a text, or in a button that has a name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sign of the demo: a bookmark pressed into a seal. */
export function Seal() {
  return (
    <svg className="seal" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="15" />
      <path d="M11 8h10v16l-5-4.5L11 24z" />
    </svg>
  );
}
