// The token that the app gives: asked for anew whenever one is needed.

const TOKEN_LIMIT_MS = 30_000;

/** Resolves to the token; rejects where there is none in time. */
export async function askForToken(getToken) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("late")), TOKEN_LIMIT_MS)));
  try {
    const token = await Promise.race([(async () => getToken())(), late]);
    if (typeof token !== "string" || token === "") throw new TypeError("no token");
    return token;
  } finally {
    clearTimeout(timer);
  }
}
