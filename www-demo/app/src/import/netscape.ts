/** A folder of the file. Its position in the list of folders is what `parent` and `folder` refer to. */
export interface FileFolder {
  name: string;
  parent: number | null;
  /** Position in the file, counted over folders and bookmarks. */
  order: number;
}

export interface FileBookmark {
  title: string;
  url: string;
  folder: number | null;
  /** Milliseconds since 1970. */
  addedAt: number | null;
  order: number;
}

/** An entry that cannot become a bookmark. */
export interface Unreadable {
  title: string;
  reason: string;
}

export interface BookmarkFile {
  folders: FileFolder[];
  bookmarks: FileBookmark[];
  unreadable: Unreadable[];
  /** What is wrong with the file as a whole, in sentences. */
  warnings: string[];
}

/**
 * Reads the bookmark export of Chrome, Firefox and their relatives, from a file that may be cut off or mended by hand.
 * `null` where the text is something else.
 *
 * The format is HTML as of 1996 (`<DT>` and `<p>` are never closed), so the browser's own parser reads it. It runs no
 * script and loads nothing. What lies in what is told by each element's nearest `DL`, because the parser puts the list of
 * a folder sometimes into its `DT` and sometimes into the `DD` with its description.
 */
export function readBookmarkFile(text: string): BookmarkFile | null {
  const document = new DOMParser().parseFromString(text, "text/html");
  const announced = document.doctype?.name === "netscape-bookmark-file-1";
  const reader = new Reader();
  for (const element of document.querySelectorAll("dl, dt, dt h3, dt a")) reader.take(element);
  const { folders, bookmarks, unreadable } = reader;
  if (!announced && folders.length === 0 && bookmarks.length === 0) return null;
  const warnings: string[] = [];
  if (!announced) warnings.push("The file does not begin as a bookmark export does; it may be a part of one.");
  if (!endsAsAList(text)) warnings.push("The file ends in the middle of a list: it may be cut off, its last entry incomplete.");
  return { folders, bookmarks, unreadable, warnings };
}

/** Takes lists, entries, headings and links in the order of the document. */
class Reader {
  readonly folders: FileFolder[] = [];
  readonly bookmarks: FileBookmark[] = [];
  readonly unreadable: Unreadable[] = [];
  /** Which folder a list is the content of. */
  readonly #folderOfList = new Map<Element, number | null>();
  /** The folder whose list has not come yet. */
  #opened: { folder: number; inside: Element | null } | null = null;

  take(element: Element): void {
    const list = outerList(element);
    if (element.localName === "dl") this.#list(element, list);
    else if (element.localName === "dt") this.#entry(element);
    else if (element.closest("dd, dt")?.localName === "dd") return; // a link in a description
    else if (element.localName === "h3") this.#folder(element, list);
    else this.#bookmark(element, list);
  }

  #list(list: Element, outer: Element | null): void {
    const opened = this.#opened;
    this.#opened = null;
    this.#folderOfList.set(list, opened?.inside === outer ? opened.folder : this.#folderAt(outer));
  }

  #entry(entry: Element): void {
    if (entry.querySelector("h3, a, dl")) return;
    this.unreadable.push({ title: titleOf(entry), reason: "neither a bookmark nor a folder" });
  }

  #folder(heading: Element, list: Element | null): void {
    this.folders.push({ name: titleOf(heading), parent: this.#folderAt(list), order: this.#count });
    this.#opened = { folder: this.folders.length - 1, inside: list };
  }

  #bookmark(link: Element, list: Element | null): void {
    const title = titleOf(link);
    const url = link.getAttribute("href")?.trim() ?? "";
    if (url === "") this.unreadable.push({ title, reason: "no address" });
    else if (/^place:/i.test(url)) this.unreadable.push({ title, reason: "a saved search of Firefox, not a page" });
    else this.bookmarks.push({ title, url, folder: this.#folderAt(list), addedAt: dateOf(link), order: this.#count });
  }

  #folderAt(list: Element | null): number | null {
    return (list && this.#folderOfList.get(list)) ?? null;
  }

  get #count(): number {
    return this.folders.length + this.bookmarks.length;
  }
}

function outerList(element: Element): Element | null {
  return element.parentElement?.closest("dl") ?? null;
}

function titleOf(element: Element): string {
  return element.textContent.trim();
}

/** `ADD_DATE` is in seconds; some programs write milli- or microseconds. */
function dateOf(link: Element): number | null {
  const written = Number(link.getAttribute("add_date"));
  if (!Number.isFinite(written) || written <= 0) return null;
  if (written >= 1e14) return Math.floor(written / 1_000);
  return written >= 1e11 ? written : written * 1_000;
}

function endsAsAList(text: string): boolean {
  return /<\/dl>(<\/?p>|<hr>|<\/body>|<\/html>|\s)*$/i.test(text);
}
