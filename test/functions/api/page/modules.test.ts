import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { toModelDetails } from "../../../../functions/api/answers.ts";
import { describeHeatMap } from "../../../../functions/api/heat-map.ts";
import { inferno } from "../../../../functions/api/page/colours.js";
import { toCsv } from "../../../../functions/api/page/csv.js";
import { contour, heatAt, heatField } from "../../../../functions/api/page/heat-map.js";
import { measuredAt } from "../../../../functions/api/page/operating-point.js";
import { type Film, state } from "../../../../functions/api/page/state.js";
import { fitScale, fittedView, zoomed } from "../../../../functions/api/page/view.js";
import { PRESETS, presetWindow } from "../../../../functions/api/page/window-level.js";
import type { Finding, HeatMap } from "../../../../lib/contracts/api.ts";
import { OBSERVATIONS } from "../../../../lib/domain/observations.ts";
import { escapeLines } from "../../../../lib/domain/shown.ts";
import { isFormula } from "../../../../lib/evaluation/predictions-csv.ts";
import { colourTable } from "../../../../lib/imaging/colour-map.ts";
import { heatRows } from "../../../../lib/imaging/heat.ts";
import { evaluation } from "../evaluation.ts";
import { manifest } from "../service-double.ts";

const FILM = { width: 320, height: 384 };
const AREA = { x: -32, y: 0, width: 384, height: 384 };

const grids = fc.array(fc.float({ min: 0, max: 10, noNaN: true }), { minLength: 49, maxLength: 49 });

const mapOf = (values: readonly number[]): HeatMap | null =>
  describeHeatMap(Float32Array.from(values), { rows: 7, columns: 7 }, AREA, FILM);

describe("the page and the service agree", () => {
  test("on the colours of heat", () => {
    const table = colourTable("inferno");
    for (let step = 0; step < 256; step += 1) {
      const drawn = inferno(step / 255);
      drawn.forEach((value, channel) => {
        expect(Math.abs(value - table[step * 3 + channel]!)).toBeLessThanOrEqual(1);
      });
    }
  });

  test("on the heat of every pixel", () => {
    fc.assert(
      fc.property(grids, fc.nat(FILM.width - 1), fc.nat(FILM.height - 1), (values, x, y) => {
        const map = mapOf(values);
        fc.pre(map !== null);
        const row = new Float32Array(FILM.width);
        heatRows({ rows: 7, columns: 7, values: Float32Array.from(values), area: AREA }, FILM)?.(y, row);
        expect(heatAt(map!, x + 0.5, y + 0.5)).toBeCloseTo(row[x]!, 3);
      }),
    );
  });
});

test("the contour encloses what is hot: it lies where the heat is at its level, or on the film's edge", () => {
  const values = Array.from({ length: 49 }, (_, i) =>
    Math.exp(-(((i % 7) - 3) ** 2 + (Math.floor(i / 7) - 2) ** 2) / 3),
  );
  const map = mapOf(values)!;
  const path = contour(heatField(map, FILM, 96, 115), 96, 115, 0.5, FILM);
  const points = [...path.matchAll(/[ML](\S+) (\S+?)(?=[ML]|$)/g)].map((match) => [Number(match[1]), Number(match[2])]);
  expect(points.length).toBeGreaterThan(40);
  for (const [x, y] of points) expect(heatAt(map, x!, y!)).toBeCloseTo(0.5, 1);
  const right = Math.max(...points.map(([x]) => x!));
  const left = Math.min(...points.map(([x]) => x!));
  expect(left).toBeCloseTo(map.box.x, -1);
  expect(right).toBeCloseTo(map.box.x + map.box.width, -1);
});

describe("the view", () => {
  test("zooming leaves the place under the pointer where it is", () => {
    const stage = { width: 900, height: 700 };
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 3, noNaN: true }), fc.integer({ min: -300, max: 300 }), (factor, x) => {
        const before = fittedView(FILM, stage);
        const after = zoomed(before, factor, { x, y: 10 }, before.scale);
        expect((x - after.x) / after.scale).toBeCloseTo((x - before.x) / before.scale, 6);
        expect((10 - after.y) / after.scale).toBeCloseTo((10 - before.y) / before.scale, 6);
      }),
    );
  });

  test("a film that lies on its side fits by its other sides", () => {
    const stage = { width: 1000, height: 384 };
    expect(fitScale(FILM, stage, 0)).toBe(1);
    expect(fitScale(FILM, stage, 1)).toBe(384 / 320);
  });
});

describe("window presets", () => {
  const histograms = fc
    .array(fc.nat(1000), { minLength: 256, maxLength: 256 })
    .filter((counts) => counts.some((count) => count > 0))
    .map((counts) => Uint32Array.from(counts));

  test("show the share of pixels that they say, and the first shows all greys", () => {
    fc.assert(
      fc.property(histograms, fc.constantFrom(...PRESETS), (histogram, preset) => {
        const { width, level } = presetWindow(histogram, preset);
        expect(width).toBeGreaterThan(0);
        const total = histogram.reduce((sum, count) => sum + count, 0);
        const low = Math.round((level - width / 2) * 255);
        const below = histogram.slice(0, Math.max(0, low)).reduce((sum, count) => sum + count, 0);
        expect(below).toBeLessThanOrEqual(preset.from * total);
      }),
    );
    expect(presetWindow(new Uint32Array(256).fill(1), PRESETS[0]!)).toEqual({ width: 1, level: 0.5 });
  });
});

describe("an operating point", () => {
  const card = toModelDetails({ manifest, card: null, evaluation });

  test("is that of the nearest threshold measured", () => {
    expect(measuredAt(card, "Cardiomegaly", 0.502)).toEqual({
      status: "learned",
      sensitivity: { share: 0.75, films: 40 },
      specificity: { share: 0.5, films: 160 },
    });
    expect(measuredAt(card, "Cardiomegaly", 0.99)).toMatchObject({
      sensitivity: { share: 0 },
      specificity: { share: 1 },
    });
  });

  test("is none where nothing was measured", () => {
    expect(measuredAt(card, "Fracture", 0.5)).toBeNull();
    expect(measuredAt(toModelDetails({ manifest, card: null, evaluation: null }), "Cardiomegaly", 0.5)).toBeNull();
  });
});

describe("the table of a sitting", () => {
  beforeEach(() => state.thresholds.clear());

  const film = (name: string, outOfDistribution = false) => ({
    number: 1,
    name,
    file: new Blob([]),
    status: "answered" as const,
    picture: null,
    problem: null,
    prediction: {
      id: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
      model: { name: "phantoms", version: "0123456789abcdef", sha256: "0123456789abcdef".repeat(4) },
      film: { ...FILM, format: "png", bitDepth: 8, view: null },
      outOfDistribution,
      findings: OBSERVATIONS.map((observation): Finding => {
        if (observation === "Pleural Other") {
          return {
            ...{ observation, status: "not-learned", probability: null, threshold: null },
            ...{ decision: null, withheld: "not-learned" },
          };
        }
        const answer = { observation, status: "learned", probability: 0.4, threshold: 0.5 } as const;
        return outOfDistribution
          ? { ...answer, decision: null, withheld: "out-of-distribution" }
          : { ...answer, decision: "below-threshold", withheld: null };
      }),
      warnings: [],
      notice: "not for clinical use" as const,
    },
  });

  test("has one row a finding, with the threshold in force", () => {
    state.thresholds.set("Edema", 0.3);
    const rows = toCsv([film("a.png")])
      .trimEnd()
      .split("\r\n");
    expect(rows).toHaveLength(15);
    expect(rows.find((row) => row.includes("Edema"))).toBe(
      '"a.png","Edema","learned","0.4","0.3","above-threshold","","0.5","false","phantoms","0123456789abcdef","0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","",""',
    );
    expect(rows.find((row) => row.includes("Fracture"))).toContain('"0.4","0.5","below-threshold",""');
    expect(rows.find((row) => row.includes("Pleural Other"))).toContain('"not-learned","","","","not-learned",""');
  });

  test("has no decision for a film unlike the training films, wherever a threshold was moved to", () => {
    state.thresholds.set("Edema", 0.3);
    const rows = toCsv([film("a.png", true)]);
    expect(rows).toContain('"Edema","learned","0.4","0.3","","out-of-distribution","0.5","true"');
    expect(rows).not.toMatch(/above-threshold|below-threshold/);
  });

  test("has no cell that a spreadsheet would run", () => {
    expect(toCsv([film('=HYPERLINK("x")')])).toContain('"\'=HYPERLINK(""x"")"');
  });

  test("escapes and defuses what the service's own tables do", () => {
    const letters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
    const problem = { code: "none", title: "", detail: "" };
    const header = toCsv([]).length;
    const cellOf = (name: string) =>
      toCsv([{ ...film(name), prediction: null, problem } as unknown as Film]).slice(header);
    const ours = (text: string) => `"${isFormula(text) ? "'" : ""}${escapeLines(text).replaceAll('"', '""')}"`;
    const otherwise = letters.filter((letter) => !cellOf(`${letter}x`).startsWith(`${ours(`${letter}x`)},`));
    expect(otherwise).toEqual([]);
  });
});
