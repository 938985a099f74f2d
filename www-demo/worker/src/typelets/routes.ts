import { matchRoute } from "../routing";
import type { Call } from "./call";
import { createFolder, deleteFolder, getFolder, listFolders, putFolder } from "./folders";
import { createNote, deleteNote, emptyTrash, getNote, listNotes, putNote } from "./notes";

export interface Route {
  method: string;
  path: URLPattern;
  answer: (call: Call) => Response | Promise<Response>;
}

/**
 * What a hub answers to, below `/typelets/api`.
 * @throws {HttpError} 404, 405
 */
export function findRoute(method: string, url: string): { route: Route; id: string } {
  const { route, groups } = matchRoute(ROUTES, method, url);
  return { route, id: groups.id ?? "" };
}

function at(pathname: string): URLPattern {
  return new URLPattern({ pathname: pathname.replace(":id", ":id([\\w\\-]{1,64})") });
}

/** The first that fits answers, so a name stands before an id. */
const ROUTES: Route[] = [
  { method: "GET", path: at("/notes"), answer: listNotes },
  { method: "POST", path: at("/notes"), answer: createNote },
  { method: "DELETE", path: at("/notes/empty-trash"), answer: emptyTrash },
  { method: "GET", path: at("/notes/:id"), answer: getNote },
  { method: "PUT", path: at("/notes/:id"), answer: putNote },
  { method: "DELETE", path: at("/notes/:id"), answer: deleteNote },
  { method: "GET", path: at("/folders"), answer: listFolders },
  { method: "POST", path: at("/folders"), answer: createFolder },
  { method: "GET", path: at("/folders/:id"), answer: getFolder },
  { method: "PUT", path: at("/folders/:id"), answer: putFolder },
  { method: "DELETE", path: at("/folders/:id"), answer: deleteFolder },
];
