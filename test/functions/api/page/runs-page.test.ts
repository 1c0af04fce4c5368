import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stillTemplate } from "../../../../functions/api/still-template.ts";
import { RunEvaluation } from "../../../../lib/contracts/evaluation.ts";
import { ModelCard } from "../../../../lib/contracts/model-card.ts";
import { RunRequest } from "../../../../lib/contracts/run.ts";
import { DEMO } from "../../../../lib/domain/provenance.ts";
import { modelCard } from "../../../../lib/evaluation/model-card.ts";
import { readRun } from "../../../../lib/runs/read-run.ts";
import { stillPage } from "../../../../lib/runs/still-page.ts";
import { readDocument, writeDocument } from "../../../../lib/store/documents.ts";
import type { Store } from "../../../../lib/store/store.ts";
import { syntheticMaterial } from "../../../lib/report/synthetic-material.ts";
import { minute, storedRun } from "../../../lib/runs/stored-run.ts";
import { evaluation } from "../evaluation.ts";
import { CHROMIUM, seriousFaults } from "./browser.ts";
import { type RunsSite, startRunsSite } from "./runs-fixture.ts";

const DONE = "study-0000aaaa";
const FAILED = "study-0000bbbb";

describe("the page about runs", () => {
  let site: RunsSite;
  let runs: Store;

  beforeAll(async () => {
    site = await startRunsSite();
    ({ runs } = site);
    const [done, failed] = [storedRun(runs, DONE), storedRun(runs, FAILED)];
    await done.request({ learningRate: 0.01 }, DEMO);
    await done.done("validate", 1);
    await done.history(0, [0.5, 0.3, 0.2]);
    await writeDocument(runs, done.keys.evaluation, RunEvaluation, { ...evaluation, model: "0123456789abcdef" });
    await runs.put(done.keys.report, Buffer.from("<!doctype html><style>p { color: red }</style><p>Report</p>"));
    await writeDocument(runs, done.keys.card, ModelCard, modelCard(syntheticMaterial()));
    await done.ended("promoted", 9);
    await failed.request({ learningRate: 0.02 });
    await failed.history(0, [0.6, 0.4]);
    const log = [{ at: minute(1), level: "warning" as const, message: "slow disk" }];
    await failed.progress("validate", 1, { starts: 2, log });
    await failed.failed("validate", 2);
    await failed.ended("failed", 3, "validate");
  });
  afterAll(() => site.close());

  test("is answered on this machine's own names alone, and tells nothing of where the films are", async () => {
    const { port } = new URL(site.url);
    const ask = (path: string, host: string) =>
      new Promise<number>((resolve, reject) => {
        request({ port, path, headers: { host } }, (response) => resolve(response.resume().statusCode!))
          .on("error", reject)
          .end();
      });
    for (const path of ["/runs", "/run-data", `/run-data/${DONE}`, `/runs/${DONE}/report.html`]) {
      expect(await ask(path, `localhost:${port}`), path).toBe(200);
      expect(await ask(path, "rebound.example"), path).toBe(403);
    }
    for (const path of [`/run-data/${DONE}`, `/run-comparison?run=${DONE}&run=${FAILED}`]) {
      expect(await (await fetch(`${site.url}${path}`)).text()).not.toContain("file:///films");
    }
    for (const [path, status] of [
      ["/run-data/nobody-1", 404],
      ["/run-data/..%2f..%2fetc", 404],
      ["/run-comparison", 400],
      ["/runs-page/tsconfig.json", 404],
    ] as const) {
      expect((await fetch(`${site.url}${path}`)).status, path).toBe(status);
    }
  });

  test("gives the report its own policy, every other answer the page's", async () => {
    const policyOf = async (path: string) => (await fetch(`${site.url}${path}`)).headers.get("content-security-policy");
    expect(await policyOf(`/runs/${DONE}/report.html`)).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/);
    expect(await policyOf(`/runs/${DONE}/model-card.html`)).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/);
    expect(await (await fetch(`${site.url}/runs/${DONE}/model-card.html`)).text()).toContain("Hilum model card");
    expect(await policyOf("/runs")).toContain("script-src 'self'; style-src 'self'");
  });

  describe.skipIf(!existsSync(CHROMIUM))("in Chromium", () => {
    test("lists runs, finds one, and puts two side by side", async () => {
      const page = await site.open("/runs", { colorScheme: "dark" });
      expect(await page.locator("tbody tr").count()).toBe(2);
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.getByRole("row", { name: new RegExp(DONE) }).textContent()).toContain("13 of 13 claimed");
      await page.getByRole("searchbox").fill("failed validate");
      expect(await page.locator("tbody th").allTextContents()).toEqual([FAILED]);
      await page.getByRole("checkbox").check();
      await page.getByRole("searchbox").fill("");
      await page.getByRole("checkbox", { name: `Compare ${DONE}` }).check();
      await page.getByRole("button", { name: "Compare" }).click();
      await page.waitForSelector("article .chart");
      expect(await page.getByRole("row", { name: /^training.learningRate/ }).textContent()).toContain("0.02");
      expect(await page.getByRole("row", { name: /^mean AUROC/ }).textContent()).toContain("0.950 (0.930 to 0.970)");
      expect(await page.locator("article .failure").allTextContents()).toContainEqual(
        expect.stringMatching(new RegExp(`^${DONE}: Learned from drawings`)),
      );
      // Two lines in each of four charts, told apart by a legend.
      expect(await page.locator(".chart path.line").count()).toBe(8);
      expect(await page.locator(".legend li").allTextContents()).toEqual([`${FAILED}, member 0`, `${DONE}, member 0`]);
      expect(await seriousFaults(page)).toEqual([]);
      await page.close();
    });

    test("a long description takes lines beside another run, not the screen", async () => {
      for (const [run, description] of [
        ["long-0000cccc", "word ".repeat(200)],
        ["long-0000dddd", "x".repeat(400)],
      ] as const) {
        const request = await readDocument(runs, storedRun(runs, DONE).keys.request, RunRequest);
        await writeDocument(runs, storedRun(runs, run).keys.request, RunRequest, {
          ...request,
          run,
          config: { ...request.config, description },
        });
      }
      const page = await site.open("/runs?compare=long-0000cccc,long-0000dddd", {
        viewport: { width: 1000, height: 800 },
      });
      const cell = page
        .getByRole("row", { name: /^description/ })
        .locator("td")
        .last();
      const { x, width } = (await cell.boundingBox())!;
      expect(x + width).toBeLessThanOrEqual(1000);
      await page.close();
    });

    test("draws the failed state with why, its retries and its log; and follows when it is taken up again", async () => {
      const page = await site.open(`/runs/${FAILED}`);
      const state = page.locator("[data-state=validate]");
      expect(await state.textContent()).toContain("failed");
      expect(await state.textContent()).toContain("↻1");
      expect(await state.getAttribute("aria-label")).toMatch(/, begun again once$/);
      expect(await page.getByRole("alert").textContent()).toContain("train.csv line 12: 13 labels, expected 14");
      await page.locator(".details summary").click();
      expect(await page.locator(".details pre").textContent()).toContain("slow disk");
      expect(await seriousFaults(page)).toEqual([]);

      const failed = storedRun(runs, FAILED);
      await failed.done("validate", 5);
      await runs.delete(failed.keys.outcome);
      const progress = { done: 5, total: 10, unit: "rows", rate: 1, secondsLeft: 5, figures: { loss: 0.25 } };
      await failed.progress("plan", 6, { at: new Date().toISOString(), progress });
      await page.waitForSelector(".state.running[data-state=plan]", { timeout: 60_000 });
      expect(await page.locator(".details .progress").textContent()).toBe("5/10 rows, 1 rows/s, 5.0 s left, loss 0.25");
      expect(await page.locator("h2 .badge").textContent()).toBe("running");
      await page.close();
    });

    test("a page that was written as one file has all of it, and asks nobody", async () => {
      const view = await readRun(runs, DONE);
      const markup = "</script><img src=x onerror=console.error(1)>";
      await writeFile(join(site.folder, "run.html"), stillPage(stillTemplate(), { ...view, description: markup }));
      await writeFile(join(site.folder, "report.html"), "<p>Report</p>");
      const page = await site.browser.newPage();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => message.type() === "error" && site.faults.push(message.text()));
      await page.goto(pathToFileURL(join(site.folder, "run.html")).href);
      await page.waitForSelector(".chart");
      expect(await page.locator("[data-state=validate]").textContent()).toContain("done");
      expect(await page.getByRole("row", { name: /^Mean/ }).textContent()).toContain("0.950");
      expect(await page.getByText(markup).count()).toBe(1);
      expect(await seriousFaults(page)).toEqual([]);
      expect(asked).toHaveLength(1);
      await page.getByRole("link", { name: "report.html" }).click();
      await page.getByText("Report", { exact: true }).waitFor();
      await page.close();
    });

    test("a finished run has its curves, figures and report", async () => {
      const page = await site.open(`/runs/${DONE}`);
      expect(await page.locator(".chart").count()).toBe(4);
      expect(await page.getByRole("row", { name: /^Mean \(13 of 13 claimed\)/ }).textContent()).toContain("0.950");
      const told = await page.locator("caption").last().textContent();
      expect(told).toContain("95 % intervals in which a patient's films count together");
      expect(told).not.toContain("resampling");
      expect(await page.getByRole("link", { name: "model-card.html" }).count()).toBe(1);
      await page.getByRole("link", { name: "report.html" }).click();
      await page.getByText("Report", { exact: true }).waitFor();
      expect(await page.evaluate('getComputedStyle(document.querySelector("p")).color')).toBe("rgb(255, 0, 0)");
      await page.close();
    });
  });
});
