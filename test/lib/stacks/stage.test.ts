import { describe, expect, test } from "vitest";
import { stageNamed, stages } from "../../../bin/stages.ts";
import { ANY_X86, ANY_X86_FAMILIES } from "../../../lib/contracts/instances.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { parseStage } from "../../../lib/stacks/stage.ts";
import offerings from "../../fixtures/ec2/offerings.json" with { type: "json" };

describe("a stage", () => {
  test.each([
    [
      "no GPU family that the image knows",
      { gpu: { instances: ["p5.48xlarge"] } },
      "gpu.instances.0: expected a type of g4dn, g5 or g6",
    ],
    ["a GPU instance that holds no trainer", { gpu: { instances: ["g5.large"] } }, "gpu.instances.0: expected 4 cores"],
    [
      "a CPU instance that holds no evaluator",
      { cpu: { instances: ["m6i.metal", "m6i.2xlarge", "c7i.xlarge"] } },
      "cpu.instances.2: expected 8 cores or more",
    ],
    ["a preset's old name", { preset: "recommended" }, "preset: recommended is called densenet121-ensemble now"],
    ["a preset that is none", { preset: "recomended" }, "preset: expected one of demo, densenet121-ensemble"],
    [
      "a name for a page that there is not",
      { api: { domain: { name: "a", certificateArn: "arn:aws:acm:us-east-1:1:x" } } },
      "api.domain: a name is for the page",
    ],
    [
      "instances of another architecture than the images",
      { cpu: { instances: ["m7g.2xlarge"] } },
      "cpu.instances.0: expected an x86-64 instance type",
    ],
    ["a base that is no image", { images: { base: "my image" } }, "images.base: expected an image"],
    ["a network that is none", { network: { vpcId: "vpc-1" } }, "network: expected public, nat, endpoints or"],
    ["a network too small", { vpc: { cidr: "10.0.0.0/26" } }, "vpc.cidr: expected a network between /16 and /24"],
    ["a zone that is none", { vpc: { zones: ["a"] } }, "vpc.zones.0: expected an availability zone"],
    ["a key by its alias", { data: { key: "alias/films" } }, "data.key: expected the ARN of a KMS key"],
    ["a bucket by its name", { data: { buckets: { incoming: "films" } } }, "data.buckets.incoming: expected the ARN"],
    [
      "a bucket for nothing",
      { data: { buckets: { films: "arn:aws:s3:::films" } } },
      "data.buckets.films: no such setting",
    ],
    ["a client twice", { api: { clients: ["pacs", "pacs"] } }, "api.clients: expected each once"],
    [
      "an origin twice",
      { api: { corsOrigins: ["https://a.org", "https://a.org"] } },
      "api.corsOrigins: expected each once",
    ],
    ["more bytes than S3 takes in a POST", { api: { uploadBytes: 2 ** 40 } }, "api.uploadBytes: Too big"],
    [
      "a name for a page that is none",
      { api: { access: "cognito", domain: { name: "our films", certificateArn: "arn:aws:acm:us-east-1:1:x" } } },
      "api.domain.name: Invalid hostname",
    ],
    ["a name that Cognito refuses", { name: "aws-dev", api: { access: "cognito" } }, "name: the log-in's address"],
    ["a setting that does not exist", { api: { acess: "iam" } }, "api.acess: no such setting"],
    ["an open API", { api: { access: "open" } }, "api.access"],
    ["keys beside log-in", { api: { access: "cognito", clients: ["pacs"] } }, "api.clients: with log-in"],
    ["more warm environments than calls", { api: { concurrency: 1, provisioned: 2 } }, "api.provisioned"],
    ["days that CloudWatch does not know", { logDays: 42 }, "logDays"],
    [
      "a certificate of another region",
      { api: { domain: { name: "a", certificateArn: "arn:aws:acm:eu-west-1:1:x" } } },
      "us-east-1",
    ],
  ])("with %s is refused, and the setting is named", (_, settings, fault) => {
    const parse = () => parseStage({ name: "x", ...(settings as object) });
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(fault);
    expect(parse).toThrow(/^stage (x|aws-dev): /);
  });

  test("that is not there is refused with those that are", () => {
    expect(() => stageNamed("staging")).toThrow("expected one of minimal, dev, prod");
  });

  // Regions of every account; the others are opted into, and two of them have no GPU type of these families at all.
  const UNASKED =
    /^(us-(east|west)-[12]|ap-(south-1|northeast-[123]|southeast-[12])|ca-central-1|eu-(central-1|west-[123]|north-1)|sa-east-1)$/;
  test.each(stages().map((stage) => [stage.name, stage] as const))(
    "%s names no instance type that a common region lacks, since Batch would take none of the others then",
    (_, { cpu, gpu }) => {
      const common = Object.entries(offerings.regions).filter(([region]) => UNASKED.test(region));
      expect(common).toHaveLength(17);
      const named = [...cpu.instances, ...gpu.instances].filter((type) => type !== ANY_X86);
      const lacking = common.flatMap(([region, types]) =>
        named.filter((type) => !types.includes(type)).map((type) => `${region} ${type}`),
      );
      expect(lacking).toEqual([]);
    },
  );

  test("that leaves the choice to Batch finds an instance of eight cores in every region", () => {
    const families = (types: readonly string[]) =>
      ANY_X86_FAMILIES.filter((family) => types.includes(`${family}.2xlarge`));
    for (const [region, types] of Object.entries(offerings.regions)) expect(families(types), region).not.toEqual([]);
  });

  test("needs nothing but its name", () => {
    expect(parseStage({ name: "x" })).toMatchObject({ keepData: true, network: "public", api: { access: "iam" } });
    expect(stages().map(({ name }) => name)).toEqual(["minimal", "dev", "prod"]);
  });
});
