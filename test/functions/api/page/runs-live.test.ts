import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stillTemplate } from "../../../../functions/api/still-template.ts";
import { Lease } from "../../../../lib/contracts/lease.ts";
import { readRun } from "../../../../lib/runs/read-run.ts";
import { stillPage } from "../../../../lib/runs/still-page.ts";
import { writeDocument } from "../../../../lib/store/documents.ts";
import { SELF } from "../../../../lib/store/process-identity.ts";
import { minute, plannedRun, storedRun } from "../../../lib/runs/stored-run.ts";
import { CHROMIUM, seriousFaults } from "./browser.ts";
import { type RunsSite, startRunsSite } from "./runs-fixture.ts";

const RUN = "study-0000aaaa";
const line = (message: string) => ({ at: minute(1), level: "info" as const, message });

describe.skipIf(!existsSync(CHROMIUM))("a run under way in Chromium", () => {
  let site: RunsSite;
  let stored: ReturnType<typeof storedRun>;

  const runner = (changes: Partial<Lease> = {}) =>
    writeDocument(site.runs, stored.keys.runner, Lease, {
      ...{
        schema: "hilum.lease/1",
        token: "1",
        owner: SELF,
        takenAt: minute(2),
        renewedAt: new Date().toISOString(),
        endedAt: null,
      },
      ...changes,
    });
  const working = (done: number, log = Array.from({ length: 60 }, (_, i) => line(`line ${i}`))) =>
    stored.progress("plan", 3, {
      owner: SELF,
      starts: 2,
      log,
      progress: { done, total: 90, unit: "rows", rate: 1, secondsLeft: 90 - done, figures: {} },
    });

  beforeAll(async () => {
    site = await startRunsSite();
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    for await (const { key } of site.runs.list("")) await site.runs.delete(key);
    stored = storedRun(site.runs, RUN);
    await stored.request();
    await stored.done("validate", 0);
    await runner();
  });

  test("what a person has opened, scrolled to and focused stays while the run goes on", async () => {
    await working(1);
    await stored.failed("plan", 2);
    const page = await site.open(`/runs/${RUN}`);
    expect(await page.locator(".details .note").textContent()).toMatch(/^The attempt before: train.csv line 12/);
    await page.getByText("Log, 60 lines").click();
    const log = page.locator(".details pre");
    await log.evaluate((element) => {
      element.scrollTop = 100;
      element.focus();
    });
    const state = page.locator("[data-state=plan]");
    const [logElement, stateElement] = [await log.elementHandle(), await state.elementHandle()];
    await working(7, [...Array.from({ length: 61 }, (_, i) => line(`line ${i}`))]);
    await page.getByText("7/90 rows, 1 rows/s, 1 min 23 s left").waitFor();
    expect(await page.getByText("Log, 61 lines").count()).toBe(1);
    expect(await logElement!.evaluate((e) => [e.isConnected, e.scrollTop, e.matches(":focus")])).toEqual([
      true,
      100,
      true,
    ]);
    expect(await stateElement!.evaluate((element) => element.isConnected)).toBe(true);
    await page.close();
  });

  test("what was done before it was taken up again is told as skipped", async () => {
    await working(1);
    const page = await site.open(`/runs/${RUN}`);
    await page.locator("[data-state=validate]").focus();
    expect(await page.locator("[data-state=validate]").textContent()).toContain("done before");
    await page.keyboard.press("Enter");
    expect(await page.locator(".details").textContent()).toContain("taken up again, and skipped since");
    expect(await page.locator("[data-state=plan]").textContent()).toContain("↻1");
    expect(await seriousFaults(page)).toEqual([]);
    await page.close();
  });

  test("a state that is to begin again has taken no time yet", async () => {
    await stored.progress("plan", 1, { owner: SELF, endedAt: minute(1) });
    await stored.failed("plan", 1);
    const page = await site.open(`/runs/${RUN}`);
    expect(await page.locator("[data-state=plan] .caption").textContent()).toBe("running");
    expect(await page.locator(".details").textContent()).toMatch(/^planpending The attempt before: train.csv line 12/);
    expect(await page.locator(".about").textContent()).toContain("Taken up again2026-01-01 08:02 UTC");
    await page.close();
  });

  test("one whose runner was killed has stopped, and goes on with a command that names its store", async () => {
    await working(1);
    await runner({ owner: { ...SELF, boot: "before" } });
    const page = await site.open(`/runs/${RUN}`);
    expect(await page.locator("h2 .badge").textContent()).toBe("stopped");
    expect(await page.locator(".progress").textContent()).toBe("1/90 rows");
    expect(await page.locator(".head code").textContent()).toBe(`bin/hilum runs resume ${RUN} --store ${site.folder}`);
    await page.close();
  });

  test("a server that is away for a while is told and waited for, and what stood stays", async () => {
    await working(1);
    const page = await site.open(`/runs/${RUN}`);
    await page.route("**/run-data/**", (route) => route.abort());
    await page.getByText("The server does not answer. Trying again.").waitFor();
    expect(await page.locator("[data-state=plan]").isVisible()).toBe(true);
    await page.unroute("**/run-data/**");
    await page.locator("#trouble").waitFor({ state: "hidden" });
    await page.close();
  });

  test("kept as one file it stays as it stood, however late it is opened", async () => {
    await working(1);
    const view = { ...(await readRun(site.runs, RUN)), at: minute(5) };
    const file = join(site.folder, "run.html");
    await writeFile(file, stillPage(stillTemplate(), view));
    const page = await site.open(pathToFileURL(file).href);
    expect(await page.locator(".head").textContent()).toContain("as it stood 2026-01-01 08:05 UTC");
    expect(await page.locator("[data-state=plan]").textContent()).toContain("running 2 min 00 s");
    await page.close();
  });

  test("of an array of twenty those that failed come first, with why; nothing is wider than a phone", async () => {
    await plannedRun(site.runs, RUN, { prepareJobs: 20 });
    await stored.done("plan", 1);
    for (let index = 0; index < 20; index += 1) {
      if (index === 7 || index === 15) await stored.failed("prepare", 9, index);
      else await stored.done("prepare", 5, index);
    }
    await runner({ endedAt: minute(10) });
    const page = await site.open(`/runs/${RUN}`, { viewport: { width: 390, height: 800 }, colorScheme: "dark" });
    expect(await page.getByRole("alert").textContent()).toMatch(/^prepare, member 7 failed. train.csv line 12/);
    expect(await page.locator("[data-state=prepare-array]").textContent()).toContain("failed 18/20");
    expect(await page.locator(".details").textContent()).toContain("20 members: 18 done, 2 failed.");
    const members = await page.locator(".members tbody th").allTextContents();
    expect([members.length, ...members.slice(0, 3)]).toEqual([20, "7", "15", "0"]);
    expect(await page.locator(".members tbody tr").first().textContent()).toContain("train.csv line 12: 13 labels");
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.close();
  });
});
