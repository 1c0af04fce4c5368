import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../../../functions/api/app.ts";
import { followProduction } from "../../../../functions/api/live-model.ts";
import { noModel } from "../../../../functions/api/model.ts";
import { makeSamples } from "../../../../functions/api/samples.ts";
import { type RunningServer, serveHere } from "../../../../functions/api/server.ts";
import { serviceDouble, shelfDouble } from "../service-double.ts";
import { CHROMIUM, expectClean, launch, openTab, seriousFaults } from "./browser.ts";

describe.skipIf(!existsSync(CHROMIUM))("a stage without a model, in Chromium", () => {
  let browser: Browser;
  let server: RunningServer;
  let promoted = false;

  beforeAll(async () => {
    browser = await launch();
    const samples = await makeSamples();
    const empty = followProduction({
      channels: async () => ({ production: null, previous: null }),
      open: async () => ({ close: async () => {} }),
      checkMs: 0,
      onFallback: () => {},
      stage: "dev",
    });
    await empty.current();
    const shared = { samples: async () => samples };
    const without = createApp({ ...shared, ...noModel(shelfDouble(), () => empty.reason) });
    const withModel = createApp({ ...shared, films: serviceDouble(), models: shelfDouble() });
    server = await serveHere((request) => (promoted ? withModel : without).fetch(request), { port: 0 });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test("the page says in words that there is none and how one is made", async () => {
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    const notice = page.locator("#notices [role=alert]");
    await expect.poll(() => notice.textContent()).toContain("No model yet");
    expect(await notice.textContent()).toMatch(/bin\/hilum run --stage dev.*goes on by itself/);
    // Nobody waits for what takes hours: it is asked for once.
    expect(tab.asked.filter((asked) => asked === "GET /v1/models")).toHaveLength(1);
    expect(await seriousFaults(page)).toEqual([]);
    expectClean(tab);
    await tab.close();
  });

  test("and goes on by itself once there is one", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${server.url}/`);
    const notice = page.locator("#notices [role=alert]");
    await expect.poll(() => notice.count()).toBe(1);
    promoted = true;
    await page.clock.fastForward(30_000);
    await expect.poll(() => notice.count()).toBe(0);
    await expect.poll(() => page.locator("#model").textContent()).toContain("phantoms");
    await context.close();
  });
});
