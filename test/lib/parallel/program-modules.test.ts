import { expect, it, vi } from "vitest";
import { bundledName, loaderArguments, moduleBeside } from "../../../lib/parallel/program-modules.ts";

it.each([
  ["./prepare-worker.ts", "prepare-worker"],
  ["../../functions/gate/handler.ts", "functions-gate-handler"],
  ["../../containers/trainer/main.ts", "containers-trainer-main"],
])("%s is %s in a bundle", (path, name) => expect(bundledName(path)).toBe(name));

it("is the module itself in the sources, or a bundle's where that is said to start", () => {
  vi.stubEnv("HILUM_PROGRAMS", "");
  expect(moduleBeside("./x.ts", "file:///a/b/c.ts").href).toBe("file:///a/b/x.ts");
  vi.stubEnv("HILUM_PROGRAMS", "file:///bundle/");
  expect(moduleBeside("../x/y.ts", "file:///a/b/c.ts").href).toBe("file:///bundle/x-y.js");
  vi.unstubAllEnvs();
});

it("asks for TypeScript's loader where it is needed", () => {
  expect(loaderArguments("/a/b.js")).toEqual([]);
  expect(loaderArguments("/a/b.ts")).toEqual(["--import", expect.stringMatching(/^file:.*tsx/)]);
});
