import { createHash } from "node:crypto";

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
type Json = any;

/** Hashes of assets, of their keys and of what is made anew with each of them. */
const HASH = /[0-9a-f]{16,}/g;

/** What changes with the service, the pipeline or a preset, which have tests of their own. */
const ELSEWHERE = new Set(["Body", "DefinitionString", "HILUM_CONFIG", "Metadata"]);

/** Properties in full: who may do what, and what is open to whom. */
const IN_FULL: Readonly<Record<string, readonly string[]>> = {
  "AWS::IAM::Policy": ["PolicyDocument"],
  "AWS::IAM::Role": ["AssumeRolePolicyDocument", "ManagedPolicyArns"],
  "AWS::KMS::Key": ["KeyPolicy", "EnableKeyRotation"],
  "AWS::S3::Bucket": ["PublicAccessBlockConfiguration", "VersioningConfiguration", "BucketEncryption"],
  "AWS::S3::BucketPolicy": ["PolicyDocument"],
  "AWS::SQS::QueuePolicy": ["PolicyDocument"],
  "AWS::SNS::TopicPolicy": ["PolicyDocument"],
  "AWS::EC2::VPCEndpoint": ["PolicyDocument"],
  "AWS::EC2::SecurityGroup": ["SecurityGroupIngress", "SecurityGroupEgress"],
  "AWS::EC2::SecurityGroupIngress": ["IpProtocol", "FromPort", "SourceSecurityGroupId"],
  "AWS::Lambda::Permission": ["Action", "Principal"],
  "AWS::Cognito::UserPool": ["AdminCreateUserConfig", "MfaConfiguration"],
  "AWS::Cognito::UserPoolClient": ["AllowedOAuthFlows", "AllowedOAuthScopes", "GenerateSecret"],
  "AWS::WAFv2::WebACL": ["DefaultAction"],
};

const isReference = (value: object): boolean =>
  Object.keys(value).length === 1 && /^(Ref|Fn::)/.test(Object.keys(value)[0]!);

/** References as CloudFormation's YAML writes them, shortly. */
function reference(value: Record<string, Json>): string {
  const [[kind, inner]] = Object.entries(value) as [[string, Json]];
  if (kind === "Ref") return `\${${inner}}`;
  if (kind === "Fn::GetAtt") return `\${${inner.join(".")}}`;
  if (kind === "Fn::Join")
    return inner[1].map((part: Json) => (typeof part === "string" ? part : reference(part))).join(inner[0]);
  if (kind === "Fn::ImportValue") return `\${import ${typeof inner === "string" ? inner : reference(inner)}}`;
  return JSON.stringify(value);
}

/** With keys in order, hashes of assets and what is tested elsewhere left out. */
function settled(value: Json): Json {
  if (typeof value === "string") return value.replace(HASH, "#");
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== "object" || value === null) return value;
  if (isReference(value)) return reference(value).replace(HASH, "#");
  const entries = Object.entries(value).filter(([name]) => !ELSEWHERE.has(name));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, settled(inner)]),
  );
}

const short = (value: Json): string => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);

const list = (value: Json): string =>
  [value]
    .flat()
    .map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
    .join(" ");

/** `Allow s3:GetObject s3:ListBucket on ${bucket.Arn} if …` */
function statement({ Effect, Action, Resource, Principal, Condition }: Json): string {
  return [
    `${Effect} ${list(Action)}`,
    Principal === undefined ? "" : `to ${list(typeof Principal === "string" ? Principal : JSON.stringify(Principal))}`,
    Resource === undefined ? "" : `on ${list(Resource)}`,
    Condition === undefined ? "" : `if ${JSON.stringify(Condition)}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

const told = (name: string, value: Json): string[] =>
  value?.Statement === undefined ? [`${name} ${JSON.stringify(value)}`] : value.Statement.map(statement);

/**
 * A template for reviewers: a line a resource with a hash of all that it is, so that no change goes unseen, and under it
 * in full what decides who may reach what. Assets' hashes are left out: code alone changes nothing here.
 */
export function digestOf(stack: string, template: string): string {
  const resources = Object.entries<Json>(JSON.parse(template).Resources).map(([id, resource]) => {
    const { Type, ...rest } = resource;
    const all = settled(rest);
    const full = (IN_FULL[Type] ?? []).flatMap((name) =>
      all.Properties?.[name] === undefined ? [] : told(name, all.Properties[name]),
    );
    return [`${Type} ${id.replace(HASH, "#")} ${short(all)}`, ...full.map((line) => `    ${line}`)].join("\n");
  });
  return `# ${stack}\n${resources.sort().join("\n")}\n`;
}
