import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { breaches, isProgram } from "./lint/breaches.mjs";

/** Says where the rooms' directions are not kept in the repository that it is started in; ends with 1 where any is not. */
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
})
  .split("\0")
  .filter((path) => isProgram(path) && existsSync(path));
const found = breaches(files.map((path) => [path, readFileSync(path, "utf8")]));
console.log(
  found.length === 0 ? `Rooms: ${files.length} programs, no import that its room may not make.` : found.join("\n"),
);
process.exitCode = found.length === 0 ? 0 : 1;
