import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, storeUri } from "../../lib/store/open.ts";
import { minute, storedRun } from "../lib/runs/stored-run.ts";
import { type Ended, hilum } from "./hilum.ts";

const [FAILED, DAMAGED, BROKEN] = ["study-0000000a", "study-0000000b", "study-0000000c"];

describe("hilum runs, called wrongly or on a store that is not whole", () => {
  let folder: string;
  let store: string;

  const runs = (...args: string[]): Promise<Ended> => hilum(["runs", ...args, "--store", store]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-runs-"));
    store = join(folder, "store");
    const room = openStore(storeUri(join(store, "runs")));
    const [failed, damaged] = [storedRun(room, FAILED!), storedRun(room, DAMAGED!)];
    await failed.request();
    await failed.progress("validate", 1, { endedAt: minute(2) });
    await failed.failed("validate", 2);
    await failed.ended("failed", 3, "validate");
    await damaged.request();
    await room.put(damaged.keys.evaluation, Buffer.from("{"));
    await damaged.ended("not-promoted", 4);
    await room.put(`${BROKEN}/request.json`, Buffer.from("{"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ["a command that is not there", ["delete", FAILED!], 64, "unknown command 'delete'"],
    ["a run that is not there", ["show", "nobody"], 64, 'no run "nobody"; bin/hilum runs list names them'],
    ["a name that is cut short", ["show", "study"], 64, `is it ${FAILED} or ${DAMAGED} or ${BROKEN}?`],
    ["a name with a way out", ["resume", "../../etc"], 64, 'no run "../../etc"'],
    ["what can't be resumed", ["resume", BROKEN!], 64, "request.json: expected JSON"],
    ["a file that is a folder", ["export", FAILED!, "--out", tmpdir()], 64, "expected a file's name"],
  ])("%s", async (_, args, code, message) => {
    const { exitCode, stdout, stderr } = await runs(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("the list says what it could not read, and can be searched", async () => {
    const { exitCode, stdout, stderr } = await runs("list", "validate", "FAILED");
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^RUN /),
      expect.stringMatching(`^${FAILED} +failed at validate`),
    ]);
    expect(stderr).toContain(`warning: run ${DAMAGED}: evaluation.json: expected JSON`);
    expect(stderr).toContain(`warning: run ${BROKEN}: `);
    const none = await runs("list", "vgg16", "--json");
    expect(JSON.parse(none.stdout)).toMatchObject({ runs: [], unreadable: [{ run: BROKEN }] });
  });

  test("a step of a machine whose clock is ahead has taken no time yet", async () => {
    const ahead = storedRun(openStore(storeUri(join(folder, "ahead", "runs"))), FAILED!);
    await ahead.request();
    const later = new Date(Date.now() + 600_000).toISOString();
    await ahead.progress("validate", 1, { startedAt: later, at: later });
    const { stdout } = await hilum(["runs", "show", FAILED!, "--store", join(folder, "ahead")]);
    expect(stdout).toMatch(/^validate +running +0\.0 s$/m);
  });

  test("a room named for its store is told as such", async () => {
    const { exitCode, stderr } = await hilum(["runs", "list", "--runs", store]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`--runs ${join(store, "runs")}`);
  });

  test("a damaged run is shown without what is damaged, and one that can't be read is removed", async () => {
    const shown = await runs("show", DAMAGED!);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(new RegExp(`^Run +${DAMAGED}: not promoted`));
    expect(shown.stderr).toContain("evaluation.json: expected JSON");
    expect(shown.stdout).toContain("densenet-mini, 224 pixels, 1 member\n");
    const removed = await runs("remove", BROKEN!, "--yes");
    expect([removed.exitCode, removed.stdout]).toEqual([0, `${BROKEN}: 1 object removed.\n`]);
    expect((await runs("remove", BROKEN!, "--yes")).exitCode).toBe(64);
  });
});
