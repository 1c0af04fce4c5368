import { expect, it } from "vitest";
import { bundledName, loaderArguments, moduleBeside } from "../../../lib/parallel/program-modules.ts";

it.each([
  ["./prepare-worker.ts", "prepare-worker"],
  ["../../functions/gate/handler.ts", "functions-gate-handler"],
  ["../../containers/trainer/main.ts", "containers-trainer-main"],
])("%s is %s in a bundle", (path, name) => expect(bundledName(path)).toBe(name));

it("is the module itself in the sources", () => {
  expect(moduleBeside("./x.ts", "file:///a/b/c.ts").href).toBe("file:///a/b/x.ts");
});

it("asks for TypeScript's loader where it is needed", () => {
  expect(loaderArguments("/a/b.js")).toEqual([]);
  expect(loaderArguments("/a/b.ts")).toEqual(["--import", expect.stringMatching(/^file:.*tsx/)]);
});
