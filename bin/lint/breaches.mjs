import { posix } from "node:path";
import { PACKAGES, ROOMS } from "./rooms.mjs";

const GAP = String.raw`(?:\s|/\*[^]*?\*/|//[^\n]*\n)*`;
const CALLS = String.raw`(?:require|createRequire\([^)]*\)|import\.meta|moduleBeside|new URL)(?:\.resolve)?`;

/**
 * Where a module is named: by `import` and `export … from`, of values and of types; by `import()`, also in a type; by
 * `require` and `resolve`; as a program of its own (`moduleBeside`, `new URL`). This looks at text rather than at syntax:
 * what stands in a comment counts too.
 */
const NAMED = new RegExp(
  String.raw`(?:\bfrom${GAP}|\bimport${GAP}(?:\(${GAP})?|\b${CALLS}${GAP}\(${GAP})(["'\`])([^"'\`\s(,;]+)\1`,
  "g",
);

const PROGRAM = /\.[cm]?[jt]sx?$/;

/** Files that import: TypeScript and JavaScript. @param {string} path */
export const isProgram = (path) => PROGRAM.test(path);

/**
 * What a program imports, as it is written there.
 * @param {string} text
 */
export const importsOf = (text) =>
  [...text.matchAll(NAMED)]
    .filter(([whole, , name]) => !/^new URL/.test(whole) || (name?.startsWith(".") && isProgram(name)))
    .map(([, , name]) => /** @type {string} */ (name));

/**
 * The room of a path: the longest row that it lies in; undefined where there is none.
 * @param {string} path from the repository's root
 */
export const roomOf = (path, rooms = ROOMS) =>
  Object.keys(rooms)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

/** @param {string} row @param {string} room */
const covers = (row, room) => row === room || row === "*" || (row.endsWith("/*") && room.startsWith(row.slice(0, -1)));

/** @param {string} name */
const groupOf = (name) =>
  /** @type {(keyof typeof PACKAGES)[]} */ (Object.keys(PACKAGES)).find((group) => PACKAGES[group].test(name));

/**
 * Where the rooms' directions are not kept.
 * @param {Iterable<readonly [path: string, text: string]>} programs paths are from the repository's root, with slashes
 * @returns {string[]} a sentence each, which begins with the path
 */
export function breaches(programs, rooms = ROOMS) {
  return [...programs].flatMap(([path, text]) => {
    const room = roomOf(path, rooms);
    if (room === undefined) return [`${path}: its room has no row in bin/lint/rooms.mjs`];
    const row = /** @type {import("./rooms.mjs").Room} */ (rooms[room]);
    return importsOf(text).flatMap((name) => {
      const breach = name.startsWith(".") ? wrongRoom(path, room, row, name, rooms) : wrongPackage(room, row, name);
      return breach === undefined ? [] : [`${path} imports ${name}: ${breach}`];
    });
  });
}

/** @param {string} path @param {string} room @param {import("./rooms.mjs").Room} row @param {string} name */
function wrongRoom(path, room, row, name, rooms = ROOMS) {
  const target = posix.join(posix.dirname(path), name);
  // a path that is put together, such as functions/${step}/handler.ts, is of the rooms that its beginning names
  const to = roomOf(target, rooms) ?? target;
  if (to === room || row.imports.some((allowed) => covers(allowed, to))) return undefined;
  return `${room} may import ${row.imports.join(", ") || "no other room"}`;
}

/** @param {string} room @param {import("./rooms.mjs").Room} row @param {string} name */
function wrongPackage(room, row, name) {
  if (name.startsWith("node:")) return undefined;
  if (/^(\/|file:)/.test(name)) return "a module of ours is named from the one that imports it";
  const group = groupOf(name);
  if (group === undefined) return "no package is called so";
  const opens = row.opens ?? ["other"];
  return opens.includes(group) ? undefined : `${room} may open no packages of the group ${group}`;
}
