// A page whose own files the browser has kept, as a service worker keeps them: it loads without a network.

/** Keeps what the page has loaded from `paths` of its origin. */
export async function keepFiles({ page, context }, paths) {
  // Chromium does not know of a page that comes from no network that it is of this machine, and would not let it dial a server here.
  await context.grantPermissions(["local-network-access"]);
  for (const path of paths) {
    const url = new URL(path, page.url()).href;
    const response = await context.request.get(url);
    const [headers, body] = [response.headers(), await response.body()];
    await context.route(url, (route) => route.fulfill({ contentType: headers["content-type"], body }));
  }
}
