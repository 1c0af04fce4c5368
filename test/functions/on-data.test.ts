import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { handler } from "../../functions/on-data/handler.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { RunRequest } from "../../lib/contracts/run.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { readDocument } from "../../lib/store/documents.ts";
import { openStore, roomsOf } from "../../lib/store/open.ts";
import { noServer, type S3Server, SERVER_TIMEOUT_MS, startS3Server } from "../versitygw.ts";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:hilum";

/** As EventBridge delivers it, less what nobody reads. */
const arrival = (bucket: string, key: string) => ({
  version: "0",
  "detail-type": "Object Created",
  source: "aws.s3",
  detail: { version: "0", bucket: { name: bucket }, object: { key, size: 0, sequencer: "00617F08299329D189" } },
});

describe.skipIf(noServer)(`on-data${noServer === undefined ? "" : ` (skipped: ${noServer})`}`, () => {
  const steps = mockClient(SFNClient);
  let server: S3Server;
  let buckets = 0;
  let incoming: string;
  beforeAll(async () => {
    server = await startS3Server();
    Object.assign(process.env, server.environment);
  }, SERVER_TIMEOUT_MS);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    steps.reset();
    steps.on(StartExecutionCommand).resolves({});
    buckets += 1;
    incoming = await server.bucket(`incoming-${buckets}`);
    Object.assign(process.env, roomsOf(await server.bucket(`rooms-${buckets}`)), {
      HILUM_STATE_MACHINE: MACHINE,
      HILUM_CONFIG: JSON.stringify(RunConfig.parse({ name: "arrived", model: { network: "densenet-mini" } })),
    });
  });

  const arrive = (key: string) => handler(arrival(incoming.slice("s3://".length), key));

  it("writes what the run is, then starts it under its own name", async () => {
    const data = openStore(`${incoming}/site a/2026-01`);
    await data.put("train.csv", Buffer.from("Path,Sex\n"));
    await data.put("_SUCCESS", Buffer.from(""));
    const { run, started } = await arrive("site a/2026-01/_SUCCESS");
    expect(started).toBe(true);
    expect(run).toMatch(/^arrived-[0-9a-f]{8}$/);
    const request = await readDocument(openStore(process.env.HILUM_RUNS!), runKeys(run).request, RunRequest);
    expect(request).toMatchObject({ run, data: `${incoming}/site a/2026-01`, csv: ["train.csv"] });
    expect(steps.commandCalls(StartExecutionCommand).map((call) => call.args[0].input)).toEqual([
      { stateMachineArn: MACHINE, name: run, input: JSON.stringify({ run }) },
    ]);
  });

  it("starts nothing twice when the event comes twice, and keeps the first request", async () => {
    await openStore(`${incoming}/films`).put("train.csv", Buffer.from("Path,Sex\n"));
    const first = await arrive("films/_SUCCESS");
    const runs = openStore(process.env.HILUM_RUNS!);
    const before = await runs.get(runKeys(first.run).request);
    steps.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: "again", $metadata: {} }));
    expect(await arrive("films/_SUCCESS")).toEqual({ run: first.run, started: false });
    expect(await runs.get(runKeys(first.run).request)).toEqual(before);
    expect(steps.commandCalls(DescribeExecutionCommand)).toEqual([]);
  });

  it("gives other data another run", async () => {
    await openStore(`${incoming}/a`).put("train.csv", Buffer.from("Path,Sex\n"));
    await openStore(`${incoming}/b`).put("train.csv", Buffer.from("Path,Sex\nx,Male\n"));
    expect((await arrive("a/_SUCCESS")).run).not.toBe((await arrive("b/_SUCCESS")).run);
  });

  it.each([
    ["a folder without labels", "empty/_SUCCESS", "expected train.csv"],
    ["an object that is no marker", "films/train.csv", "_SUCCESS"],
    ["a marker of the whole bucket", "_SUCCESS", "_SUCCESS"],
  ])("refuses %s and starts nothing", async (_, key, message) => {
    await expect(arrive(key)).rejects.toThrow(message);
    expect(steps.calls()).toEqual([]);
  });

  it("passes on what Step Functions refuses, so that the event is delivered again", async () => {
    await openStore(`${incoming}/films`).put("train.csv", Buffer.from("Path,Sex\n"));
    steps.on(StartExecutionCommand).rejects(new Error("throttled"));
    await expect(arrive("films/_SUCCESS")).rejects.toThrow("throttled");
  });
});
