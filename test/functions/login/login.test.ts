import { existsSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHROMIUM, launch } from "../api/page/browser.ts";
import { startOrigin, startProvider } from "./provider.ts";

let browser: Browser;
let provider: Awaited<ReturnType<typeof startProvider>>;
let origin: Awaited<ReturnType<typeof startOrigin>>;
let page: Page;

const loggedIn = () => page.waitForURL(`${origin.url}/index.html`);
const called = () => expect.poll(() => origin.calls.length, { timeout: 30_000 }).toBeGreaterThan(0);

describe.skipIf(!existsSync(CHROMIUM))("log-in of the deployed page", () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    provider = await startProvider();
    origin = await startOrigin(provider.url);
    page = await (await browser.newContext()).newPage();
  });
  afterEach(async () => {
    await page.context().close();
    await origin.close();
    await provider.close();
  });

  test("asks with a challenge that only this tab can answer, and adds the token to the API's calls alone", async () => {
    const carrying: string[] = [];
    page.on("request", (request) => {
      if (request.headers().authorization && !new URL(request.url()).pathname.startsWith("/v1/")) {
        carrying.push(request.url());
      }
    });
    await page.goto(origin.url);
    await loggedIn();
    await called();
    const { tokens, asked, refused } = provider.seen;
    expect({ asked, refused, tokens: tokens.length }).toEqual({ asked: 1, refused: 0, tokens: 1 });
    expect(new Set(origin.calls.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${tokens[0]}`]));
    expect(carrying).toEqual([]);
    const kept = await page.evaluate<string>(
      "JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href])",
    );
    expect(kept).not.toContain(tokens[0]);
    expect(await page.context().cookies()).toEqual([]);
  });

  test("an answer to another tab's question is refused before its code is used", async () => {
    await page.goto(`${origin.url}/?code=stolen&state=guessed`);
    await expect.poll(() => page.textContent("#state")).toBe("Not logged in: this answer belongs to another log-in.");
    expect(provider.seen).toEqual({ asked: 0, refused: 0, tokens: [] });
    await page.click("#again");
    await loggedIn();
  });

  test("a token that the log-in refuses is told, and can be asked for again", async () => {
    provider.behaviour.refuse = true;
    await page.goto(origin.url);
    await expect.poll(() => page.textContent("#state")).toBe("Not logged in: the log-in was not accepted (400).");
    expect(await page.isVisible("#again")).toBe(true);
    expect(origin.calls).toEqual([]);
  });

  test("who is not logged in any more comes back to the log-in", async () => {
    await page.goto(origin.url);
    await loggedIn();
    await called();
    origin.behaviour.status = 401;
    await page.evaluate('void fetch("/v1/models").catch(() => {})');
    await expect.poll(() => provider.seen.asked, { timeout: 30_000 }).toBeGreaterThan(1);
  });
});
