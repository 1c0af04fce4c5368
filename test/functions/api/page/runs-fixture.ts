import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { serveRuns } from "../../../../functions/api/serve-runs.ts";
import { openStore, storeUri } from "../../../../lib/store/open.ts";
import type { Store } from "../../../../lib/store/store.ts";
import { CHROMIUM, launch } from "./browser.ts";

/** A store's runs on disk, their page's server, and a browser where there is one. */
export interface RunsSite {
  /** Folder of the store; the room is `runs` in it. */
  readonly folder: string;
  readonly runs: Store;
  readonly url: string;
  readonly browser: Browser;
  /** Opens a path of the site once it has drawn itself; the page's errors are kept. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Errors of every page so far; answers that refuse are none. */
  readonly faults: string[];
  close(): Promise<void>;
}

export async function startRunsSite(): Promise<RunsSite> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-runs-page-"));
  const runs = openStore(storeUri(join(folder, "runs")));
  const server = await serveRuns(runs.uri, 0);
  const browser = existsSync(CHROMIUM) ? await launch() : undefined;
  const faults: string[] = [];
  return {
    ...{ folder, runs, url: server.url, browser: browser!, faults },
    async open(path, options = {}) {
      const page = await browser!.newPage(options);
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
          faults.push(message.text());
        }
      });
      page.on("pageerror", (error) => faults.push(error.message));
      await page.goto(new URL(path, server.url).href);
      await page.waitForSelector("main section, main article, main .failure");
      return page;
    },
    async close() {
      await browser?.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
      expect(faults).toEqual([]);
    },
  };
}
