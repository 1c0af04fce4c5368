import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../../lib/contracts/dataset.ts";
import { testSetKey } from "../../../lib/contracts/layout.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { decodeTable, encodeTable } from "../../../lib/data/arrow-columns.ts";
import { divideRows, reasonsOf, selectRows, usedRows } from "../../../lib/data/data-plan.ts";
import { ASSIGNMENT_COLUMNS, MANIFEST_COLUMNS, type Manifest } from "../../../lib/data/film-columns.ts";
import { inspect } from "../../../lib/data/inspect.ts";
import { loadManifest, readLabels } from "../../../lib/data/manifest.ts";
import { loadRows } from "../../../lib/data/rows.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { BEYOND_SHARE } from "../../../lib/domain/reader-share.ts";
import { isReadersSource } from "../../../lib/domain/readers.ts";
import { sha256 } from "../../../lib/domain/sha256.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { dataRun } from "./data-run.ts";
import { csvRow, film, HEADER, type SourceFolder, sourceFolder } from "./source-folder.ts";

const READERS_HEADER = `${HEADER},Reader`;
const labels = (edema: number | string) => OBSERVATIONS.map((name) => (name === "Edema" ? edema : "NA"));
const sent = (n: number, reader: string, edema = n % 2) =>
  `${csvRow(`feedback/patientp-${n}/study-${n}/view1_frontal.png`, labels(edema))},${reader}`;
const own = (n: number, part = "train") => csvRow(`sample/${part}/patient${n}/study1/view1_frontal.jpg`, labels(n % 2));

const read = (files: Readonly<Record<string, readonly string[]>>): Promise<Manifest> =>
  readLabels(
    Object.entries(files).map(([name, rows]) => ({
      name,
      folder: name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "",
      async *stream() {
        yield Buffer.from(rows.join("\n"));
      },
    })),
  );

const range = <T>(count: number, of: (n: number) => T, first = 0): T[] =>
  Array.from({ length: count }, (_, n) => of(first + n));

const configured = (more: object = {}): RunConfig =>
  RunConfig.parse({ name: "readers", model: { network: "densenet-mini" }, ...more });

const divided = async (manifest: Manifest, config: RunConfig, pinned?: ReadonlySet<string>) => {
  const selected = selectRows(manifest, config);
  return { selected, parts: await divideRows(selected, config, async ({ choose }) => choose(), pinned) };
};

describe("the column of readers", () => {
  test("is read of films that readers sent, whatever stands there elsewhere, and may be missing", async () => {
    const manifest = await read({
      "a.csv": [READERS_HEADER, sent(1, "0a1b"), sent(2, ""), sent(3, "local"), `${own(4)},Dr. Roe`],
      "b.csv": [HEADER, sent(5, "").slice(0, -1), own(6)],
      "c.csv": [`Reader,${HEADER}`, `0a1b,${sent(7, "").slice(0, -1)}`],
    });
    expect(manifest.reader).toEqual(["0a1b", "unknown", "local", null, "unknown", null, "0a1b"]);
  });

  test.each(["Dr. Roe", "ROE", "a,b", "x".repeat(33), "../x"])("%s is no pseudonym, and not told", async (reader) => {
    const cell = JSON.stringify(reader);
    const error = await read({ "a.csv": [READERS_HEADER, sent(1, cell)] }).catch((thrown: InputError) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(
      /^a\.csv line 2: Reader is a text of \d+ characters, expected a pseud/,
    );
  });

  test("is missing in manifests of before, which are read all the same", async () => {
    const manifest = await read({ "a.csv": [READERS_HEADER, sent(1, "0a1b"), `${own(2)},`] });
    const { reader: _, ...before } = MANIFEST_COLUMNS;
    const store = new MemoryStore("memory://manifest-before");
    await store.put("m", encodeTable(before, manifest));
    expect(await loadManifest(store, "m")).toEqual({ ...manifest, reader: [null, null] });
    const { sentBy } = selectRows(await loadManifest(store, "m"), configured());
    expect(sentBy).toEqual(["unknown", null]);
  });
});

describe("films that readers sent", () => {
  const splits = [
    undefined,
    "as-given",
    { train: 0.4, tuning: 0, calibration: 0, test: 0.6 },
    { train: 0.5, tuning: 0.25, calibration: 0.25, test: "as-given" },
  ];
  // A folder by itself, in a folder of several, or rows among another source's; also where CSV file or path say test.
  const layouts: readonly ((own: string[], sent: string[]) => Record<string, string[]>)[] = [
    (own, sent) => ({ "train.csv": [READERS_HEADER, ...own.map((row) => `${row},`), ...sent] }),
    (own, sent) => ({ "films/train.csv": [HEADER, ...own], "feedback/readers.csv": [READERS_HEADER, ...sent] }),
    (own, sent) => ({ "films/train.csv": [HEADER, ...own], "ward/test.csv": [READERS_HEADER, ...sent] }),
    (own, sent) => ({
      "films/train.csv": [HEADER, ...own],
      "ward/a.csv": [READERS_HEADER, ...sent.map((row) => row.replace("feedback/", "feedback/valid/"))],
    }),
    (own, sent) => ({
      "train.csv": [HEADER, ...own],
      "valid.csv": [READERS_HEADER, ...sent.map((row) => row.replace("feedback/", "all/feedback/"))],
    }),
  ];

  test("are tested on in no layout and by no split, pinned or not", async () => {
    const config = fc.record({
      split: fc.constantFrom(...splits),
      layout: fc.constantFrom(...layouts),
      seed: fc.nat(50),
      readers: fc.integer({ min: 1, max: 40 }),
      share: fc.constantFrom(0, 0.05, 1),
      pinsAll: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(config, async ({ split, layout, seed, readers, share, pinsAll }) => {
        const rows = [...range(40, (n) => own(n)), ...range(10, (n) => own(n, "valid"), 100)];
        const manifest = await read(
          layout(
            rows,
            range(readers, (n) => sent(n, `r${n % 3}`)),
          ),
        );
        const run = configured({ ...(split !== undefined && { split }), seed, data: { readerShare: share } });
        const all = new Set(selectRows(manifest, run).patients);
        const { selected, parts } = await divided(manifest, run, pinsAll ? all : undefined);
        const { test } = parts.parts;
        expect(test.length).toBeGreaterThan(0);
        for (const place of test) expect(isReadersSource(manifest.source[selected.rows[place]!]!)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test("are refused by the published protocol beside others", async () => {
    const manifest = await read({ "a.csv": [READERS_HEADER, sent(1, "r"), ...range(30, (n) => `${own(n)},`)] });
    await expect(divided(manifest, configured({ protocol: "published" }))).rejects.toThrow(
      /published protocol over films/,
    );
  });

  test("are no more than a share of any part that is fitted on, and each row is accounted for", async () => {
    const rows = range(200, (n) => own(n));
    const flood = range(150, (n) => sent(n, n < 140 ? "hostile" : `honest-${n % 4}`));
    const manifest = await read({ "films/train.csv": [HEADER, ...rows], "feedback/a.csv": [READERS_HEADER, ...flood] });
    const run = configured();
    const { selected, parts } = await divided(manifest, run);
    for (const part of ["train", "tuning", "calibration"] as const) {
      const places = Array.from(parts.parts[part]);
      const hostile = places.filter((place) => selected.sentBy[place] === "hostile");
      expect(hostile.length).toBeLessThanOrEqual(0.05 * places.length);
      if (part === "train") expect(hostile.length).toBeGreaterThan(0);
    }
    const reasons = reasonsOf(selected, parts);
    const used = usedRows(selected, parts).rows.length;
    expect(used + reasons.filter((reason) => reason === BEYOND_SHARE).length).toBe(350);
    const { readers, rows: counted } = await inspect(manifest, run);
    expect(counted).toMatchObject({ read: 350, used, leftOut: { [BEYOND_SHARE]: 350 - used } });
    expect(readers).toMatchObject({ share: 0.05, alone: false });
    const [hostile] = readers!.readers;
    expect(hostile).toMatchObject({ reader: "hostile", rows: 140 - hostile!.leftOut });
    expect(readers!.readers.map(({ reader }) => reader).sort()).toEqual(
      ["hostile", "honest-0", "honest-1", "honest-2", "honest-3"].sort(),
    );
    // Listed in another order, the same films are left out.
    const turned = await read({
      "feedback/a.csv": [READERS_HEADER, ...flood.toReversed()],
      "films/train.csv": [HEADER, ...rows.toReversed()],
    });
    const again = await divided(turned, run);
    const pathsOf = (of: Manifest, { selected, parts }: typeof again) =>
      [...parts.beyond].map((place) => of.path[selected.rows[place]!]!).sort();
    expect(pathsOf(turned, again)).toEqual(pathsOf(manifest, { selected, parts }));
  });

  test("alone are held to no share, which is said", async () => {
    const manifest = await read({ "a.csv": [READERS_HEADER, ...range(60, (n) => sent(n, "local"))] });
    const { readers, rows } = await inspect(manifest, configured());
    expect(rows.used).toBe(60);
    expect(readers).toMatchObject({ alone: true });
    expect(readers!.readers[0]).toMatchObject({ reader: "local", rows: 60, leftOut: 0 });
    expect(readers!.readers[0]!.positives[OBSERVATIONS.indexOf("Edema")]).toBe(30);
  });
});

async function mixedFolder(): Promise<SourceFolder> {
  const folder = await sourceFolder();
  await folder.write("films/train.csv", [HEADER, ...range(40, (n) => own(n))].join("\n"));
  for (let n = 0; n < 40; n += 1) await folder.write(`films/train/patient${n}/study1/view1_frontal.jpg`, await film(n));
  await folder.write("feedback/readers.csv", [READERS_HEADER, ...range(20, (n) => sent(n, "0a1b2c3d"))].join("\n"));
  for (let n = 0; n < 20; n += 1) {
    // One can't be read: beyond the share it is left out, and not set aside as well.
    await folder.write(
      `feedback/patientp-${n}/study-${n}/view1_frontal.png`,
      n === 3 ? "no film" : await film(500 + n),
    );
  }
  return folder;
}

test("a run says before, in its plan and in what it prepared what is beyond a reader's share, and names nobody in its log", async () => {
  const folder = await mixedFolder();
  const told: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = ((text: string) => told.push(String(text)) > 0) as typeof write;
  try {
    const run = await dataRun(folder.uri, { prepare: { maxSetAsideShare: 0.1 } });
    await run.call("validate");
    const validation = await readDocument(run.rooms.runs, run.keys.validation, Validation);
    expect(validation.readers).toEqual({ readers: 1, rows: 20, beyondShare: 18, alone: false });
    await run.call("plan");
    const plan = await readDocument(run.rooms.runs, run.keys.plan, Plan);
    const leftOut = plan.rows.leftOut[BEYOND_SHARE]!;
    expect(plan.rows).toEqual({ read: 60, used: 60 - leftOut, leftOut: { [BEYOND_SHARE]: leftOut } });
    expect(Object.values(plan.parts).reduce((sum, rows) => sum + rows)).toBe(plan.rows.used);
    expect(plan.readers!.readers[0]).toMatchObject({ reader: "0a1b2c3d", rows: 20 - leftOut, leftOut });
    await run.work("prepare");
    await run.call("merge");
    const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    const assigned = decodeTable(ASSIGNMENT_COLUMNS, await run.rooms.runs.get(run.keys.assignments), "assignments");
    expect(dataset.rows).toBe(59);
    expect(dataset.setAside.length).toBe(assigned.leftOut[3] === null ? 1 : 0);
    expect(dataset.used! + dataset.setAside.length + leftOut).toBe(60);
    const rows = await loadRows(run.rooms.runs, run.request.run);
    expect(rows.part.filter((part) => part !== null)).toHaveLength(dataset.used!);
    rows.part.forEach((part, position) => {
      if (part === "test") expect(rows.source[position]).toBe("films/sample");
    });
    const pinned = await readDocument(run.rooms.datasets, testSetKey(sha256(folder.uri).slice(0, 32)), TestSet);
    expect(pinned.patients.filter((patient) => patient.includes("feedback"))).toEqual([]);
  } finally {
    process.stderr.write = write;
  }
  const notes = told.filter((line) => line.includes("data.readerShare"));
  expect(notes).toHaveLength(2);
  expect(told.join("")).not.toContain("0a1b2c3d");
});

test("films of readers that can't be used end no run, save where there are no others", async () => {
  const folder = await mixedFolder();
  for (let n = 0; n < 20; n += 1) await folder.write(`feedback/patientp-${n}/study-${n}/view1_frontal.png`, "no film");
  const merged = async (uri: string) => {
    const run = await dataRun(uri, { data: { readerShare: 1 } });
    await run.call("validate");
    await run.call("plan");
    await run.work("prepare");
    return run.call("merge");
  };
  await expect(merged(folder.uri)).resolves.toBeDefined();
  await expect(merged(`${folder.uri}/feedback`)).rejects.toThrow(/too-many-set-aside|cannot be used/);
});
