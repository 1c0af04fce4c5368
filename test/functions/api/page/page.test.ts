import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveModel } from "../../../../functions/api/serve-model.ts";
import { type Finding, Prediction } from "../../../../lib/contracts/api.ts";
import { OBSERVATIONS } from "../../../../lib/domain/observations.ts";
import { startTestService, type TestService } from "../served-model.ts";
import {
  answered,
  CHROMIUM,
  type DroppedFile,
  drop,
  dropPaths,
  expectClean,
  launch,
  openTab,
  seriousFaults,
} from "./browser.ts";

const AWKWARD = "../shared/awkward-sample";

describe.skipIf(!existsSync(CHROMIUM))("the page in Chromium", () => {
  let service: TestService;
  let browser: Browser;
  let film: DroppedFile;
  /** Findings of that film whose maps have a region, likeliest first. */
  let mapped: Finding[];

  beforeAll(async () => {
    [service, browser] = await Promise.all([startTestService(), launch()]);
    const bytes = new Uint8Array(await (await fetch(`${service.url}/v1/samples/effusion`)).arrayBuffer());
    film = { name: "film.png", type: "image/png", bytes };
    const headers = { "content-type": "image/png" };
    const asked = await fetch(`${service.url}/v1/predictions?explain=all`, { method: "POST", body: bytes, headers });
    const { findings } = Prediction.parse(await asked.json());
    mapped = findings.filter((finding) => finding.map != null).sort((a, b) => b.probability - a.probability);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });

  const row = (page: Page, observation: string) =>
    page.locator(".finding", { has: page.locator(".name", { hasText: new RegExp(`^${observation}$`) }) });

  const heat = (page: Page) => page.evaluate<string>('heat.hidden ? "" : heat.toDataURL()');

  test("a dropped film gets its 14 findings, likeliest first, in words too", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
    const names = await page.locator(".finding .name").allTextContents();
    expect([...names].sort()).toEqual([...OBSERVATIONS].sort());
    const numbers = (await page.locator(".finding .number").allTextContents()).map((shown) =>
      Number(shown.replace(/[<>]/, "")),
    );
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    for (const word of await page.locator(".finding .word").allTextContents()) {
      expect(["above threshold", "below"]).toContain(word);
    }
    expect(await page.locator("#facts").textContent()).toContain("320 × 384 · PNG · 8 bit");
    expect(await page.locator("#model").textContent()).toContain(service.model.version);
    expect(await page.locator("#status").textContent()).toMatch(/of 14 above threshold/);
    expect(await heat(page)).toBe("");
    expectClean(tab);
    await tab.close();
  });

  test("findings switch the heat map without asking the service again", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
    const before = tab.asked.length;
    const [first, second] = [mapped[0]!.observation, mapped[1]!.observation];
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
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
    const stage = (await page.locator("#stage").boundingBox())!;
    // Between the lines of text in its corners.
    const clip = { x: stage.x, y: stage.y + 80, width: stage.width, height: stage.height - 160 };
    const picture = () => page.screenshot({ clip, animations: "disabled" });
    const untouched = await picture();
    await row(page, mapped[0]!.observation).getByRole("button").first().click();
    expect((await picture()).equals(untouched)).toBe(false);
    await page.locator("#opacity").fill("0");
    expect((await picture()).equals(untouched)).toBe(true);
    expectClean(tab);
    await tab.close();
  });

  test("a dragged threshold changes the word and shows what was measured there", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
    const { observation, threshold, positive } = mapped.find(({ observation }) => observation !== "Fracture")!;
    const one = row(page, observation);
    const track = (await one.locator(".bar").boundingBox())!;
    const y = track.y + track.height / 2;
    await page.mouse.move(track.x + track.width * threshold, y);
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

  test("everything is done from the keyboard", async () => {
    const tab = await openTab(browser, service.url);
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
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
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

  test("a folder is taken in by its films: chosen, or dropped", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-page-"));
    await mkdir(join(folder, "deeper"));
    await writeFile(join(folder, "one.png"), film.bytes);
    await writeFile(join(folder, "deeper", "two.png"), film.bytes);
    await writeFile(join(folder, "notes.csv"), "no film");
    await writeFile(join(folder, ".hidden.png"), film.bytes);
    try {
      for (const take of ["chosen", "dropped"]) {
        const tab = await openTab(browser, service.url);
        const { page } = tab;
        if (take === "chosen") await page.locator("#folder").setInputFiles(folder);
        else await dropPaths(page, [folder, join(folder, "one.png")]);
        await page.locator("#strip button").nth(1).waitFor();
        await answered(page);
        expect(await page.locator("#notices").textContent()).toContain("1 file in the folder is no film");
        const names = await page
          .locator("#strip button")
          .evaluateAll((buttons) => buttons.map((b) => b.getAttribute("aria-label")));
        expect(
          names.map((name) =>
            name
              ?.match(/[a-z/]+\.png/)?.[0]
              .split("/")
              .slice(-2)
              .join("/"),
          ),
        ).toEqual(
          take === "chosen"
            ? ["deeper/two.png", expect.stringMatching("one.png")]
            : ["one.png", "deeper/two.png", expect.stringMatching("one.png")],
        );
        expectClean(tab);
        await tab.close();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("a text file is refused with the reason, and the next film is read", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    const text = { name: "film.jpg", type: "image/jpeg", bytes: new TextEncoder().encode("no film at all") };
    await drop(page, [text, film]);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/Film refused.*expected PNG, JPEG.*unsupported-media/s);
    expect(await page.locator(".findings").isVisible()).toBe(false);
    await page.keyboard.press("]");
    await answered(page);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(await page.locator("#strip button").count()).toBe(2);
    expectClean(tab);
    await tab.close();
  });

  test("an answer that never came can be asked for again", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await page.route("**/v1/predictions*", (route) => route.abort());
    await drop(page, [film]);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("does not answer");
    await page.unroute("**/v1/predictions*");
    await page.getByRole("button", { name: "Try again" }).click();
    await answered(page);
    await tab.close();
  });

  test("a reader disagrees: labels alone, then with the film by consent", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
    await page.click("#disagree");
    await page.getByRole("button", { name: "Send" }).click();
    expect(await page.locator("#feedback-told").textContent()).toBe("Judge at least one observation.");
    await page.getByLabel(/^Edema/).selectOption("absent");
    await page.getByRole("button", { name: "Send" }).click();
    await expect.poll(() => page.locator("#disagreed").textContent()).toBe("Your reading is kept.");
    expect((await readdir(service.feedback)).filter((name) => name.endsWith(".csv"))).toEqual([]);

    await page.click("#disagree");
    await page.getByLabel(/^Cardiomegaly/).selectOption("present");
    await page.getByLabel("The film may be kept").check();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Send" }).click();
    expect(await page.locator("#feedback-dialog").isVisible()).toBe(true);
    await page.getByLabel("Patient's pseudonym").fill("reader-7");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#disagreed").textContent()).toBe("Reading and film are kept.");
    const [csv = ""] = (await readdir(service.feedback)).filter((name) => name.endsWith(".csv"));
    expect(await readFile(join(service.feedback, csv), "utf8")).toMatch(/patientreader-7.*,Frontal,/);
    expectClean(tab);
    await tab.close();
  });

  test("a film over the limit of a request is sent ahead", async () => {
    const runs = new URL("runs", `${service.models}`).href;
    const limits = { filmBytes: film.bytes.length - 1 };
    const small = await serveModel({ models: service.models, runs, port: 0, limits });
    const tab = await openTab(browser, small.url);
    const { page } = tab;
    // The one service that has runs to show has a way to them.
    expect(await page.getByRole("link", { name: "Runs" }).getAttribute("href")).toBe("runs");
    await drop(page, [film]);
    await answered(page);
    expect(tab.asked.filter((asked) => asked.startsWith("POST /v1/uploads"))).toHaveLength(2);
    expectClean(tab);
    await tab.close();
    await small.close();
  });

  test("downloads are the answer, the table and the picture", async () => {
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await drop(page, [film]);
    await answered(page);
    await page.keyboard.press("j");
    const saved = async (id: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(id)]);
      return { name: download.suggestedFilename(), bytes: await readFile((await download.path())!) };
    };
    const json = await saved("#save-json");
    expect(Prediction.parse(JSON.parse(json.bytes.toString())).findings).toHaveLength(14);
    const csv = await saved("#save-csv");
    expect(csv.bytes.toString().trimEnd().split("\r\n")).toHaveLength(15);
    await drop(page, [{ name: "=broken.png", type: "image/png", bytes: new TextEncoder().encode("no film") }]);
    await page.getByRole("alert").waitFor();
    const all = await saved("#save-csv");
    expect(all.bytes.toString().trimEnd().split("\r\n").at(-1)).toBe(
      `"'=broken.png",${'"",'.repeat(9)}"unsupported-media"`,
    );
    const list = JSON.parse((await saved("#save-all-json")).bytes.toString());
    expect(list).toMatchObject([{ film: film.name }, { film: "=broken.png", problem: { code: "unsupported-media" } }]);
    expect(Prediction.parse(list[0].prediction)).toEqual(Prediction.parse(JSON.parse(json.bytes.toString())));
    await page.keyboard.press("[");
    const png = await saved("#save-png");
    expect(png.name).toBe("hilum-film-1.png");
    expect(png.bytes.readUInt32BE(16)).toBe(320);
    expectClean(tab);
    await tab.close();
  });

  test.skipIf(!existsSync(AWKWARD))("DICOM and 16-bit films are shown by the service's own picture", async () => {
    const tab = await openTab(browser, service.url);
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
    const tab = await openTab(browser, service.url, { colorScheme, viewport: { width, height: 780 } });
    const { page } = tab;
    expect(await seriousFaults(page)).toEqual([]);
    await drop(page, [film, film]);
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
    const tab = await openTab(browser, service.url);
    const { page } = tab;
    await page.goto(`${service.url}/docs`);
    await page.locator("summary", { hasText: "/v1/predictions" }).first().click();
    expect(await page.locator("details[open]").textContent()).toContain("curl");
    expect(await seriousFaults(page)).toEqual([]);
    expectClean(tab);
    await tab.close();
  });
});
