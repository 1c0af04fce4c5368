import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ModelCard } from "../../lib/contracts/model-card.ts";
import { DescribedSource } from "../../lib/contracts/provenance.ts";
import { CARD_STATEMENTS } from "../../lib/domain/card-statements.ts";
import { CHEXPERT } from "../../lib/domain/provenance.ts";
import { modelCard } from "../../lib/evaluation/model-card.ts";
import { renderExternalValidation } from "../../lib/report/external-validation.ts";
import { renderModelCard } from "../../lib/report/model-card.ts";
import { renderReport } from "../../lib/report/report.ts";
import packageJson from "../../package.json" with { type: "json" };
import { syntheticMaterial } from "../lib/report/synthetic-material.ts";
import { syntheticValidation } from "../lib/report/synthetic-validation.ts";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

interface Row {
  readonly guideline: string;
  readonly item: string;
  readonly where: string;
}

function rowsOf(markdown: string): Row[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const [title = "", ...lines] = section.split("\n");
    return lines.flatMap((line) => {
      const [, item, , where] = /^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
      return item === undefined || item === "item" ? [] : [{ guideline: title, item, where: where! }];
    });
  });
}

const letters = (item: number, last: string): string[] =>
  Array.from({ length: last.charCodeAt(0) - 96 }, (_, i) => `${item}${String.fromCharCode(97 + i)}`);
const numbers = (count: number, split: Readonly<Record<number, string>> = {}): string[] =>
  Array.from({ length: count }, (_, i) => i + 1).flatMap((item) =>
    split[item] === undefined ? [String(item)] : letters(item, split[item]),
  );
const named = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).flatMap(([name, count]) => numbers(count).map((item) => `${name} ${item}`));

/** Numbers of each guideline's items. */
const ITEMS: Readonly<Record<string, readonly string[]>> = {
  "TRIPOD+AI": numbers(27, { 3: "c", 5: "b", 6: "c", 8: "c", 9: "c", 12: "g", 18: "f", 20: "c", 23: "b", 27: "c" }),
  "CLAIM 2024": numbers(44),
  "STARD-AI": numbers(30, { 10: "b", 12: "b", 13: "b", 21: "b" }),
  "Model Cards": numbers(9),
  "FUTURE-AI": named({
    ...{ Fairness: 3, Universality: 4, Traceability: 6, Usability: 5, Robustness: 3, Explainability: 2, General: 7 },
  }),
};

const rows = rowsOf(read("docs/reporting-guidelines.md"));

describe("the table of reporting guidelines", () => {
  let anchors: Readonly<Record<string, ReadonlySet<string>>>;
  let card: unknown;
  beforeAll(async () => {
    const material = syntheticMaterial({ provenance: [{ name: CHEXPERT, kind: "public" }] });
    const ids = (markup: string) => new Set(Array.from(markup.matchAll(/ id="([^"]+)"/g), ([, id]) => id!));
    card = ModelCard.parse(modelCard(material));
    anchors = {
      report: ids(await renderReport(material)),
      card: ids(renderModelCard(modelCard(material))),
      validation: ids(renderExternalValidation(syntheticValidation(null))),
    };
  });

  test.each(Object.entries(ITEMS))("has every item of %s once", (guideline, items) => {
    const found = rows.filter((row) => row.guideline.startsWith(guideline)).map(({ item }) => item);
    expect(found.filter((item) => item !== "added")).toEqual(items);
  });

  const KNOWN: Readonly<Record<string, (name: string) => boolean>> = {
    "report#": (name) => anchors.report!.has(name),
    "validation#": (name) => anchors.validation!.has(name),
    "card#": (name) => anchors.card!.has(name),
    "card.json:": (name) => Object.hasOwn(CARD_STATEMENTS, name),
    "hilum.dataset.json:": (name) => Object.hasOwn(DescribedSource.shape, name),
    "model-card.json:": (name) =>
      name.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], card) !==
      undefined,
  };

  test("names sections and fields that are there, and says whose the rest is", () => {
    expect(rows.length).toBeGreaterThan(160);
    const used = new Set<string>();
    for (const { guideline, item, where } of rows) {
      const places = Array.from(where.matchAll(/`([^`]+)`/g), ([, place]) => place!);
      for (const place of places) {
        const [kind, isThere] = Object.entries(KNOWN).find(([kind]) => place.startsWith(kind)) ?? [];
        expect(kind, `${guideline} ${item}: ${place}`).toBeDefined();
        expect(isThere!(place.slice(kind!.length)), `${guideline} ${item}: ${place}`).toBe(true);
        used.add(place);
      }
      expect(places.length > 0 || /\*\*(yours|not done)\*\*/.test(where), `${guideline} ${item}`).toBe(true);
    }
    const asked = Object.keys(CARD_STATEMENTS).filter((key) => !used.has(`card.json:${key}`));
    expect(asked, "asked of users for no guideline").toEqual([]);
  });

  test("a place that is not there is noticed", () => {
    expect(KNOWN["report#"]!("no-such-section")).toBe(false);
    expect(KNOWN["model-card.json:"]!("metrics.noSuchField")).toBe(false);
    expect(rowsOf("## A\n| item | x | y |\n|---|---|---|\n| 1 | a | `report#b` |\n")).toHaveLength(1);
  });
});

test("the citation is of this version", () => {
  expect(/^version: (.+)$/m.exec(read("CITATION.cff"))![1]).toBe(packageJson.version);
  expect(/^license: (.+)$/m.exec(read("CITATION.cff"))![1]).toBe(packageJson.license);
});

test("the example of docs/data-folder.md is right, and it names every field of card.json", () => {
  const [section = ""] = /## What only you know.*/s.exec(read("docs/data-folder.md")) ?? [];
  const [, example = ""] = /```json\n(.*?)```/s.exec(section) ?? [];
  expect(DescribedSource.parse(JSON.parse(example))).toMatchObject({ kind: "own" });
  for (const key of Object.keys(CARD_STATEMENTS)) expect(section).toContain(`\`${key}\``);
});
