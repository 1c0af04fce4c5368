/** Loaded before a program (`--import`): says it where every object has a key of somebody else's. */
import { writeSync } from "node:fs";

const STANDARD_ERROR = 2;

function look() {
  for (const key in {}) {
    writeSync(STANDARD_ERROR, `prototype polluted: ${key}\n`);
    Reflect.deleteProperty(Object.prototype, key);
  }
}
setInterval(look, 20).unref();
process.on("exit", look);
