import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelKeys } from "../../lib/contracts/layout.ts";
import { promote, readChannels, setCandidate } from "../../lib/registry/channels.ts";
import { publishVersion } from "../../lib/registry/versions.ts";
import { encodeDocument } from "../../lib/store/documents.ts";
import { openStore, storeUri } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { evaluation } from "../functions/api/evaluation.ts";
import { describeVersion } from "../lib/registry/description.ts";
import { hilum } from "./hilum.ts";

describe("hilum models", () => {
  let folder: string;
  let models: Store;
  let [first, second] = ["", ""];

  const publish = async (name: string, meanAuroc: number): Promise<string> =>
    (
      await publishVersion(models, describeVersion({ name, meanAuroc }), [
        { path: "saved_model/saved_model.pb", bytes: Buffer.from(name) },
      ])
    ).version;
  const run = (...args: string[]) => hilum(["models", ...args, "--store", folder]);
  async function json<T>(...args: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await run(...args, "--json");
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-models-"));
    models = openStore(storeUri(join(folder, "models")));
    first = await publish("first", 0.8);
    second = await publish("second", 0.9);
    await promote(models, first);
    await setCandidate(models, second);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("lists versions with their channels", async () => {
    const rows = await json<{ version: string; channels: string[] }[]>("list");
    expect(Object.fromEntries(rows.map(({ version, channels }) => [version, channels]))).toEqual({
      [first]: ["production", "anchor"],
      [second]: ["candidate"],
    });
  });

  it("says of how many observations a mean AUROC is claimed", async () => {
    const tested = { ...evaluation, meanAuroc: 0.7 };
    tested.perObservation = { ...tested.perObservation, Edema: { ...tested.perObservation.Edema, positives: 5 } };
    const file = { path: "evaluation.json", bytes: encodeDocument(tested) };
    const { version } = await publishVersion(models, describeVersion({ name: "tested", meanAuroc: 0.7 }), [file]);
    expect((await run("list")).stdout).toMatch(
      new RegExp(`^${version}.* AUROC 0\\.700 \\(12 of 13 claimed\\)  tested`, "m"),
    );
    const { stdout } = await run("show", version);
    expect(stdout).toMatch(/^Mean AUROC {5}0\.700 \(12 of 13 claimed\)$/m);
    expect(stdout).not.toMatch(/member\(s\)/);
    await models.delete(modelKeys.version(version).manifest);
  });

  it("tells what a version learned from", async () => {
    const provenance = [{ name: "phantoms", kind: "phantom" as const, labeller: "the program" }];
    const { version } = await publishVersion(models, describeVersion({ name: "drawn", provenance }), []);
    const rows = await json<{ version: string; data: string }[]>("list");
    expect(rows.find((row) => row.version === version)?.data).toBe("phantom");
    expect(rows.find((row) => row.version === first)?.data).toBe("films");
    expect((await run("list")).stdout).toMatch(new RegExp(`^${version}.* drawn  learned from drawings`, "m"));
    const { stdout } = await run("show", version);
    expect(stdout).toMatch(/^Caution {8}Learned from drawings, not from patients/m);
    expect(stdout).toContain("phantoms: drawn by a program, no patients");
    expect(stdout).toContain("Labels made by: the program");
    expect((await run("show", first)).stdout).toContain("origin not stated");
    expect((await run("diff", first, version)).stdout).toMatch(new RegExp(`^${version}: Learned from drawings`, "m"));
    await models.delete(modelKeys.version(version).manifest);
  });

  it("tells two versions apart", async () => {
    const { changed, versions } = await json<{ changed: unknown[]; versions: unknown[] }>("diff", "production", second);
    expect(changed).toEqual([{ fact: "name", before: "first", after: "second" }]);
    expect(versions).toEqual([
      { version: first, meanAuroc: 0.8, caution: null },
      { version: second, meanAuroc: 0.9, caution: null },
    ]);
    const { stdout } = await run("diff", second);
    expect(stdout).toContain(`${second} -> ${first}`);
    expect(stdout).toContain("0.900 -> 0.800");
  });

  it("promotes by hand, and goes back", async () => {
    expect(await json("promote", "candidate")).toMatchObject({ production: second, previous: first, candidate: null });
    expect(await json("rollback")).toMatchObject({ production: first, previous: second });
    expect((await run("rollback", "--help")).stdout).toMatch(/a second time swaps them\s+back/);
    expect(await readChannels(models)).toMatchObject({ production: first, previous: second });
  });

  it("hashes everything, promotes nothing that is damaged, and ends with 64", async () => {
    expect(await json("verify")).toHaveLength(2);
    const key = modelKeys.version(second).file("saved_model/saved_model.pb");
    await models.put(key, Buffer.from("sEcond"));
    const verified = await run("verify", "--json");
    expect(verified.exitCode).toBe(64);
    const faults = (JSON.parse(verified.stdout) as { version: string; fault: string | null }[]).filter((v) => v.fault);
    expect(faults.map(({ version }) => version)).toEqual([second]);
    expect(verified.stderr).toContain("1 of 2 versions");
    const promoted = await run("promote", second);
    expect(promoted.exitCode).toBe(64);
    expect(promoted.stderr).toContain("expected 6 bytes with");
    expect((await readChannels(models)).production).toBe(first);
    expect((await run("verify", first)).exitCode).toBe(0);
  });
});
