import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveModel } from "../../../../functions/api/serve-model.ts";
import { Prediction } from "../../../../lib/contracts/api.ts";
import { answered, CHROMIUM, drop, dropPaths, expectClean, openTab } from "./browser.ts";
import { type PageSite, startPageSite } from "./page-site.ts";

describe.skipIf(!existsSync(CHROMIUM))("films into the page and answers out of it, in Chromium", () => {
  let site: PageSite;

  beforeAll(async () => {
    site = await startPageSite();
  });
  afterAll(() => site?.close());

  test("a folder is taken in by its films: chosen, or dropped", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-page-"));
    await mkdir(join(folder, "deeper"));
    await writeFile(join(folder, "one.png"), site.film.bytes);
    await writeFile(join(folder, "deeper", "two.png"), site.film.bytes);
    await writeFile(join(folder, "notes.csv"), "no film");
    await writeFile(join(folder, ".hidden.png"), site.film.bytes);
    try {
      for (const take of ["chosen", "dropped"]) {
        const tab = await openTab(site.browser, site.service.url);
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
    const tab = await openTab(site.browser, site.service.url);
    const { page } = tab;
    const text = { name: "film.jpg", type: "image/jpeg", bytes: new TextEncoder().encode("no film at all") };
    await drop(page, [text, site.film]);
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
    const tab = await openTab(site.browser, site.service.url);
    const { page } = tab;
    await page.route("**/v1/predictions*", (route) => route.abort());
    await drop(page, [site.film]);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("does not answer");
    await page.unroute("**/v1/predictions*");
    await page.getByRole("button", { name: "Try again" }).click();
    await answered(page);
    await tab.close();
  });

  test("a film over the limit of a request is sent ahead", async () => {
    const runs = new URL("runs", `${site.service.models}`).href;
    const limits = { filmBytes: site.film.bytes.length - 1 };
    const small = await serveModel({ models: site.service.models, runs, port: 0, limits });
    const tab = await openTab(site.browser, small.url);
    const { page } = tab;
    // The one service that has runs to show has a way to them.
    expect(await page.getByRole("link", { name: "Runs" }).getAttribute("href")).toBe("runs");
    const told = await fetch(`${small.url}/run-data`);
    expect(told.headers.get("link")).toBe('</>; rel="related"');
    await drop(page, [site.film]);
    await answered(page);
    expect(tab.asked.filter((asked) => asked.startsWith("POST /v1/uploads"))).toHaveLength(2);
    expectClean(tab);
    await tab.close();
    await small.close();
  });

  test("downloads are the answer, the table and the picture", async () => {
    const tab = await site.openAnswered();
    const { page } = tab;
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
      `"'=broken.png",${'"",'.repeat(12)}"unsupported-media"`,
    );
    const list = JSON.parse((await saved("#save-all-json")).bytes.toString());
    expect(list).toMatchObject([
      { film: site.film.name },
      { film: "=broken.png", problem: { code: "unsupported-media" } },
    ]);
    expect(Prediction.parse(list[0].prediction)).toEqual(Prediction.parse(JSON.parse(json.bytes.toString())));
    await page.keyboard.press("[");
    const png = await saved("#save-png");
    expect(png.name).toBe("hilum-film-1.png");
    expect(png.bytes.readUInt32BE(16)).toBe(320);
    expectClean(tab);
    await tab.close();
  });
});
