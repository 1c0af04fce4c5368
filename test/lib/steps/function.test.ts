import { beforeEach, describe, expect, test, vi } from "vitest";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, RunRequest } from "../../../lib/contracts/run.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { stepFunction } from "../../../lib/steps/function.ts";
import { readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { NotFoundError } from "../../../lib/store/errors.ts";
import { openStore } from "../../../lib/store/open.ts";

const keys = runKeys("run-1");
let base = "";
let count = 0;

beforeEach(async () => {
  count += 1;
  base = `memory://function-${count}`;
  for (const room of ["DATASETS", "RUNS", "MODELS"]) vi.stubEnv(`HILUM_${room}`, `${base}/${room.toLowerCase()}`);
  await writeDocument(openStore(`${base}/runs`), keys.request, RunRequest, {
    schema: "hilum.request/1",
    run: "run-1",
    data: "file:///data",
    csv: ["train.csv"],
    fingerprint: "0".repeat(64),
    config: { name: "test", model: { network: "densenet-mini" } },
    createdAt: new Date().toISOString(),
  });
});

describe("a function of the state machine", () => {
  test("works once and answers every time, from what it wrote", async () => {
    const work = vi.fn(async ({ rooms, keys: { plan } }) => {
      await rooms.runs.put(plan, Buffer.from("written"));
      return {};
    });
    const handler = stepFunction({
      step: "plan",
      work,
      answer: async ({ rooms, run }) => ({ read: Buffer.from(await rooms.runs.get(runKeys(run).plan)).toString() }),
    });
    expect(await handler({ run: "run-1" })).toEqual({ read: "written" });
    expect(await handler({ run: "run-1", more: 1 })).toEqual({ read: "written" });
    expect(work).toHaveBeenCalledTimes(1);
  });

  test.each([
    [new InputError("csv", "wrong"), "InputError"],
    [new NotFoundError("s3://a", "b"), "InputError"],
    [new TemporaryError("busy", "busy"), "TemporaryError"],
    [Object.assign(new Error("full"), { code: "ENOSPC" }), "TemporaryError"],
    [new RangeError("ours"), "RangeError"],
  ])("throws %s as %s and leaves a record", async (thrown, name) => {
    const handler = stepFunction({ step: "validate", work: () => Promise.reject(thrown) });
    const error = await handler({ run: "run-1" }).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ name, message: thrown.message });
    const failure = await readDocument(openStore(`${base}/runs`), keys.failure("validate"), FailureRecord);
    expect(failure.message).toBe(thrown.message);
  });

  test("an event without a run is an InputError", async () => {
    const handler = stepFunction({ step: "validate", work: async () => ({}) });
    await expect(handler({})).rejects.toMatchObject({ name: "InputError", code: "event" });
  });
});
