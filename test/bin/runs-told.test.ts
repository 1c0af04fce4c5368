import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compare } from "../../bin/cli/runs/compare.ts";
import { printRuns } from "../../bin/cli/runs/list.ts";
import { showRun } from "../../bin/cli/runs/show.ts";
import { GateDecision } from "../../lib/contracts/decision.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { DEMO } from "../../lib/domain/provenance.ts";
import { writeDocument } from "../../lib/store/documents.ts";
import { openStore } from "../../lib/store/open.ts";
import { storedRun } from "../lib/runs/stored-run.ts";

let folder: string;
let runs: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-runs-"));
  runs = pathToFileURL(folder).href;
  const store = openStore(runs);
  await storedRun(store, "demo-1").request({}, DEMO);
  await storedRun(store, "ward-1").request();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function printed(work: () => Promise<unknown>): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await work();
    return log.mock.calls.flat().join("\n");
  } finally {
    log.mockRestore();
  }
}

const place = () => ({ runs, store: folder });

test("runs compare says whose figures are those of drawings", async () => {
  const told = await printed(() => compare(["ward-1", "demo-1"], place()));
  expect(told).toMatch(/^demo-1: Learned from drawings, not from patients/m);
  expect(told).not.toMatch(/^ward-1: /m);
});

test("runs show has a line for each check that the gate held against a model", async () => {
  const store = openStore(runs);
  const failed = (rule: string) => ({ rule, passed: false, value: -0.2, limit: -0.1, detail: `detail of ${rule}` });
  await writeDocument(store, runKeys("ward-1").decision, GateDecision, {
    schema: "hilum.decision/1",
    run: "ward-1",
    becomesAnchor: false,
    decision: "keep",
    candidate: "0123456789abcdef",
    champion: null,
    anchor: null,
    checks: [failed("first"), { ...failed("third"), passed: true }, failed("second")],
  });
  const told = await printed(() => showRun("ward-1", place()));
  expect(told).toMatch(/^Gate +keep: 1 of 3 checks passed$/m);
  expect(told).toMatch(/^ +first: detail of first\n +second: detail of second$/m);
});

test("runs list marks them", async () => {
  const told = await printed(() => printRuns([], place()));
  expect(told).toMatch(/^demo-1 .*learned from drawings$/m);
  expect(told).not.toMatch(/^ward-1 .*drawings/m);
});
