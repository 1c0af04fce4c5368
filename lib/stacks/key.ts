import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import type { Stage } from "./stage.ts";
import { trailArn } from "./trail.ts";

/** What the account's own administrators may do, spelt out: a key that nobody may administer is lost. */
const ADMINISTRATION = [
  ...["DescribeKey", "EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "UpdateKeyDescription"],
  ...["GetKeyPolicy", "PutKeyPolicy", "ListKeyPolicies", "TagResource", "UntagResource", "ListResourceTags"],
  ...["EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "ListKeyRotations", "RotateKeyOnDemand"],
  ...["CreateGrant", "ListGrants", "RetireGrant", "RevokeGrant"],
];

const USE = [
  "Encrypt",
  "Decrypt",
  "ReEncryptFrom",
  "ReEncryptTo",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
];

const kms = (names: readonly string[]): string[] => names.map((name) => `kms:${name}`);

/** Services that read from and write to the encrypted queue and topic: alarms, events that stay undelivered, the budget. */
const senders = ({ alarms }: Stage): readonly string[] => [
  "cloudwatch",
  "events",
  ...(alarms.monthlyBudget === null ? [] : ["budgets"]),
];

/** One key for all that a stage keeps: films, runs, models, logs and alarms. One of the platform's own stays as it is. */
export function stageKey(scope: Construct, id: string, stage: Stage): IKey {
  const { name, data, keepData, audit } = stage;
  if (data.key !== null) return Key.fromKeyArn(scope, id, data.key);
  const { region, account, partition } = Stack.of(scope);
  const logs = ["/hilum", "/aws/vendedlogs/states/hilum-", "aws-waf-logs-hilum-"].map((start) => {
    const group = start === "/hilum" ? `/hilum/${name}/*` : `${start}${name}*`;
    return `arn:${partition}:logs:${region}:${account}:log-group:${group}`;
  });
  const statement = (principal: AccountRootPrincipal | ServicePrincipal, actions: string[], conditions?: object) =>
    new PolicyStatement({
      principals: [principal],
      actions,
      // A key's own policy speaks of this key alone.
      resources: ["*"],
      ...(conditions && { conditions: conditions as Record<string, unknown> }),
    });
  return new Key(scope, id, {
    description: `Hilum ${name}: films, runs, models, logs`,
    enableKeyRotation: true,
    removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    policy: new PolicyDocument({
      statements: [
        statement(new AccountRootPrincipal(), kms([...ADMINISTRATION, ...USE])),
        statement(new ServicePrincipal(`logs.${region}.amazonaws.com`), kms(["DescribeKey", ...USE]), {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": logs },
        }),
        ...senders(stage).map((service) =>
          statement(new ServicePrincipal(`${service}.amazonaws.com`), kms(["Decrypt", "GenerateDataKey"]), {
            StringEquals: { "aws:SourceAccount": account },
          }),
        ),
        ...(audit === "own"
          ? [
              statement(new ServicePrincipal("cloudtrail.amazonaws.com"), kms(["DescribeKey", "GenerateDataKey"]), {
                StringEquals: { "aws:SourceArn": trailArn(scope, name) },
              }),
            ]
          : []),
      ],
    }),
  });
}
