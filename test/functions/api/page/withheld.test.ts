import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VERSION_FILES } from "../../../../lib/contracts/layout.ts";
import { OBSERVATIONS } from "../../../../lib/domain/observations.ts";
import { featureChannels } from "../../../../lib/model/networks.ts";
import { encodeFeatureSpace } from "../../../../lib/registry/feature-space-file.ts";
import { MODEL } from "../../../lib/inference/published-model.ts";
import { describeVersion } from "../../../lib/registry/description.ts";
import { CHROMIUM, expectClean, seriousFaults } from "./browser.ts";
import { type PageSite, row, startPageSite } from "./page-site.ts";

const LITTLE = { positives: 12, negatives: 188 };
const ENOUGH = { positives: 40, negatives: 160 };

/** Of "Pleural Other" it learned nothing; of "Edema" nothing is claimed. */
const observations = OBSERVATIONS.map((name) => {
  const status = name === "Pleural Other" ? "not-learned" : name === "Edema" ? "not-claimed" : "learned";
  return { status, trained: ENOUGH, tested: name === "Edema" ? LITTLE : ENOUGH } as const;
});
const { trainedOn } = describeVersion();
const side = featureChannels(MODEL);
const space = { mean: new Float64Array(side), whitening: new Float64Array(side ** 2).fill(1) };
const strange = { path: VERSION_FILES.featureSpace, bytes: encodeFeatureSpace(space) };

async function downloaded(page: Page, button: string): Promise<string> {
  const waiting = page.waitForEvent("download");
  await page.click(button);
  return readFile(await (await waiting).path(), "utf8");
}

describe.skipIf(!existsSync(CHROMIUM))("an observation that was not learned, in Chromium", () => {
  let site: PageSite;
  beforeAll(async () => {
    site = await startPageSite({ observations, trainedOn });
  });
  afterAll(() => site?.close());

  test("stands last, without number, bar or threshold, and can't be chosen", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    expect(await page.locator(".finding .name").last().textContent()).toBe("Pleural Other");
    const unlearned = row(page, "Pleural Other");
    expect(await unlearned.locator(".word").textContent()).toBe("not learned");
    expect(await unlearned.locator(".number").textContent()).toBe("");
    expect(await unlearned.locator(".bar").isVisible()).toBe(false);
    expect(await unlearned.getByRole("slider").count()).toBe(0);
    expect(await unlearned.getByRole("button").isDisabled()).toBe(true);
    expect(await page.locator("#status").textContent()).toMatch(/of 13 above threshold; 1 not learned\./);
    for (let press = 0; press < OBSERVATIONS.length; press += 1) await page.keyboard.press("j");
    expect(await page.locator(".finding.chosen .name").textContent()).not.toBe("Pleural Other");
    await unlearned.hover();
    expect(await page.locator("#map-facts").textContent()).not.toContain("Pleural Other");
    expect(await seriousFaults(page)).toEqual([]);
    expectClean(tab);
    await tab.close();
  });

  test("one that is not claimed says so, and counts the films behind its figures", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    // Before anything is chosen.
    expect(await row(page, "Edema").locator(".word").textContent()).toMatch(/^(above|below), not claimed$/);
    await row(page, "Edema").getByRole("button").first().click();
    const detail = await row(page, "Edema").locator(".detail").textContent();
    expect(detail).toMatch(/Sensitivity\d+ of 40Specificity\d+ of 160/);
    expect(detail).toContain("Not claimed: too few test films");
    await page.click("#show-model");
    const figures = await page.locator("#model-card table").textContent();
    expect(figures).toContain("Pleural Othernot learned");
    expect(figures).toContain("Edema †0.9530 of 4080 of 160");
    await tab.close();
  });

  test("without a check for strange films the page says that there is none, and decides", async () => {
    const tab = await site.openAnswered();
    const told = await tab.page.locator("#summary").textContent();
    expect(told).toContain("This model has no check for films unlike those it learned from.");
    expect(told).toContain("above threshold");
    await tab.close();
  });
});

describe.skipIf(!existsSync(CHROMIUM))("a model tested on too few films to claim anything, in Chromium", () => {
  let site: PageSite;
  beforeAll(async () => {
    const unclaimed = observations.map((one) => ({ ...one, status: "not-claimed" as const, tested: LITTLE }));
    site = await startPageSite({ observations: unclaimed, thresholds: OBSERVATIONS.map(() => 0), trainedOn });
  });
  afterAll(() => site?.close());

  test("says so in the count, on every row before it is clicked, and shows no bold, blue row", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    expect(await page.getByRole("link", { name: "API" }).getAttribute("href")).toBe("docs");
    expect(await page.locator("#summary").textContent()).toContain(
      "14 of 14 above threshold, none claimed (too few test films)",
    );
    expect(new Set(await page.locator(".finding .word").allTextContents())).toEqual(new Set(["above, not claimed"]));
    expect(await page.locator(".finding.chosen").count()).toBe(0);
    const styleOf = (selector: string, property: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).getPropertyValue("${property}")`);
    expect(Number(await styleOf(".finding .name", "font-weight"))).toBeLessThan(600);
    expect(await styleOf(".finding .fill", "background-color")).not.toBe(await styleOf("#open", "background-color"));
    expect(await page.locator("#notices").textContent()).toContain(
      "No Finding is above its operating point, and so are",
    );
    await page.keyboard.press("m");
    const shown = await page.locator(".finding.chosen .name").textContent();
    const names = await page.locator(".finding .name").allTextContents();
    expect(shown).toBe(names.find((name) => name !== "No Finding"));
    expectClean(tab);
    await tab.close();
  });
});

describe.skipIf(!existsSync(CHROMIUM))("a film unlike the training films, in Chromium", () => {
  let site: PageSite;
  beforeAll(async () => {
    const outOfDistribution = { threshold: 0.01, trainingFilms: 100, tuningFilms: 100 };
    site = await startPageSite({ observations, outOfDistribution }, [strange]);
  });
  afterAll(() => site?.close());

  test("has no decision anywhere: rows, words, figures, the map's corner, tables", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    const { observation } = site.mapped[0]!;
    await row(page, observation).getByRole("button").first().click();
    const words = await page.locator(".finding .word").allTextContents();
    expect(new Set(words)).toEqual(new Set(["no decision", "not learned"]));
    const one = row(page, observation);
    expect(await one.locator("input").isVisible()).toBe(false);
    expect(await one.locator(".detail").textContent()).toMatch(/^No decision: the film is unlike/);
    expect(await page.locator("#map-facts").textContent()).toContain("no decision: film unlike the training films");
    expect(await page.locator("#status").textContent()).toContain("No decision: the film is unlike");
    expect(await page.locator(".column").textContent()).not.toMatch(/above threshold|Sensitivity/);
    const csv = await downloaded(page, "#save-csv");
    expect(csv).toContain('"out-of-distribution"');
    expect(csv).not.toMatch(/above-threshold|below-threshold/);
    expect(JSON.parse(await downloaded(page, "#save-json"))).toMatchObject({ outOfDistribution: true });
    expect(await seriousFaults(page)).toEqual([]);
    expectClean(tab);
    await tab.close();
  });
});
