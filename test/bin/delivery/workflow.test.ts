import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { wayOf } from "../../../bin/delivery/environments.ts";
import { deliverRoleName } from "../../../lib/contracts/delivery.ts";
import packageJson from "../../../package.json" with { type: "json" };

interface Job {
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly if?: string;
    readonly with?: Readonly<Record<string, string>>;
  }[];
}

const FILE = new URL("../../../.github/workflows/deliver.yml", import.meta.url);
const [first, ...later] = wayOf().map(({ name }) => name);
let text: string;
let jobs: Readonly<Record<string, Job>>;
beforeAll(async () => {
  text = await readFile(FILE, "utf8");
  ({ jobs } = parse(text));
});
const forJob = (text: string, job: string): string => text.replaceAll(/\$\{\{ github\.job \}\}/g, job);
const runs = (job: string) => jobs[job]!.steps.flatMap(({ run }) => run ?? []);

describe("the workflow that delivers", () => {
  test("builds the templates once, and takes them the way of bin/delivery", () => {
    expect(Object.keys(jobs)).toEqual(["build", first, ...later]);
    expect([first, ...later].map((name) => jobs[name!]!.needs)).toEqual(["build", first, ...later].slice(0, -1));
    expect(runs("build")).toContain("npm run synth");
    for (const name of [first, ...later]) {
      expect(jobs[name!]!.environment).toBe(name);
      const [deploy] = runs(name!).filter((run) => run.includes("cdk deploy"));
      expect(forJob(deploy!, name!)).toBe(`npx cdk deploy 'hilum-${name}-*' --app cdk.out --require-approval never`);
    }
  });

  test("takes images over before it deploys, everywhere but where they are built", () => {
    for (const name of later) {
      const promote = jobs[name!]!.steps.findIndex(({ run }) => run?.includes("promote-images.ts"));
      expect(promote).toBeGreaterThan(0);
      expect(jobs[name!]!.steps.findIndex(({ run }) => run?.includes("cdk deploy"))).toBe(promote + 1);
      expect(jobs[name!]!.steps[promote]!.if).toBe(`github.job != '${first}'`);
    }
  });

  test("holds no key: tokens of GitHub's for the roles of the delivery stacks, and only in the jobs that deliver", () => {
    expect(text).not.toMatch(/secrets\.|aws-(access-key|secret)/i);
    for (const [name, { permissions, steps }] of Object.entries(jobs)) {
      expect(permissions?.["id-token"]).toBe(name === "build" ? undefined : "write");
      const roles = steps.flatMap((step) => step.with?.["role-to-assume"] ?? []);
      const expected = `arn:aws:iam::\${{ vars.AWS_ACCOUNT }}:role/${deliverRoleName(name)}`;
      expect(roles.map((role) => forJob(role, name))).toEqual(name === "build" ? [] : [expected]);
    }
    expect(parse(text).permissions).toEqual({ contents: "read" });
  });

  test("runs what the repository has, and others' actions by commit", () => {
    const all = Object.keys(jobs).flatMap(runs);
    for (const [, script] of all.join("\n").matchAll(/npm run ([\w:-]+)/g)) {
      expect(Object.keys(packageJson.scripts)).toContain(script);
    }
    const actions = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });
});
