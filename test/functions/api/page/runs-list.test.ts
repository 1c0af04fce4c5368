import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunEvaluation } from "../../../../lib/contracts/evaluation.ts";
import { writeDocument } from "../../../../lib/store/documents.ts";
import { storedRun } from "../../../lib/runs/stored-run.ts";
import { evaluation } from "../evaluation.ts";
import { CHROMIUM, seriousFaults } from "./browser.ts";
import { type RunsSite, startRunsSite } from "./runs-fixture.ts";

/** Mean AUROC of each; null of one that has none. */
const RUNS = { "study-0000000a": 0.7, "study-0000000b": null, "study-0000000c": 0.9, "study-0000000d": 0.8 };

describe.skipIf(!existsSync(CHROMIUM))("the list of runs in Chromium", () => {
  let site: RunsSite;

  beforeAll(async () => {
    site = await startRunsSite();
    for (const [run, meanAuroc] of Object.entries(RUNS)) {
      const stored = storedRun(site.runs, run);
      await stored.request({ seeds: [1, 2] });
      for (const member of [0, 1]) await stored.history(member, [0.5, 0.3]);
      if (meanAuroc === null) {
        await stored.failed("validate", 2);
        await stored.ended("failed", 3, "validate");
        continue;
      }
      await writeDocument(site.runs, stored.keys.evaluation, RunEvaluation, {
        ...evaluation,
        model: "0123456789abcdef",
        meanAuroc,
      });
      await stored.ended("not-promoted", 3);
    }
    await site.runs.put("study-0000000d/decision.json", Buffer.from("{"));
    await site.runs.put("broken-0000000e/request.json", Buffer.from("{"));
  });
  afterAll(() => site.close());

  test("is put in order by its heads, what has no figure last, and the address keeps search and order", async () => {
    const page = await site.open("/runs");
    const names = () => page.locator("tbody th").allTextContents();
    const head = page.getByRole("button", { name: /^Mean AUROC/ });
    await head.focus();
    await page.keyboard.press("Enter");
    expect(await names()).toEqual(["study-0000000c", "study-0000000d", "study-0000000a", "study-0000000b"]);
    expect(await page.locator("th[aria-sort=descending]").textContent()).toContain("Mean AUROC");
    await page.keyboard.press("Enter");
    expect(await names()).toEqual(["study-0000000a", "study-0000000d", "study-0000000c", "study-0000000b"]);
    await page.getByRole("searchbox").fill("not promoted");
    await page.getByRole("link", { name: "study-0000000d" }).click();
    await page.waitForSelector("main article");
    await page.goBack();
    await page.waitForSelector("tbody tr");
    expect(await page.getByRole("searchbox").inputValue()).toBe("not promoted");
    expect(await names()).toEqual(["study-0000000a", "study-0000000d", "study-0000000c"]);
    expect(await seriousFaults(page)).toEqual([]);
    await page.close();
  });

  test("tells why a run failed and what of the store it could not read, on a narrow screen too", async () => {
    const page = await site.open("/runs", { viewport: { width: 390, height: 800 }, colorScheme: "dark" });
    const failed = page.getByRole("row", { name: /^Compare study-0000000b/ });
    expect(await failed.textContent()).toContain("train.csv line 12: 13 labels, expected 14");
    const told = await page.locator(".failures").textContent();
    expect(told).toContain("broken-0000000e");
    expect(told).toContain("study-0000000d: decision.json: expected JSON");
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.close();
  });

  test("what is focused and chosen stays while runs go on and others come", async () => {
    const page = await site.open("/runs");
    await page.getByRole("checkbox", { name: "Compare study-0000000a" }).check();
    const link = page.getByRole("link", { name: "study-0000000a" });
    await link.focus();
    const element = await link.elementHandle();
    const stored = storedRun(site.runs, "study-0000000f");
    await stored.request();
    await stored.progress("validate", 1, { at: new Date().toISOString() });
    await page.getByRole("row", { name: /study-0000000f running at validate/ }).waitFor();
    expect(await element!.evaluate((e) => [e.isConnected, e.matches(":focus")])).toEqual([true, true]);
    expect(await page.getByRole("checkbox", { name: "Compare study-0000000a" }).isChecked()).toBe(true);
    await page.getByRole("button", { name: "Choose none" }).click();
    expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(0);
    for await (const { key } of site.runs.list(stored.keys.prefix)) await site.runs.delete(key);
    await page.close();
  });

  test("has a link to a model's page only where there is one", async () => {
    const page = await site.open("/runs");
    expect(await page.getByRole("link", { name: "The page" }).isVisible()).toBe(false);
    await page.close();
  });

  test("runs side by side have a colour each, their members a dash each, and values under the pointer", async () => {
    const page = await site.open("/runs");
    for (const run of ["study-0000000a", "study-0000000c"]) {
      await page.getByRole("checkbox", { name: `Compare ${run}` }).check();
    }
    await page.getByRole("button", { name: "Compare 2 runs" }).click();
    await page.waitForSelector("article .chart");
    const classes = await page
      .locator(".legend path")
      .evaluateAll((lines) => lines.map((l) => l.getAttribute("class")));
    const shapes = classes.map((text) => text!.match(/c\d|d\d/g)!);
    expect(new Set(shapes.map(([colour]) => colour)).size).toBe(2);
    expect(shapes[0]![0]).toBe(shapes[1]![0]);
    expect(new Set(classes).size).toBe(4);
    const figure = page.getByRole("figure").filter({ hasText: "Mean AUROC" });
    const box = (await figure.locator("svg").boundingBox())!;
    await page.mouse.move(box.x + box.width - 5, box.y + 40);
    expect(await figure.locator(".readout").textContent()).toMatch(
      /^epoch 2: study-0000000., member 0 0.7; .*member 1/,
    );
    const pressed = page.getByRole("button", { name: "study-0000000a, member 1" });
    await pressed.click();
    expect(await pressed.getAttribute("aria-pressed")).toBe("true");
    expect(await figure.locator(".line:not(.faint)").count()).toBe(2);
    await pressed.click();
    expect(await figure.locator(".faint").count()).toBe(0);
    await page.getByText("Epochs as a table").click();
    await page.locator(".epochs").waitFor();
    const rows = await page.locator(".epochs tbody tr").allTextContents();
    expect(rows).toHaveLength(8);
    expect(rows[1]).toContain("2 (best, kept)0.30000.30000.700100.0");
    expect(await seriousFaults(page)).toEqual([]);
    await page.close();
  });

  test("a run that is not there is told in its place", async () => {
    const page = await site.open("/runs/study-0000000z");
    expect(await page.getByRole("alert").textContent()).toMatch(/no run "study-0000000z"; is it study-0000000a or /);
    await page.close();
  });
});
