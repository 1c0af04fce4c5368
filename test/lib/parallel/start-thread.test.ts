import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");

it("a thread runs TypeScript whatever the working directory", async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), "hilum-elsewhere-"));
  try {
    await writeFile(join(elsewhere, "package.json"), `{ "type": "module" }`);
    const module = join(elsewhere, "greeting.ts");
    await writeFile(
      module,
      `import { parentPort } from "node:worker_threads"; parentPort!.postMessage("hello" as string);`,
    );
    const main = join(elsewhere, "main.mts");
    const thread = pathToFileURL(join(root, "lib/parallel/start-thread.ts")).href;
    await writeFile(
      main,
      `import { startThread } from ${JSON.stringify(thread)};
       startThread(new URL(${JSON.stringify(pathToFileURL(module).href)}), {}).on("message", (text) => console.log(text));`,
    );
    const loader = join(root, "node_modules/tsx/dist/loader.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", loader, main], { cwd: elsewhere });
    expect(stdout).toBe("hello\n");
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});
