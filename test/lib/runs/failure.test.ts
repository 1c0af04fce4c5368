import { expect, test } from "vitest";
import { findFailure } from "../../../lib/runs/failure.ts";
import { openStore } from "../../../lib/store/open.ts";
import { minute, storedRun } from "./stored-run.ts";

const RUN = "test-0123abcd";

test("an attempt that left no word tells nothing of the one before as its own", async () => {
  const runs = openStore(`memory://runs-${Math.random()}`);
  const stored = storedRun(runs, RUN);
  await stored.failed("train", 9, 0, { code: "stopped", exitCode: 75, message: "the attempt before" });
  await stored.progress("train", 10, { index: 0, starts: 2 });
  const error = { Error: "States.TaskFailed", Cause: JSON.stringify({ Container: { ExitCode: 137 } }) };
  const failed = { run: RUN, step: "train", since: new Date(minute(7)), error };
  expect(await findFailure(runs, failed)).toMatchObject({ code: "killed", exitCode: 75 });
  await stored.failed("train", 11, 0);
  expect(await findFailure(runs, failed)).toMatchObject({ code: "csv" });
});
