import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InputError } from "../domain/errors.ts";
import { applyEngineEnvironment } from "./environment.ts";

export const ENGINE_MISSING = "engine-missing";

const require = createRequire(import.meta.url);

/**
 * An addon of lib/setup/native, which the set-up compiles and puts beside TensorFlow's binding; loaded on the first call.
 * @returns a function that throws InputError `engine-missing` where it is not built
 */
export function ownAddon<Addon>(name: "jpeg" | "network" | "resize"): () => Addon {
  let loaded: Addon | undefined;
  return () => {
    if (loaded !== undefined) return loaded;
    applyEngineEnvironment();
    try {
      const folder = join(dirname(require.resolve("#tensorflow")), "..", "lib", "napi-v8");
      loaded = require(join(folder, `${name}.node`)) as Addon;
    } catch (cause) {
      throw new InputError(ENGINE_MISSING, "the engine is not set up here: run node bin/setup.mjs", { cause });
    }
    return loaded;
  };
}
