import { HttpError } from "./http";

/**
 * The route of `method` and `url` with the groups of its path.
 * @throws {HttpError} 404 where there is no such path; 405
 */
export function matchRoute<R extends { method: string; path: URLPattern }>(routes: R[], method: string, url: string) {
  const matching = routes.filter(({ path }) => path.test(url));
  if (matching.length === 0) throw new HttpError(404, "There is no such route; README.md lists them.");
  const route = matching.find((candidate) => candidate.method === method);
  if (!route) {
    const allowed = matching.map((candidate) => candidate.method).join(", ");
    throw new HttpError(405, `Use ${allowed} here.`, { Allow: allowed });
  }
  return { route, groups: route.path.exec(url)?.pathname.groups ?? {} };
}
