import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wayOf } from "../../../bin/delivery/environments.ts";
import { deliveryStackName } from "../../../lib/contracts/delivery.ts";
import { addChecks } from "../../../lib/stacks/checks.ts";
import { createDeliveryApp } from "../../../lib/stacks/delivery-app.ts";
import type { Resource } from "./synthesis.ts";

const DEV = { name: "dev", repository: "hospital/hilum", account: "111122223333", region: "eu-central-1" };
const PROD = { ...DEV, name: "prod", account: "444455556666" };

let folder: string;
const resources = async (stack: string) => {
  const text = await readFile(join(folder, `${stack}.template.json`), "utf8");
  return Object.values(JSON.parse(text).Resources) as Resource[];
};
const of = async (environment: string, type: string) =>
  (await resources(deliveryStackName(environment)))
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-delivery-"));
  const way = wayOf([DEV, { ...PROD, knowsGitHub: true }]).map((environment) => ({
    ...environment,
    stage: { ...environment.stage, account: { ...environment.stage.account, permissionsBoundary: "bound" } },
  }));
  const app = createDeliveryApp(way, folder);
  // A finding without a reason ends it.
  addChecks(app);
  app.synth();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trust = (role: { AssumeRolePolicyDocument: { Statement: unknown[] } }) => role.AssumeRolePolicyDocument.Statement;
const bootstrap = (account: string) =>
  ["deploy", "file-publishing", "image-publishing", "lookup"].map(
    (role) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${role}-role-${account}-eu-central-1`,
  );
const statements = async (environment: string) =>
  (await of(environment, "AWS::IAM::Policy")).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

describe("the roles of a delivery", () => {
  test("are taken by jobs of their own environment of one repository, with GitHub's token alone", async () => {
    for (const name of ["dev", "prod"]) {
      const [role] = (await of(name, "AWS::IAM::Role")).filter(({ RoleName }) => RoleName === `hilum-deliver-${name}`);
      expect(trust(role)).toEqual([
        expect.objectContaining({
          Effect: "Allow",
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": `repo:hospital/hilum:environment:${name}`,
            },
          },
        }),
      ]);
    }
  });

  test("may take those of the bootstrap, and the one before to read its images, and nothing else", async () => {
    const [own, ...others] = await statements("prod");
    expect(others).toEqual([]);
    expect(own).toEqual({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Resource: [...bootstrap("444455556666"), "arn:aws:iam::111122223333:role/hilum-images-dev"],
    });
    const dev = await statements("dev");
    expect(dev).toHaveLength(2);
    expect(dev).toContainEqual({ Effect: "Allow", Action: "sts:AssumeRole", Resource: bootstrap("111122223333") });
  });

  test("images are read by the next environment's role, from one repository", async () => {
    const [reader] = (await of("dev", "AWS::IAM::Role")).filter(({ RoleName }) => RoleName === "hilum-images-dev");
    expect(trust(reader)).toEqual([
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":iam::444455556666:root"]] } },
        Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/hilum-deliver-prod" } },
      },
    ]);
    const [reads] = (await statements("dev")).filter(({ Action }) => Action !== "sts:AssumeRole");
    expect(reads.Action).toEqual(["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]);
    expect(JSON.stringify(reads.Resource)).toContain(
      ":ecr:eu-central-1:111122223333:repository/cdk-hnb659fds-container-assets-111122223333-eu-central-1",
    );
    expect((await of("prod", "AWS::IAM::Role")).map(({ RoleName }) => RoleName)).toEqual(["hilum-deliver-prod"]);
  });

  test("an account learns of GitHub once; every role is bound as the stage says", async () => {
    expect(await of("dev", "AWS::IAM::OIDCProvider")).toMatchObject([
      { Url: "https://token.actions.githubusercontent.com", ClientIdList: ["sts.amazonaws.com"] },
    ]);
    expect(await of("prod", "AWS::IAM::OIDCProvider")).toEqual([]);
    for (const name of ["dev", "prod"]) {
      const roles = await of(name, "AWS::IAM::Role");
      for (const role of roles) expect(JSON.stringify(role.PermissionsBoundary)).toContain(":policy/bound");
    }
  });
});

test.each([
  ["an account that is none", [{ ...DEV, account: "1234" }], "environment dev: account: expected an account's twelve"],
  ["one account that is told twice", [DEV, { ...PROD, account: DEV.account }], "is told of GitHub twice"],
  ["a stage that is none", [{ ...DEV, name: "staging" }], "stage staging: not in bin/stages.ts"],
])("%s is refused", (_, environments, fault) => {
  expect(() => wayOf(environments)).toThrow(fault);
});
