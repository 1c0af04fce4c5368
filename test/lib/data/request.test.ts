import { describe, expect, test } from "vitest";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { prepareRequest } from "../../../lib/data/request.ts";
import { csvRow, filmPath, HEADER, sourceFolder } from "./source-folder.ts";

const config = RunConfig.parse({ name: "tiny", model: { network: "densenet-mini" } });
const csv = [HEADER, csvRow(filmPath(1))].join("\n");

describe("request of a run", () => {
  test("takes train.csv and valid.csv in this order, and no other CSV file beside them", async () => {
    const folder = await sourceFolder({ "valid.csv": csv, "train.csv": csv, "other.csv": csv, "boxes.csv": "x" });
    expect((await prepareRequest(folder.uri, config)).csv).toEqual(["train.csv", "valid.csv"]);
  });

  test("takes all CSV files but boxes.csv where those are not there", async () => {
    const folder = await sourceFolder({ "b.csv": csv, "a.csv": csv, "boxes.csv": "x", "sub/c.csv": csv });
    expect((await prepareRequest(folder.uri, config)).csv).toEqual(["a.csv", "b.csv"]);
  });

  test("a folder without a CSV file is the wrong folder", async () => {
    const folder = await sourceFolder({ "boxes.csv": "x", "film.jpg": "x" });
    await expect(prepareRequest(folder.uri, config)).rejects.toThrow("no CSV file there; expected labels in CheXpert");
  });

  test("the same folder and configuration have the same name; anything else has another", async () => {
    const folder = await sourceFolder({ "train.csv": csv, "boxes.csv": "a" });
    const { run, fingerprint } = await prepareRequest(folder.uri, config);
    expect(run).toMatch(/^tiny-[0-9a-f]{8}$/);
    expect(await prepareRequest(folder.uri, config)).toMatchObject({ run, fingerprint });
    const copy = await sourceFolder({ "train.csv": csv, "boxes.csv": "a" });
    const copied = await prepareRequest(copy.uri, config);
    expect(copied.fingerprint).toBe(fingerprint);
    expect(copied.run).not.toBe(run);
    const seeded = await prepareRequest(copy.uri, { ...config, seed: 2 });
    expect(seeded.fingerprint).toBe(fingerprint);
    expect(seeded.run).not.toBe(copied.run);
    for (const [file, content] of [
      ["boxes.csv", "b"],
      ["train.csv", `${csv}\n`],
    ] as const) {
      await copy.write(file, content);
      const changed = await prepareRequest(copy.uri, config);
      expect(changed.fingerprint).not.toBe(fingerprint);
      expect(changed.run).not.toBe(copied.run);
    }
  });
});
