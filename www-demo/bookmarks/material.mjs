// What generate.mjs makes its bookmarks of: folders with their subjects, and the titles and addresses that break importers.

/** The star stands for the subject. */
export const TITLE_PATTERNS = [
  "A field guide to *",
  "The small book of *",
  "Understanding *",
  "*: notes from practice",
  "*, step by step",
  "Ten questions about *",
  "A short history of *",
  "What I got wrong about *",
  "*: a reading list",
  "Getting started with *",
  "The trouble with *",
  "* in pictures",
  "*: frequently asked questions",
  "A checklist for *",
  "Why * matters",
  "*, measured",
];

const ODD_TITLES = [
  "👩‍🚀 Life aboard a space station",
  "👨‍👩‍👧‍👦 The family calendar",
  "🏳️‍🌈 Neighbourhood festival",
  "🧑🏽‍💻 Remote work, honestly",
  "Flags: 🇯🇵🇮🇸🇪🇬",
  "סיכום של ספר על ים ואוניות",
  "دليل صغير إلى النجوم",
  "A title that turns: שלום and back again",
  "\u202eA right-to-left override at the start",
  "東京の古い地図",
  "서울의 작은 책방",
  "关于潮汐的笔记",
  "Cafe\u0301 au lait, with a combining accent",
  "Z\u0351\u036b\u0343a\u0369\u0306l\u0358\u0321g\u0337\u0322o\u0334 as a stress test",
  "हिन्दी में छोटी कहानियाँ",
  "ภาษาไทยไม่มีช่องว่างระหว่างคำ",
  "Fish & chips <b>are not bold</b>",
  '"Quoted" and \'single\' & &amp; already escaped',
  "<script>document.title = 'must stay text'</script>",
  "</A></DL> is only a title",
  "Zero\u200bwidth\u200bspaces",
  "Tabs\tand    many   spaces",
  "",
  "   ",
  `A very long title, ${"which goes on and on, ".repeat(40)}and ends.`,
  "W".repeat(300),
];

const ODD_ADDRESSES = [
  { title: "A bookmarklet", url: "javascript:void(document.title = 'must not run')" },
  { title: "A bookmarklet in mixed case", url: "JaVaScRiPt:void(0)" },
  { title: "A page in a data: address", url: "data:text/html,<h1>must not open</h1>" },
  { title: "A picture in a data: address", url: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" },
  { title: "IPv6 with a port", url: "http://[2001:db8::1]:8080/status" },
  { title: "IPv4 from the documentation range", url: "http://192.0.2.7/" },
  { title: "A host in punycode", url: "https://xn--bcher-kva.example/katalog" },
  { title: "A host in its own script", url: "https://bücher.example/katalog" },
  { title: "A path in its own script", url: "https://example.org/wiki/東京" },
  { title: "Spaces in the path", url: "https://example.com/annual report/final version.pdf" },
  { title: "Percent-encoded", url: "https://example.com/%E6%9D%B1%E4%BA%AC?q=%22quoted%22&x=100%25" },
  { title: "A broken percent sign", url: "https://example.com/100%/sure?%zz" },
  { title: "Ampersands and quotes", url: 'https://example.com/?a=1&b=2&amp;c=3&quot="x"' },
  { title: "User and port", url: "https://reader@example.test:8443/inbox" },
  { title: "Only a fragment differs (1)", url: "https://example.com/page#one" },
  { title: "Only a fragment differs (2)", url: "https://example.com/page#two" },
  { title: "The same address (1)", url: "https://example.com/twice" },
  { title: "The same address (2)", url: "https://example.com/twice" },
  { title: "A mail address", url: "mailto:someone@example.com?subject=Hello" },
  { title: "A file server", url: "ftp://files.example.org/pub/" },
  { title: "A page of the browser", url: "about:config" },
  { title: "A local file", url: "file:///home/reader/notes.html" },
  { title: "No address at all, only words", url: "remember to look this up" },
  { title: "2,000 characters of path", url: padded("https://example.com/long/", "abcdefghij/") },
  { title: "2,000 characters of query", url: padded("https://example.org/search?q=", "word+") },
  { title: "2,000 characters, percent-encoded", url: padded("https://long.example/", "%E2%9C%93") },
];

function padded(start, piece) {
  return start.padEnd(2_000, piece);
}

const folder = (name, subjects, folders) => ({ name, subjects, folders });

export const FOLDERS = [
  {
    ...folder("Bookmarks bar", ["daily weather", "train times", "a world clock", "unit conversion", "the public library"]),
    toolbar: true,
  },
  folder("Programming", ["code review", "naming things", "release notes", "debugging", "technical writing"], [
    folder("Rust", ["ownership", "lifetimes", "trait objects", "cargo workspaces", "error handling"], [
      folder("WebAssembly", ["linear memory", "component models", "wasm in workers", "binding generators"], [
        folder("Size", ["tree shaking", "link-time optimisation", "panic strings", "symbol tables"], [
          folder("Measured", ["gzip ratios", "section sizes", "startup traces"], [
            folder("Raw numbers", ["flame graphs", "allocator counts", "cold starts"]),
          ]),
        ]),
      ]),
      folder("Async", ["pinning", "executors", "cancellation", "structured concurrency"]),
    ]),
    folder("TypeScript", ["narrowing", "variance", "template literal types", "declaration files"]),
    folder("Databases", ["write-ahead logs", "query planners", "covering indexes", "vacuuming"], [
      folder("Sync", ["vector clocks", "last-write-wins", "conflict-free types", "tombstones", "outbox patterns"]),
      folder("SQLite", ["virtual tables", "pragma settings", "full-text search"]),
    ]),
    folder("Security", ["threat models", "nonce reuse", "key rotation", "content security policy"], [
      folder("Cryptography", ["authenticated encryption", "key derivation", "test vectors", "side channels"]),
    ]),
  ]),
  folder("Design", ["spacing scales", "colour contrast", "quiet interfaces", "empty states"], [
    folder("Typography", ["line length", "optical sizes", "old-style figures", "hyphenation"]),
    folder("Accessibility", ["focus order", "live regions", "reduced motion", "screen reader testing"]),
    folder("Maps", ["projections", "contour lines", "tile servers"]),
  ]),
  folder("Cooking", ["weeknight soups", "knife skills", "stock", "salt"], [
    folder("Bread", ["sourdough starters", "rye", "oven steam", "flatbreads"]),
    folder("Preserving", ["pickled lemons", "marmalade", "fermented chillies"]),
  ]),
  folder("Garden", ["compost", "pruning apples", "shade plants", "rain barrels"], [
    folder("Birds", ["nest boxes", "migration maps", "dawn chorus recordings"]),
  ]),
  folder("Travel", ["night trains", "packing lists", "walking holidays"], [
    folder("日本", ["Kyoto on foot", "regional trains", "mountain huts"]),
    folder("القاهرة", ["the old city", "river ferries"]),
    folder("Ísland & Føroyar", ["hot springs", "ferry timetables", "northern lights"]),
  ]),
  folder("Reading", ["essays", "short stories", "letters", "translated novels"], [
    folder("Science", ["deep-sea vents", "tides", "lichens", "early telescopes", "plate tectonics"]),
    folder("History", ["postal routes", "sealing wax", "lighthouses", "old atlases"]),
  ]),
  folder("Music", ["string quartets", "modular synthesis", "field recordings", "ear training"]),
  folder("Empty folder"),
  {
    name: "Odd ones",
    bookmarks: [...ODD_TITLES.map((title, index) => ({ title, url: `https://example.com/odd/${index + 1}` })), ...ODD_ADDRESSES],
  },
  folder("Other bookmarks", ["bicycle repair", "recipes to try", "gift ideas", "house plants", "things to read later"]),
];
