import { beforeAll, describe, expect, it } from "vitest";
import type { GateDecision } from "../../../lib/contracts/decision.ts";
import type { Provenance } from "../../../lib/contracts/provenance.ts";
import { forEachObservation } from "../../../lib/domain/observations.ts";
import { CHEXPERT } from "../../../lib/domain/provenance.ts";
import { evaluationFigures } from "../../../lib/evaluation/figures.ts";
import { modelCard } from "../../../lib/evaluation/model-card.ts";
import { withDecision } from "../../../lib/report/decision.ts";
import { interval, list, percent } from "../../../lib/report/format.ts";
import { html, raw } from "../../../lib/report/html.ts";
import { renderModelCard } from "../../../lib/report/model-card.ts";
import { STUDY } from "../../../lib/report/published/study.ts";
import { renderReport } from "../../../lib/report/report.ts";
import { surestGaps } from "../../../lib/report/subgroup-text.ts";
import { syntheticTable } from "../evaluation/synthetic.ts";
import { syntheticMaterial } from "./synthetic-material.ts";

const PHANTOMS = { name: "phantoms", kind: "phantom" } as const;
const CHEXPERT_FILMS = { name: CHEXPERT, kind: "public" } as const;

/** Tags in their order must close as they open; void elements and comments aside. */
function unclosed(markup: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/gi)) {
    if (selfClosing || /^(meta|img|br)$/i.test(name!)) continue;
    if (!closing) open.push(name!);
    else if (open.pop() !== name) return [name!, ...open];
  }
  return open;
}

describe("report", () => {
  const material = syntheticMaterial({ description: `<img src=x onerror="alert(1)">` });
  let page: string;
  beforeAll(async () => {
    page = await renderReport(material);
  });

  it("is one file without script, well formed, with every section", () => {
    expect(page).not.toMatch(/<script|<link|<iframe|<[^>]*\son[a-z]+=/i);
    expect(page.matchAll(/(?:src|href)="(?!data:)/g).next().done).toBe(true);
    expect(unclosed(page.replace(/<!doctype html>/, ""))).toEqual([]);
    for (const title of [
      "Performance on held-out patients",
      "Where the model looks",
      "Training",
      "Data",
      "How to make it again",
    ]) {
      expect(page).toMatch(new RegExp(`<h2 id="[a-z-]+">${title}</h2>`));
    }
    const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page.match(/<svg/g)!.length).toBe(1 + 4 * 13 + 2 + 1 + 1);
    expect(page).toContain("not defined");
  });

  it("shows what users wrote as text", () => {
    expect(page).not.toContain("<img src=x");
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
  });

  it("numbers figures and tables in order, whichever there are", async () => {
    const numbersOf = (markup: string, kind: string) =>
      Array.from(markup.matchAll(new RegExp(`<b>${kind} (\\d+)\\.`, "g")), ([, number]) => Number(number));
    for (const markup of [page, await renderReport(syntheticMaterial({ provenance: [CHEXPERT_FILMS] }))]) {
      expect(markup).not.toContain("#.");
      for (const [kind, least] of [
        ["Figure", 8],
        ["Table", 12],
      ] as const) {
        const numbers = numbersOf(markup, kind);
        expect(numbers.length).toBeGreaterThanOrEqual(least);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      }
    }
  });

  it("stands beside what the study published only where the films are the study's", async () => {
    const reportOf = (provenance: Provenance | undefined) => renderReport(syntheticMaterial({ provenance }));
    const beside = await reportOf([CHEXPERT_FILMS]);
    expect(beside).toContain("These rows are no ranking");
    expect(beside).toMatch(/R1: DenseNet-121, head only.*0\.8065/s);
    const own = await reportOf([CHEXPERT_FILMS, { name: "Ward 7", kind: "own" }]);
    for (const markup of [page, own, await reportOf([PHANTOMS])]) {
      expect(markup).not.toContain("These rows are no ranking");
      expect(markup).not.toContain("0.8065");
    }
    expect(own).toContain("may not be set beside each other");
    expect(await reportOf([PHANTOMS])).not.toContain("the published study");
    expect(STUDY).toHaveLength(6);
    for (const { figures } of STUDY) expect(Object.keys(figures)).toHaveLength(18);
    expect(STUDY[0]!.figures.Cardiomegaly).toEqual({ precision: 0.26, recall: 0.24, f1: 0.25, support: 2991 });
  });

  it("says before all else that it is of drawings, and so does the card", async () => {
    const banner = /<p class="banner" role="note"><strong>Learned from drawings/;
    const ward = { name: "Ward 7", kind: "own" } as const;
    for (const [provenance, isOfDrawings] of [
      [[PHANTOMS], true],
      [[ward, PHANTOMS], true],
      [[ward], false],
      [undefined, false],
    ] as const) {
      const one = syntheticMaterial({ provenance: provenance && [...provenance] });
      for (const markup of [await renderReport(one), renderModelCard(modelCard(one))]) {
        expect(banner.test(markup)).toBe(isOfDrawings);
        expect(markup.includes(provenance === undefined ? "this was not recorded" : "<strong>Ward 7</strong>")).toBe(
          provenance === undefined || provenance.some(({ name }) => name === "Ward 7"),
        );
      }
    }
  });

  it("says what its makers say, and what they do not by name", async () => {
    const statements = { contact: "a@example.org <b>", ethics: "approved as 12/34" };
    const one = syntheticMaterial({ statements });
    for (const markup of [await renderReport(one), renderModelCard(modelCard(one))]) {
      expect(markup).toContain("<dt>Contact</dt><dd>a@example.org &lt;b&gt;</dd>");
      expect(markup).toContain("<li>Intended users</li>");
      expect(markup).not.toContain("<li>Contact</li>");
    }
    expect(modelCard(one).notStated).not.toContain("Contact");
    expect(modelCard(one).notStated).toContain("Intended users");
  });

  it("tells net benefit at the served thresholds, events, odd films and whose films they are", () => {
    const { confusion: c, threshold: t } = material.evaluation.perObservation.Edema;
    const films = c.truePositive + c.falsePositive + c.trueNegative + c.falseNegative;
    const model = (c.truePositive - c.falsePositive * (t / (1 - t))) / films;
    const section = page.slice(page.indexOf('id="net-benefit"'), page.indexOf('id="subgroups"'));
    expect(section).toMatch(new RegExp(`Edema</th><td class="">${t.toFixed(2)}</td><td class="">${model.toFixed(3)}<`));
    expect(page).toContain("3 of 247 (1.2 %) would wrongly have none");
    expect(page).toContain(
      "Of 2,212 films 2 (0.1 %) could not be used and were set aside: 1 image broken and 1 image missing",
    );
    expect(page).toMatch(/lateral view<\/th>.*12<.*0\.5 %<.*the file says that this is a lateral film/);
    expect(page).toMatch(/Sex: Female<\/th><td class="">450 \(50\.0 %\)/);
    expect(page).toContain("2 cores of AMD EPYC, 24 GiB of memory");
  });

  it("names the largest gap between subgroups", () => {
    const { comparisons, gaps } = material.evaluation.subgroupGaps!;
    expect(page).toContain(`Of ${comparisons} comparisons of two groups`);
    const rows = page
      .slice(page.indexOf("Largest gaps between subgroups</b>"), page.indexOf("The gaps of table"))
      .split("<tr>");
    for (const { observation, higher, lower, gap } of surestGaps(gaps)) {
      const words = [observation, higher, lower, gap.toFixed(3)];
      expect(rows.filter((row) => words.every((word) => row.includes(word)))).not.toEqual([]);
    }
  });

  it("lists every gap that it counts, and the card says it in one sentence", async () => {
    const [first, ...others] = material.evaluation.subgroupGaps!.gaps;
    // Two of one figure on one axis, and nothing else.
    const both = ["Edema", "Fracture"].map((observation) => ({
      ...first!,
      observation,
      interval: [0.01, 0.2],
      p: 0.01,
    }));
    const rest = others.map((gap) => ({ ...gap, interval: [-0.1, 0.2] }));
    const withGaps = (gaps: unknown[]) => ({
      ...material,
      evaluation: { ...material.evaluation, subgroupGaps: { ...material.evaluation.subgroupGaps!, gaps } } as never,
    });
    const markup = await renderReport(withGaps([...both, ...rest]));
    const section = markup.slice(markup.indexOf('id="subgroups"'), markup.indexOf("Largest gaps between subgroups"));
    expect(section).toContain("<strong>2</strong> show");
    expect(section.match(/<li>/g)).toHaveLength(2);
    const limitsOf = (gaps: unknown[]) =>
      modelCard(withGaps(gaps)).limits.filter((limit) => limit.includes("subgroups"));
    expect(limitsOf([...both, ...rest])).toEqual([expect.stringMatching(/ 2 show a gap .*Edema, .*; .*Fracture, /)]);
    expect(limitsOf(rest)).toEqual([expect.stringMatching(/ none shows a gap that chance does not explain/)]);
    expect(limitsOf(rest)[0]!.length).toBeLessThan(250);
  });

  it("says why an observation was not learned", async () => {
    const trainingLabels = material.trainingLabels.map((counts, i) =>
      i === 3 ? { positives: 0, negatives: 0 } : counts,
    );
    const unlabelled = { ...material, trainingLabels };
    const why = "Lung Opacity (no training film had a label of it)";
    expect(await renderReport(unlabelled)).toContain(`<strong>Not learned:</strong> ${why}`);
    expect(modelCard(unlabelled).limits).toContain(`Not learned, and not answered for: ${why}.`);
    const negative = material.trainingLabels.map((counts, i) => (i === 3 ? { positives: 0, negatives: 1540 } : counts));
    expect(modelCard({ ...material, trainingLabels: negative }).limits).toContain(
      "Not learned, and not answered for: Lung Opacity (every training film with a label of it was negative).",
    );
  });

  it("says of later external validations where they are told, and never that there are none", async () => {
    const card = modelCard(material);
    const cardPage = renderModelCard(card);
    for (const markup of [await renderReport(material), cardPage]) {
      const section = markup.slice(markup.indexOf('id="external"'));
      expect(section).toMatch(/None when this (card|report) was written/);
      expect(section.slice(0, 600)).toContain("hilum models show VERSION");
    }
    expect(card.limits.find((limit) => limit.startsWith("Tested on patients of the same source"))).toContain(
      "were not measured when this card was written",
    );
    expect(cardPage).toContain(`<dt>Made</dt><dd>2026-01-31, by run <code>${material.request.run}</code></dd>`);
    expect(cardPage).toContain("<dt>Version</dt>");
  });

  it("does not contradict what its makers or the data set's owners say", async () => {
    const referenceStandard = "consensus of two radiologists";
    const provenance: Provenance = [{ name: "Ward 7", kind: "own", referenceStandard }];
    const one = syntheticMaterial({ provenance, statements: { intendedUse: "worklists at night" } });
    const card = modelCard(one);
    expect(card.intendedUse).toEqual(["worklists at night", expect.stringMatching(/^Not for clinical use/)]);
    expect(card.notStated).not.toContain("Reference standard");
    for (const markup of [await renderReport(one), renderModelCard(card)]) {
      const stated = markup.slice(markup.indexOf('id="statements"'));
      expect(stated).toContain(`<dt>Reference standard</dt><dd>${referenceStandard}</dd>`);
      expect(stated).not.toMatch(/<li>(Reference standard|Intended use)<\/li>/);
    }
    const silent = modelCard(syntheticMaterial({}));
    expect(silent.intendedUse[0]).toMatch(/^Who made this model states none/);
    expect(silent.notStated).toEqual(expect.arrayContaining(["Intended use", "Reference standard"]));
  });

  it("is the same for the same run", async () => {
    expect(await renderReport(material)).toBe(page);
  });

  it("says what of the test part was trained on", async () => {
    expect(page).toContain("No patient on both sides");
    expect(page).toContain("None of the 247 distinct test films and none of the");
    const leakage = { testFilms: 247, testFilmsInTraining: 240, testPatients: 90, testPatientsInTraining: 88 };
    const { plan, evaluation } = material;
    const leaking = await renderReport({
      ...material,
      plan: { ...plan, protocol: "published", salt: null, leakage },
      evaluation: { ...evaluation, protocol: "published", leakage },
    });
    expect(leaking).not.toContain("No patient on both sides");
    expect(leaking).toContain("88 of whom are in training too");
    expect(leaking).not.toMatch(/never saw, its|none of whom is in training/);
    expect(leaking).toContain(
      "240 of the 247 distinct test films and 88 of the 90 test patients are also in the training part.",
    );
    expect(leaking).toContain("how the model does on others is not measured here at all");
    expect(leaking).toContain("no salt");
  });

  it("claims nothing where test positives are few", async () => {
    const few = await renderReport(syntheticMaterial({ testPatients: 12 }));
    expect(few).toContain("No accuracy is claimed.");
    expect(page).not.toContain("No accuracy is claimed.");
    expect(page).toContain("no accuracy is");
  });

  it("stands where nothing is defined at all", async () => {
    const table = syntheticTable("test", 8, 1);
    const test = { ...table, labels: new Float32Array(table.labels.length).fill(Number.NaN) };
    const evaluation = evaluationFigures({
      leakage: { testFilms: 0, testFilmsInTraining: 0, testPatients: 0, testPatientsInTraining: 0 },
      run: "r",
      protocol: "leak-free",
      test,
      raw: test,
      thresholds: forEachObservation(() => 0.5),
      seed: 1,
      localisation: {
        perObservation: [],
        hitRate: null,
        centreHitRate: null,
        untrainedHitRate: null,
        iou: null,
        untrainedIou: null,
      },
    });
    const bare = await renderReport({ ...material, evaluation, examples: [] });
    expect(bare).toContain("no AUROC is defined");
    expect(unclosed(bare.replace(/<!doctype html>/, ""))).toEqual([]);
  });
});

describe("decision of the gate", () => {
  const decision: GateDecision = {
    schema: "hilum.decision/1",
    run: "r",
    candidate: "a".repeat(16),
    champion: "b".repeat(16),
    anchor: "c".repeat(16),
    becomesAnchor: false,
    decision: "keep",
    checks: [{ rule: "calibration", passed: false, value: 0.1234, limit: 0.1, detail: "<b>too much</b>" }],
  };

  it("takes its place in the report, again where it is made again", async () => {
    const page = await renderReport(syntheticMaterial({ testPatients: 12 }));
    const decided = withDecision(page, decision);
    expect(page).toContain("is decided after this report");
    expect(decided).not.toContain("is decided after this report");
    for (const text of ["Not promoted.", "b".repeat(16), "0.1234", "0.1000", "&lt;b&gt;too much"]) {
      expect(decided).toContain(text);
    }
    expect(unclosed(decided.replace(/<!doctype html>|<!--.*?-->/g, ""))).toEqual([]);
    const again = withDecision(decided, { ...decision, decision: "promote" });
    expect(again).toContain("Promoted.");
    expect(again).not.toContain("Not promoted.");
    expect(withDecision("<p>other</p>", decision)).toBe("<p>other</p>");
  });
});

describe("model card", () => {
  it("is one page that stands alone, with its figures and warnings, text as text", () => {
    const card = modelCard(syntheticMaterial({ description: "<script>alert(1)</script>" }));
    const shown = renderModelCard(card);
    expect(shown).toContain("Not for clinical use");
    expect(shown).toContain("&lt;script&gt;");
    expect(shown).not.toMatch(/<script|<link|https?:\/\//);
    expect(shown).toContain(card.metrics.perObservation.Edema!.auroc!.toFixed(3));
    for (const limit of card.limits) expect(shown).toContain(limit);
    expect(unclosed(shown.replace(/<!doctype html>/, ""))).toEqual([]);
  });
});

describe("html", () => {
  it("escapes text, keeps markup, joins lists and prints nothing for nothing", () => {
    const item = (text: string) => html`<li>${text}</li>`;
    expect(
      html`<ul class="${`"'`}">${["<a>", "&"].map(item)}${null}${false}${undefined}${0}</ul>${raw("<br>")}`.markup,
    ).toBe('<ul class="&quot;&#39;"><li>&lt;a&gt;</li><li>&amp;</li>0</ul><br>');
  });
});

describe("format", () => {
  it("writes numbers as people read them", () => {
    expect([interval([0.9123, 0.97]), interval(null)]).toEqual(["0.912–0.970", "no interval"]);
    expect([percent(0.1234), percent(0.0001), percent(0), percent(null)]).toEqual([
      "12.3 %",
      "below 0.1 %",
      "0.0 %",
      "not defined",
    ]);
    expect([list([]), list(["a"]), list(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  });
});
