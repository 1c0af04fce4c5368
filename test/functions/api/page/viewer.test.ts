import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answered, CHROMIUM, drop, expectClean, openTab, seriousFaults } from "./browser.ts";
import { type PageSite, startPageSite } from "./page-site.ts";

const AWKWARD = "../shared/awkward-sample";

describe.skipIf(!existsSync(CHROMIUM))("how the page is used, in Chromium", () => {
  let site: PageSite;

  beforeAll(async () => {
    site = await startPageSite();
  });
  afterAll(() => site?.close());

  test("everything is done from the keyboard", async () => {
    const tab = await openTab(site.browser, site.service.url);
    const { page } = tab;
    await page.keyboard.press("?");
    expect(await page.locator("#keys-dialog").isVisible()).toBe(true);
    expect(await page.locator("#keys").textContent()).toContain("heat map on or off");
    await page.keyboard.press("Escape");
    expect(await page.locator("#keys-dialog").isVisible()).toBe(false);
    await page.locator("#show-samples").focus();
    await page.keyboard.press("Enter");
    await page.locator("#samples-again button").first().focus();
    await page.keyboard.press("Enter");
    await answered(page);
    await page.keyboard.press("j");
    const chosen = () => page.locator(".chosen .name").textContent();
    const first = await chosen();
    expect(first).toBe(await page.locator(".finding .name").first().textContent());
    await page.locator(".finding button").first().focus();
    await page.keyboard.press("ArrowDown");
    expect(await chosen()).toBe(await page.locator(".finding .name").nth(1).textContent());
    await page.keyboard.press("Tab");
    const before = Number(await page.locator(".chosen input").inputValue());
    await page.keyboard.press("ArrowRight");
    expect(Number(await page.locator(".chosen input").inputValue())).toBeCloseTo(before + 0.01, 5);
    expect(await page.locator(".chosen input").getAttribute("aria-valuetext")).toMatch(/sensitivity \d\.\d\d/);
    await page.keyboard.press("m");
    expect(await page.locator("#map-toggle").getAttribute("aria-pressed")).toBe("false");
    const transform = () => page.evaluate<string>("sheet.style.transform");
    const fitted = await transform();
    for (const key of ["+", "r", "h"]) await page.keyboard.press(key);
    expect(await transform()).not.toBe(fitted);
    const slope = async () => Number(await page.locator("#window feFuncR").getAttribute("slope"));
    const slopes: number[] = [];
    for (const key of ["1", "2", "3", "4", "5"]) {
      await page.keyboard.press(key);
      slopes.push(await slope());
    }
    expect(slopes[0]).toBe(1);
    expect(new Set(slopes).size).toBe(5);
    expect(await page.locator("#preset").inputValue()).toBe("4");
    await page.keyboard.press("z");
    expect(await page.locator('button[data-tool="zoom"]').getAttribute("aria-pressed")).toBe("true");
    await page.locator("#stage").focus();
    await page.keyboard.press("Space");
    expect(await transform()).toBe(fitted);
    expectClean(tab);
    await tab.close();
  });

  test("dragging on the film changes the window, the wheel zooms, a second click pair sets it back", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
    const slope = () => page.locator("#window feFuncR").evaluate((element) => element.getAttribute("slope"));
    const stage = (await page.locator("#stage").boundingBox())!;
    await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width / 2 - 120, stage.y + stage.height / 2 + 40, { steps: 4 });
    await page.mouse.up();
    expect(Number(await slope())).toBeGreaterThan(1);
    const zoom = () => page.locator("#view-facts").textContent();
    const before = Number.parseInt((await zoom())!, 10);
    await page.mouse.wheel(0, -400);
    await expect.poll(async () => Number.parseInt((await zoom())!, 10)).toBeGreaterThan(before);
    await page.mouse.dblclick(stage.x + stage.width / 2, stage.y + stage.height / 2);
    expect(Number(await slope())).toBe(1);
    await page.keyboard.press("i");
    expect(Number(await slope())).toBe(-1);
    expectClean(tab);
    await tab.close();
  });

  test.skipIf(!existsSync(AWKWARD))("DICOM and 16-bit films are shown by the service's own picture", async () => {
    const tab = await openTab(site.browser, site.service.url);
    const { page } = tab;
    for (const name of ["chest_CR_MONO1_10bit_explicitLE.dcm", "gray16_12bit_in_low_bits.png"]) {
      await drop(page, [{ name, type: "", bytes: new Uint8Array(readFileSync(`${AWKWARD}/${name}`)) }]);
      await page.waitForResponse((response) => response.url().endsWith("style=film"));
      await expect.poll(() => page.evaluate<number>("film.naturalWidth")).not.toBe(0);
      expect(await page.locator("#sheet").isVisible()).toBe(true);
    }
    expectClean(tab);
    await tab.close();
  });

  test.each([
    ["light", 1280],
    ["dark", 360],
  ] as const)("%s, %i px wide: nothing serious for axe, and nothing runs off the side", async (colorScheme, width) => {
    const tab = await openTab(site.browser, site.service.url, { colorScheme, viewport: { width, height: 780 } });
    const { page } = tab;
    expect(await seriousFaults(page)).toEqual([]);
    await drop(page, [site.film, site.film]);
    await page.locator("#strip button").nth(1).waitFor();
    await answered(page);
    await page.keyboard.press("j");
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await page.click("#show-model");
    await page.locator("#model-card table").waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.emulateMedia({ colorScheme: colorScheme === "light" ? "dark" : "light" });
    expect(await seriousFaults(page)).toEqual([]);
    expectClean(tab);
    await tab.close();
  });

  test("the API's description is read from its own document", async () => {
    const tab = await openTab(site.browser, site.service.url);
    const { page } = tab;
    await page.goto(`${site.service.url}/docs`);
    await page.locator("summary", { hasText: "/v1/predictions" }).first().click();
    expect(await page.locator("details[open]").textContent()).toContain("curl");
    expect(await seriousFaults(page)).toEqual([]);
    expectClean(tab);
    await tab.close();
  });
});
