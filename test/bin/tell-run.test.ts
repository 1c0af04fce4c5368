import { describe, expect, test } from "vitest";
import { inPaths } from "../../bin/cli/places.ts";
import type { RunReport } from "../../bin/cli/run-report.ts";
import { tellRun } from "../../bin/cli/tell-run.ts";

const report: RunReport = {
  run: "demo-1a2b3c4d",
  store: "/nowhere/store",
  model: "/nowhere/store/models/versions/0123456789abcdef",
  report: "/nowhere/store/runs/demo-1a2b3c4d/report.html",
  status: "promoted",
  failedChecks: [],
  caution: "Learned from drawings, not from patients.",
  evaluation: {
    meanAuroc: 0.642,
    meanAurocInterval: [0.554, 0.716],
    definedObservations: 9,
    claims: { claimed: 2, measured: 9 },
    perObservation: {},
    localisationHitRate: null,
  },
  rows: {
    ...{ read: 2233, used: 2000, leftOut: { "lateral view": 232 }, setAside: { "film-empty": 1 } },
    warnings: { "lateral-view": 12, "small-film": 1 },
  },
};

describe("what a person reads at the end of a run", () => {
  test("says of how many observations the mean is claimed, and each count once", () => {
    const told = tellRun(report);
    expect(told).toContain("0.642 (95 % interval 0.554 to 0.716), mean over 9 observations, 2 of them claimed");
    expect(told).toContain("2,233 read, 2,000 used, 232 left out (lateral view), 1 set aside (film-empty)");
    expect(told).toContain("Warnings 12 films: the file says that this is a lateral film");
    expect(told).toContain("         1 film: the film is small");
    expect(told).toContain("bin/hilum serve --store /nowhere/store");
    expect(told).toContain("Learned from drawings");
  });

  test("names no command that the demo goes on with, nor the caution that stands beside its page", () => {
    const told = tellRun(report, { serving: true });
    expect(told).not.toContain("bin/hilum serve");
    expect(told).not.toContain("Learned from drawings");
    expect(told).toContain("Next:    bin/hilum predict FILM");
  });
});

test.each([
  ["file:///data/my%20films/a.csv: no such object", "/data/my films/a.csv: no such object"],
  ["no run in file:///nowhere/runs, expected one", "no run in /nowhere/runs, expected one"],
  ["expected file:///nowhere/folder or s3://bucket/prefix.", "expected /nowhere/folder or s3://bucket/prefix."],
])("a place on this machine is a path in a message: %s", (message, told) => {
  expect(inPaths(message)).toBe(told);
});
