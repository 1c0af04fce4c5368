import { beforeAll, describe, expect, test } from "vitest";
import { ENDPOINT_ZONES, JOB_ENDPOINTS } from "../../../lib/contracts/deployment.ts";
import { type StageTemplate, stageTemplates } from "./stage-templates.ts";

const EXISTING = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"],
  securityGroupIds: ["sg-0123456789abcdef0"],
};
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef";
const arn = (place: string) => `arn:aws:s3:::radiology-${place}`;

const SETTINGS = {
  public: { network: "public", vpc: { cidr: "10.20.0.0/20" }, alarms: { monthlyBudget: null } },
  nat: { network: "nat", vpc: { zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] } },
  endpoints: { network: "endpoints" },
  existing: { network: EXISTING },
  tenant: {
    network: EXISTING,
    data: { key: KEY, buckets: { incoming: arn("incoming"), models: arn("models"), uploads: arn("uploads") } },
  },
} as const satisfies Readonly<Record<string, Parameters<typeof stageTemplates>[0]>>;
type Setting = keyof typeof SETTINGS;
type Templates = Awaited<ReturnType<typeof stageTemplates>>;

const ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d"];
const PLACED = { env: { account: "111122223333", region: "eu-west-1" }, zones: ZONES };

/** Without an account, and every rule asked; and in an account that has four zones. */
const dry = {} as Record<Setting, Templates>;
const placed = {} as Record<"public" | "endpoints", Templates>;
beforeAll(async () => {
  for (const [name, settings] of Object.entries(SETTINGS) as [Setting, (typeof SETTINGS)[Setting]][]) {
    dry[name] = await stageTemplates({ name, ...settings }, { checks: true });
  }
  for (const name of ["public", "endpoints"] as const) placed[name] = await stageTemplates(SETTINGS[name], PLACED);
});

const subnets = ({ training }: Templates) => training.all("AWS::EC2::Subnet").map(({ Properties }) => Properties);
const environments = ({ training }: Templates) =>
  training.all("AWS::Batch::ComputeEnvironment").map(({ Properties }) => Properties.ComputeResources);
const endpoints = ({ training }: Templates, kind: "Interface" | "Gateway") =>
  training
    .all("AWS::EC2::VPCEndpoint")
    .map(({ Properties }) => Properties)
    .filter(({ VpcEndpointType }) => VpcEndpointType === kind);
const everywhere = (templates: Templates, type: string) =>
  Object.values<StageTemplate>(templates).flatMap((stack) => stack.all(type));

describe("a network that is made", () => {
  test.each(["public", "endpoints"] as const)("with the way %s is in every zone that the account has", (way) => {
    const zones = subnets(placed[way]).map(({ AvailabilityZone }) => AvailabilityZone);
    expect([...new Set(zones)]).toEqual(ZONES);
    expect(environments(placed[way])).toHaveLength(4);
    for (const { Subnets } of environments(placed[way])) expect(Subnets).toHaveLength(ZONES.length);
  });

  test("is in the zones that the stage names, and no account is asked", () => {
    const zones = subnets(dry.nat).map(({ AvailabilityZone }) => AvailabilityZone);
    expect([...new Set(zones)]).toEqual(SETTINGS.nat.vpc.zones);
    expect(dry.nat.training.all("AWS::EC2::NatGateway")).toHaveLength(1);
  });

  test("has the addresses that the stage names, which a zone more would not move", () => {
    expect(dry.public.training.one("AWS::EC2::VPC").Properties.CidrBlock).toBe("10.20.0.0/20");
    const blocks = (templates: Templates) => subnets(templates).map(({ CidrBlock }) => CidrBlock);
    expect(blocks(placed.public)).toEqual(["10.20.0.0/24", "10.20.1.0/24", "10.20.2.0/24", "10.20.3.0/24"]);
    expect(blocks(dry.public)).toEqual(blocks(placed.public).slice(0, 2));
  });

  test("has its paid endpoints in two zones, and jobs in all", () => {
    const paid = endpoints(placed.endpoints, "Interface");
    expect(paid).toHaveLength(Object.keys(JOB_ENDPOINTS).length);
    for (const { SubnetIds } of paid) expect(SubnetIds).toHaveLength(ENDPOINT_ZONES);
  });

  test.each(["public", "nat", "endpoints"] as const)(
    "with the way %s lets through S3's door what jobs reach and the layers of images, and no other bucket",
    (way) => {
      const doors = endpoints(dry[way], "Gateway");
      expect(doors).toHaveLength(1);
      const statements = doors[0].PolicyDocument.Statement as { Action: unknown; Resource: unknown }[];
      const text = JSON.stringify(statements.map(({ Resource }) => Resource));
      for (const place of ["incoming", "datasets", "runs", "models"]) expect(text).toContain(`FnGetAtt${place}`);
      expect(text).not.toContain("uploads");
      expect(text).toContain("-starport-layer-bucket/*");
      expect(statements.map(({ Action }) => Action)).not.toContain("*");
      expect(statements.map(({ Resource }) => Resource)).not.toContain("*");
    },
  );
});

test("a network that is there is used by its names, and nothing is made in it", () => {
  const types = new Set(Object.values(dry.existing.training.template.Resources).map(({ Type }) => Type));
  expect([...types].filter((type) => type.startsWith("AWS::EC2::"))).toEqual(["AWS::EC2::LaunchTemplate"]);
  expect(environments(dry.existing)).toHaveLength(4);
  for (const { Subnets, SecurityGroupIds } of environments(dry.existing)) {
    expect(Subnets).toEqual(EXISTING.subnetIds);
    expect(SecurityGroupIds).toEqual(EXISTING.securityGroupIds);
  }
});

describe("a key and buckets that are there", () => {
  test("are used, and those alone are made that the stage does not name", () => {
    const { data } = dry.tenant;
    expect(everywhere(dry.tenant, "AWS::KMS::Key")).toEqual([]);
    expect(
      data
        .all("AWS::S3::Bucket")
        .map(({ id }) => id.slice(0, -8))
        .sort(),
    ).toEqual(["accessLogs", "datasets", "runs"]);
    const groups = everywhere(dry.tenant, "AWS::Logs::LogGroup");
    expect(new Set(groups.map(({ Properties }) => Properties.KmsKeyId))).toEqual(new Set([KEY]));
    expect(dry.tenant.training.one("AWS::SQS::Queue").Properties.KmsMasterKeyId).toBe(KEY);
  });

  test("stay full when the stage goes", () => {
    const [emptied] = Object.values(dry.tenant.data.template.Resources).filter(
      ({ Properties }) => Properties?.buckets !== undefined,
    );
    expect(emptied!.Properties.buckets).toEqual([]);
    expect(JSON.stringify(everywhere(dry.tenant, "AWS::IAM::Policy"))).not.toContain("s3:DeleteObjectVersion");
  });

  test("are reached by those who reach what is made, and start runs", () => {
    const statements = everywhere(dry.tenant, "AWS::IAM::Policy").flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Resource: unknown }[],
    );
    const resources = JSON.stringify(statements.map(({ Resource }) => Resource));
    for (const place of ["incoming", "models", "uploads"]) expect(resources).toContain(`"${arn(place)}/*"`);
    expect(resources).toContain(KEY);
    const patterns = dry.tenant.training.all("AWS::Events::Rule").map(({ Properties }) => Properties.EventPattern);
    expect(patterns.flatMap((pattern) => pattern?.detail?.bucket?.name ?? [])).toEqual(["radiology-incoming"]);
  });
});

test("a budget may use key and topic where there is one, and nowhere else", () => {
  const named = (templates: Templates) =>
    ["AWS::KMS::Key", "AWS::SNS::TopicPolicy"].filter((type) =>
      JSON.stringify(everywhere(templates, type)).includes("budgets.amazonaws.com"),
    );
  expect(named(dry.public)).toEqual([]);
  expect(named(dry.nat)).toEqual(["AWS::KMS::Key", "AWS::SNS::TopicPolicy"]);
});
