// Makes the API reference of the package's types in target/docs. With --check it only looks whether each item that an app can name says what it is.

import { Application, ReflectionKind } from "typedoc";

process.chdir(import.meta.dirname);

const ITEMS =
  ReflectionKind.Module | ReflectionKind.Class | ReflectionKind.Interface | ReflectionKind.TypeAlias | ReflectionKind.Variable |
  ReflectionKind.FunctionOrMethod | ReflectionKind.Property | ReflectionKind.Accessor | ReflectionKind.Constructor;

const app = await Application.bootstrapWithPlugins({}, [(await import("typedoc")).TypeDocReader, (await import("typedoc")).TSConfigReader].map((Reader) => new Reader()));
const project = await app.convert();
if (!project) process.exit(1);
app.validate(project);

const complaints = project.getReflectionsByKind(ITEMS).flatMap(faults);
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0 || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
if (!process.argv.includes("--check")) await app.generateOutputs(project);

function faults(item) {
  // Of what has no name of its own, the item that it is part of speaks; a message's `type` is its name.
  if (item.parent?.kindOf(ReflectionKind.TypeLiteral) || item.name === "__type" || item.type?.type === "literal") return [];
  // Its own type has the comment, and what is not ours needs none here.
  if (item.inheritedFrom || item.flags.isExternal) return [];
  const comments = [item, ...(item.signatures ?? [])].map(({ comment }) => comment).filter(Boolean);
  const text = comments.flatMap(({ summary, blockTags }) => [...summary, ...blockTags.flatMap(({ tag, content }) => [{ text: tag }, ...content])]).map(({ text }) => text).join(" ");
  const name = item.getFriendlyFullName();
  const faults = [];
  if (!text.trim()) faults.push(`${name}: no comment`);
  const isOption = item.kindOf(ReflectionKind.Property) && item.flags.isOptional && /Options$/.test(item.parent.name) && !/^on[A-Z]/.test(item.name);
  if (text.trim() && isOption && !/default/i.test(text)) faults.push(`${name}: what is its default?`);
  const answers = item.signatures?.some(({ type }) => type?.name === "Promise");
  if (text.trim() && item.kindOf(ReflectionKind.FunctionOrMethod) && answers && !/@throws|never rejects/i.test(text)) faults.push(`${name}: which errors?`);
  return faults;
}
