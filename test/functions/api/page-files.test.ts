import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { readPageFiles } from "../../../functions/api/page-files.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-page-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><p>page</p>");
  await writeFile(join(folder, "docs.html"), "<!doctype html><p>docs</p>");
  await writeFile(join(folder, "app.js"), "export {};");
  await writeFile(join(folder, "tsconfig.json"), "{}");
  await writeFile(join(folder, ".secret"), "x");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the kinds that a browser loads are read, each with its type, and nothing else", () => {
  const files = readPageFiles(folder);
  expect([...files].map(([name, { type }]) => `${name} ${type.split(";")[0]}`).sort()).toEqual([
    ...["app.js text/javascript", "docs.html text/html", "index.html text/html"],
  ]);
  expect(Buffer.from(files.get("app.js")!.bytes).toString()).toBe("export {};");
});

test("an etag follows the content and nothing else", async () => {
  const before = readPageFiles(folder).get("app.js")!.etag;
  expect(before).toMatch(/^"[\w-]{22}"$/);
  await writeFile(join(folder, "app.js"), "export {};");
  expect(readPageFiles(folder).get("app.js")!.etag).toBe(before);
  await writeFile(join(folder, "app.js"), "export { };");
  expect(readPageFiles(folder).get("app.js")!.etag).not.toBe(before);
});

test("the page and the API's description answer under their names, and once more with nothing where nothing changed", async () => {
  const app = createApp({ films: serviceDouble(), models: shelfDouble(), pageFolder: folder });
  for (const [path, text] of [
    ["/", "<p>page</p>"],
    ["/docs", "<p>docs</p>"],
  ] as const) {
    const first = await app.request(path);
    expect({ status: first.status, type: first.headers.get("content-type") }).toEqual({
      ...{ status: 200, type: "text/html; charset=utf-8" },
    });
    expect(await first.text()).toContain(text);
    const again = await app.request(path, { headers: { "if-none-match": first.headers.get("etag")! } });
    expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: "" });
  }
  expect((await app.request("/page/tsconfig.json")).status).toBe(404);
});
