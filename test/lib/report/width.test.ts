import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Evaluation } from "../../../lib/contracts/evaluation.ts";
import { modelCard } from "../../../lib/evaluation/model-card.ts";
import { renderExternalValidation } from "../../../lib/report/external-validation.ts";
import { renderModelCard } from "../../../lib/report/model-card.ts";
import { renderReport } from "../../../lib/report/report.ts";
import { CHROMIUM, launch } from "../../functions/api/page/browser.ts";
import { syntheticMaterial } from "./synthetic-material.ts";
import { syntheticValidation, table } from "./synthetic-validation.ts";

/** As wide as a common laptop's screen. */
const VIEWPORT = { width: 1280, height: 800 };

/** Figures with as many digits as they have in practice, and a reason in place of each second slope. */
function wideFigures(evaluation: Evaluation): Evaluation {
  const perObservation = Object.entries(evaluation.perObservation).map(([name, figures], i) => [
    name,
    {
      ...figures,
      calibrationIntercept: -12.34,
      calibrationInterceptInterval: [-15.67, -10.89],
      ...(i % 2 === 0
        ? { calibrationSlope: null, calibrationSlopeInterval: null, calibrationSlopeFailure: "parted" }
        : { calibrationSlope: -12.34, calibrationSlopeInterval: [-15.67, -10.89], calibrationSlopeFailure: null }),
    },
  ]);
  return { ...evaluation, perObservation: Object.fromEntries(perObservation) };
}

describe.skipIf(!existsSync(CHROMIUM))("every table can be read whole", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  const material = syntheticMaterial();
  test.each([
    ["the report", () => renderReport({ ...material, evaluation: wideFigures(material.evaluation) })],
    ["the card", () => renderModelCard(modelCard(material))],
    [
      "an external validation",
      () => renderExternalValidation(syntheticValidation(table.paths.map((_, i) => i % 2 > 0))),
    ],
  ])("of %s", async (_, render) => {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.setContent(await render());
    const cut = await page.$$eval(".table .scroll", (all) =>
      all.flatMap((one) =>
        one.scrollWidth > one.clientWidth ? [one.parentElement!.querySelector("figcaption b")!.textContent] : [],
      ),
    );
    expect(cut).toEqual([]);
    await page.close();
  });
});
