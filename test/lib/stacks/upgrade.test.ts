import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Synthesis, synthesise } from "./synthesis.ts";
import { sharedNames, upgradeFaults } from "./upgrade/faults.ts";
import { essence, readReleased, releasedFile, type Templates } from "./upgrade/released.ts";

let scratch: string;
let now: Synthesis;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "hilum-upgrade-"));
  now = await synthesise(scratch, { CDK_VALIDATION: "false" });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const released = readReleased();
const current = (): Templates => new Map([...now.templates].map(([stack, text]) => [stack, essence(JSON.parse(text))]));

/**
 * What the next release does in spite of the rules, by the sentence: why, and what the changelog tells whoever upgrades.
 * Empty after a release.
 */
const ACCEPTED: Readonly<Record<string, string>> = {};

describe("an upgrade from the last release", () => {
  it("replaces and removes nothing that is kept, named or addressed, and no export in use", () => {
    const faults = upgradeFaults(released.templates, current());
    expect(faults.filter((fault) => !Object.hasOwn(ACCEPTED, fault))).toEqual([]);
    expect(Object.keys(ACCEPTED).filter((fault) => !faults.includes(fault))).toEqual([]);
  });

  it("is judged on templates that hold what must be held", () => {
    const types = [...released.templates.values()].flatMap(({ Resources }) =>
      Object.values(Resources).map(({ Type }) => Type),
    );
    for (const type of [
      "S3::Bucket",
      "KMS::Key",
      "Cognito::UserPool",
      "Logs::LogGroup",
      "StepFunctions::StateMachine",
    ]) {
      expect(types).toContain(`AWS::${type}`);
    }
    expect([...released.templates.values()].flatMap(({ imports }) => imports).length).toBeGreaterThan(10);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
type Json = any;

const DATA = "hilum-prod-data";
const TRAINING = "hilum-prod-training";
const INFERENCE = "hilum-prod-inference";

const idOf = (template: Json, type: string): string =>
  Object.keys(template.Resources).find((id) => template.Resources[id].Type === type)!;
const resource = (template: Json, type: string): Json => template.Resources[idOf(template, type)];

/** The same resource under another logical id, and what refers to it. */
function rename(template: Json, type: string): Json {
  const id = idOf(template, type);
  return JSON.parse(JSON.stringify(template).replaceAll(`"${id}"`, `"${id}Moved"`));
}

/** Changes that nobody may release. */
const PLANTED: readonly (readonly [string, string, (template: Json) => Json, RegExp])[] = [
  [
    "a bucket with a name",
    DATA,
    (t) => Object.assign(resource(t, "AWS::S3::Bucket").Properties, { BucketName: "films" }),
    /AWS::S3::Bucket\) would be replaced for its BucketName; it is retained/,
  ],
  ["a bucket under another logical id", DATA, (t) => rename(t, "AWS::S3::Bucket"), /S3::Bucket\) is gone/],
  ["a key under another logical id", DATA, (t) => rename(t, "AWS::KMS::Key"), /KMS::Key\) is gone/],
  [
    "a bucket of another type",
    DATA,
    (t) => Object.assign(resource(t, "AWS::S3::Bucket"), { Type: "AWS::S3Express::DirectoryBucket" }),
    /would be replaced for its Type/,
  ],
  [
    "a bucket that is not retained",
    DATA,
    (t) => Object.assign(resource(t, "AWS::S3::Bucket"), { DeletionPolicy: "Delete" }),
    /is retained no more/,
  ],
  [
    "a pool whose people log in otherwise",
    INFERENCE,
    (t) => Object.assign(resource(t, "AWS::Cognito::UserPool").Properties, { UsernameAttributes: ["phone_number"] }),
    /has another UsernameAttributes, which the service refuses/,
  ],
  ["a pool under another logical id", INFERENCE, (t) => rename(t, "AWS::Cognito::UserPool"), /UserPool\) is gone/],
  ["an API under another logical id", INFERENCE, (t) => rename(t, "AWS::ApiGateway::RestApi"), /know its address/],
  [
    "a log group of another name",
    TRAINING,
    (t) => Object.assign(resource(t, "AWS::Logs::LogGroup").Properties, { LogGroupName: "/other" }),
    /LogGroup\) would be replaced for its LogGroupName; it is retained/,
  ],
  ["a log group under another logical id", TRAINING, (t) => rename(t, "AWS::Logs::LogGroup"), /is still that of/],
  [
    "a machine of another kind under its name",
    TRAINING,
    (t) => Object.assign(resource(t, "AWS::StepFunctions::StateMachine").Properties, { StateMachineType: "EXPRESS" }),
    /would be replaced for its StateMachineType under its own name/,
  ],
  [
    "a queue with other tags",
    TRAINING,
    (t) => Object.assign(resource(t, "AWS::Batch::JobQueue").Properties, { Tags: { owner: "radiology" } }),
    /jobs wait in it/,
  ],
  ["an export that is gone", DATA, (t) => ({ ...t, Outputs: {} }), /the export \S+ is gone or has another value/],
];

describe("names that stages give", () => {
  it("are each one resource's, over all stacks", () => {
    expect(sharedNames(current())).toEqual([]);
  });

  it("are found where two resources share one", () => {
    const template = JSON.parse(now.templates.get(TRAINING)!);
    const group = resource(template, "AWS::Logs::LogGroup");
    const other = JSON.parse(now.templates.get(INFERENCE)!);
    resource(other, "AWS::Logs::LogGroup").Properties.LogGroupName = group.Properties.LogGroupName;
    expect(sharedNames(new Map([...current(), [INFERENCE, essence(other)]])).join()).toMatch(
      /is the name of hilum-prod-inference\/\S+ and hilum-prod-training/,
    );
  });
});

describe("an upgrade that would break what is deployed", () => {
  it.each(PLANTED)("is found: %s", (_, stack, plant, expected) => {
    // From today's templates, so that only the planted change differs.
    const template = JSON.parse(now.templates.get(stack)!);
    const planted = plant(template);
    const changed = planted?.Resources === undefined ? template : planted;
    const faults = upgradeFaults(current(), new Map([...current(), [stack, essence(changed)]]));
    expect(faults.join("\n")).toMatch(expected);
  });

  it("is found where a whole stack is gone", () => {
    const rest = new Map([...current()].filter(([stack]) => stack !== DATA));
    expect(upgradeFaults(current(), rest).join("\n")).toContain(`${DATA}: the stack is gone`);
  });

  it("is not seen where code, rights, sizes and alarms change in place", () => {
    const template = JSON.parse(now.templates.get(TRAINING)!);
    resource(template, "AWS::Lambda::Function").Properties.MemorySize = 129;
    resource(template, "AWS::IAM::Policy").Properties.PolicyDocument.Statement.pop();
    const next = new Map([...current(), [TRAINING, essence(template)]]);
    expect(upgradeFaults(current(), next)).toEqual([]);
    expect(upgradeFaults(current(), current())).toEqual([]);
  });
});

it("the file of a release is read as it was written", () => {
  const some = new Map([...released.templates].slice(0, 4));
  const { version, stacks } = JSON.parse(releasedFile(released.version, some));
  expect(version).toBe(released.version);
  expect(new Map(Object.entries(stacks))).toEqual(some);
});
