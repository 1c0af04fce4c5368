import { type RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

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

/** One key for all that a stage keeps: films, runs, models, logs and alarms. */
export function stageKey(scope: Construct, id: string, stage: string, removalPolicy: RemovalPolicy): Key {
  const { region, account, partition } = Stack.of(scope);
  const logs = ["/hilum", "/aws/vendedlogs/states/hilum-", "aws-waf-logs-hilum-"].map((start) => {
    const name = start === "/hilum" ? `/hilum/${stage}/*` : `${start}${stage}*`;
    return `arn:${partition}:logs:${region}:${account}:log-group:${name}`;
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
    description: `Hilum ${stage}: films, runs, models, logs`,
    enableKeyRotation: true,
    removalPolicy,
    policy: new PolicyDocument({
      statements: [
        statement(new AccountRootPrincipal(), kms([...ADMINISTRATION, ...USE])),
        statement(new ServicePrincipal(`logs.${region}.amazonaws.com`), kms(["DescribeKey", ...USE]), {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": logs },
        }),
        ...["cloudwatch", "budgets", "events"].map((service) =>
          statement(new ServicePrincipal(`${service}.amazonaws.com`), kms(["Decrypt", "GenerateDataKey"]), {
            StringEquals: { "aws:SourceAccount": account },
          }),
        ),
      ],
    }),
  });
}
