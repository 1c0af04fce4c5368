import { beforeEach, expect, test, vi } from "vitest";
import { listRuns, runLister } from "../../../lib/runs/list-runs.ts";
import { removeRun } from "../../../lib/runs/remove-run.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { storedRun } from "./stored-run.ts";

const RUN = "test-0123abcd";

let runs: Store;
let stored: ReturnType<typeof storedRun>;

beforeEach(async () => {
  runs = openStore(`memory://runs-${Math.random()}`);
  stored = storedRun(runs, RUN);
  await stored.request();
});

test("the list has the newest first, and names what it can't read", async () => {
  await storedRun(runs, "other-1").request();
  await runs.put("broken-1/request.json", Buffer.from('{"schema":"hilum.request/9"}'));
  await runs.put("features/x/shard-00000.safetensors", Buffer.from("x"));
  await runs.put("_arrivals/x/request.json", Buffer.from("{}"));
  const list = await listRuns(runs);
  expect(list.runs.map(({ run }) => run).sort()).toEqual(["other-1", RUN]);
  expect(list.unreadable).toEqual([{ run: "broken-1", message: expect.stringContaining("schema") }]);
});

test("a list that is asked for again reads what has ended well once, and all that may change anew", async () => {
  const list = runLister(runs);
  await stored.ended("not-promoted", 13);
  expect(await list()).toMatchObject({ runs: [{ run: RUN, status: "not-promoted" }] });
  const read = vi.spyOn(runs, "get");
  expect(await list()).toMatchObject({ runs: [{ run: RUN, status: "not-promoted" }] });
  expect(read.mock.calls).toEqual([[stored.keys.outcome]]);
  read.mockRestore();
  // Removed, and made once more.
  await removeRun(runs, RUN);
  expect((await list()).runs).toEqual([]);
  await stored.request();
  await stored.ended("promoted", 14);
  expect(await list()).toMatchObject({ runs: [{ status: "promoted" }] });
});

test("what runs share is no run, and can't be removed as one", async () => {
  await runs.put("features/x/shard-00000.safetensors", Buffer.from("x"));
  await expect(removeRun(runs, "features")).rejects.toMatchObject({ code: "no-such-run" });
  expect(await runs.head("features/x/shard-00000.safetensors")).toBeDefined();
});
