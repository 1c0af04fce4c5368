import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OBSERVATIONS } from "../../../../lib/domain/observations.ts";
import { startTestService } from "../served-model.ts";
import { CHROMIUM, expectClean, openTab, seriousFaults } from "./browser.ts";
import { type PageSite, row, startPageSite } from "./page-site.ts";

describe.skipIf(!existsSync(CHROMIUM))("what the page says of a film, in Chromium", () => {
  let site: PageSite;

  beforeAll(async () => {
    site = await startPageSite();
  });
  afterAll(() => site?.close());

  const heat = (page: Page) => page.evaluate<string>('heat.hidden ? "" : heat.toDataURL()');

  test("a dropped film gets its 14 findings, likeliest first, in words too", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    const names = await page.locator(".finding .name").allTextContents();
    expect([...names].sort()).toEqual([...OBSERVATIONS].sort());
    const numbers = (await page.locator(".finding .number").allTextContents()).map((shown) =>
      Number(shown.replace(/[<>]/, "")),
    );
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    for (const word of await page.locator(".finding .word").allTextContents()) {
      expect(["above threshold", "above, not claimed", "below", "below, not claimed"]).toContain(word);
    }
    expect(await page.locator("#facts").textContent()).toContain("320 × 384 · PNG · 8 bit");
    expect(await page.locator("#model").textContent()).toContain(site.service.model.version);
    expect(await page.locator("#status").textContent()).toMatch(/of 14 above threshold/);
    expect(await heat(page)).toBe("");
    expectClean(tab);
    await tab.close();
  });

  test("findings switch the heat map without asking the service again", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    const before = tab.asked.length;
    const [first, second] = [site.mapped[0]!.observation, site.mapped[1]!.observation];
    await row(page, first).getByRole("button").first().click();
    const one = await heat(page);
    expect(one).not.toBe("");
    expect(await page.locator("#map-facts").textContent()).toContain(first);
    expect(await page.locator("#legend").isVisible()).toBe(true);
    expect(await page.locator(".contour").getAttribute("d")).toMatch(/^M/);
    await row(page, second).getByRole("button").first().click();
    const two = await heat(page);
    expect(two).not.toBe(one);
    await row(page, first).hover();
    expect(await page.locator("#map-facts").textContent()).toContain(first);
    await page.mouse.move(1, 1);
    expect(await page.locator("#map-facts").textContent()).toContain(second);
    await row(page, second).getByRole("button").first().click();
    expect(await heat(page)).toBe("");
    await row(page, first).hover();
    expect(await heat(page)).toBe("");
    expect(tab.asked).toHaveLength(before);
    expectClean(tab);
    await tab.close();
  });

  test("a map of no opacity leaves the film as it is, to the pixel", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    const stage = (await page.locator("#stage").boundingBox())!;
    // Between the lines of text in its corners.
    const clip = { x: stage.x, y: stage.y + 80, width: stage.width, height: stage.height - 160 };
    const picture = () => page.screenshot({ clip, animations: "disabled" });
    const untouched = await picture();
    await row(page, site.mapped[0]!.observation).getByRole("button").first().click();
    expect((await picture()).equals(untouched)).toBe(false);
    await page.locator("#opacity").fill("0");
    expect((await picture()).equals(untouched)).toBe(true);
    expectClean(tab);
    await tab.close();
  });

  test("a dragged threshold changes the word and shows what was measured there", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    const { observation, threshold, decision } = site.mapped.find(({ observation }) => observation !== "Fracture")!;
    const positive = decision === "above-threshold";
    const one = row(page, observation);
    const track = (await one.locator(".bar").boundingBox())!;
    const y = track.y + track.height / 2;
    await page.mouse.move(track.x + track.width * threshold!, y);
    await page.mouse.down();
    await page.mouse.move(track.x + track.width * (positive ? 1 : 0), y, { steps: 5 });
    await page.mouse.up();
    expect(await one.locator(".word").textContent()).toBe(positive ? "below" : "above threshold");
    const detail = await one.locator(".detail").textContent();
    expect(detail).toContain(positive ? "Sensitivity0.00Specificity1.00" : "Sensitivity1.00Specificity0.00");
    expect(detail).toContain("Measured on 80 test patients");
    await one.getByRole("button", { name: /^Back to the model's/ }).click();
    expect(await one.locator(".word").textContent()).toBe(positive ? "above threshold" : "below");
    expectClean(tab);
    await tab.close();
  });

  test("a model of drawings is told before all else, one of films is not", async () => {
    const service = await startTestService({
      provenance: [{ name: "phantoms", kind: "phantom", labeller: "a program" }],
    });
    try {
      const tab = await openTab(site.browser, service.url);
      const caution = tab.page.locator("#caution");
      await caution.waitFor({ state: "visible" });
      expect(await caution.textContent()).toMatch(/^Learned from drawings, not from patients/);
      expect(await seriousFaults(tab.page)).toEqual([]);
      await tab.page.click("#show-model");
      expect(await tab.page.locator("#model-card").textContent()).toContain("phantoms (drawn by a program)");
      expectClean(tab);
      await tab.close();
    } finally {
      await service.close();
    }
    const tab = await site.openAnswered();
    const { page } = tab;
    expect(await page.locator("#model").textContent()).not.toBe("");
    expect(await page.locator("#caution").isVisible()).toBe(false);
    await tab.close();
  });

  test("a reader disagrees: labels alone, then with the film by consent", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    await page.click("#disagree");
    await page.getByRole("button", { name: "Send" }).click();
    expect(await page.locator("#feedback-told").textContent()).toBe("Judge at least one observation.");
    await page.getByLabel(/^Edema/).selectOption("absent");
    await page.getByRole("button", { name: "Send" }).click();
    await expect.poll(() => page.locator("#disagreed").textContent()).toBe("Your reading is kept.");
    expect((await readdir(site.service.feedback)).filter((name) => name.endsWith(".csv"))).toEqual([]);

    await page.click("#disagree");
    await page.getByLabel(/^Cardiomegaly/).selectOption("present");
    await page.getByLabel("The film may be kept").check();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Send" }).click();
    expect(await page.locator("#feedback-dialog").isVisible()).toBe(true);
    await page.getByLabel("Patient's pseudonym").fill("reader-7");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#disagreed").textContent()).toBe("Reading and film are kept.");
    const [csv = ""] = (await readdir(site.service.feedback)).filter((name) => name.endsWith(".csv"));
    expect(await readFile(join(site.service.feedback, csv), "utf8")).toMatch(/patientreader-7.*,Frontal,/);
    expectClean(tab);
    await tab.close();
  });
});
