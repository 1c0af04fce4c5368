import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const folder = join(dirname(createRequire(import.meta.url).resolve("#tensorflow")), "..", "lib", "napi-v8");
const { stdout: version } = spawnSync("readelf", ["--version"], { encoding: "utf8" });

/** What the ELF file says of itself: segments, dynamic section, symbols. */
const told = (addon: string): string =>
  spawnSync("readelf", ["--wide", "--segments", "--dynamic", "--dyn-syms", join(folder, `${addon}.node`)], {
    encoding: "utf8",
  }).stdout;

describe.skipIf(version === null)("native code is compiled against its own faults", () => {
  test.each(["network", "resize", "jpeg", "tfjs_binding"])("%s.node", (addon) => {
    const text = told(addon);
    // The stack has canaries, and nothing on it is run.
    expect(text).toContain("__stack_chk_fail");
    expect(text).toMatch(/GNU_STACK .* RW /);
    // All addresses are filled in at the start, and no more written.
    expect(text).toContain("GNU_RELRO");
    expect(text).toMatch(/BIND_NOW|FLAGS_1.*NOW/);
  });
});
