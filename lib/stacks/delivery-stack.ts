import { Duration, Stack, type StackProps } from "aws-cdk-lib";
import {
  AccountPrincipal,
  type IPrincipal,
  OidcProviderNative,
  PolicyStatement,
  PrincipalWithConditions,
  Role,
  WebIdentityPrincipal,
} from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import {
  BOOTSTRAP_ROLES,
  bootstrapRoleName,
  type Delivered,
  deliverRoleName,
  imageRepository,
  imagesRoleName,
  roleArn,
} from "../contracts/delivery.ts";

/** Who signs the tokens of GitHub's jobs, and whom they are meant for. */
const ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/** A deployment with images takes longer than the usual hour. */
const SESSION = Duration.hours(2);

export interface DeliveryStackProps extends StackProps {
  readonly here: Delivered;
  /** Where images come from, and where they go next. */
  readonly before?: Delivered | undefined;
  readonly next?: Delivered | undefined;
}

/**
 * Who may deliver to an account: jobs of one environment of one repository on GitHub, without a key that could be lost.
 * An administrator deploys it once; what it lets happen after that is what the account's bootstrap lets happen.
 */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, { here, before, next, ...props }: DeliveryStackProps) {
    super(scope, id, props);
    const deliver = new Role(this, "Deliver", {
      roleName: deliverRoleName(here.name),
      description: `Hilum ${here.name}: deliveries from ${here.repository}`,
      assumedBy: this.#gitHub(here),
      maxSessionDuration: SESSION,
    });
    const roles = BOOTSTRAP_ROLES.map((role) => roleArn(bootstrapRoleName(role, here), here));
    const images = before === undefined ? [] : [roleArn(imagesRoleName(before.name), before)];
    deliver.addToPolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: [...roles, ...images] }));
    if (next !== undefined) this.#readImages(here, next);
  }

  #gitHub({ name, repository, knowsGitHub }: Delivered): IPrincipal {
    const providerArn = this.formatArn({ service: "iam", region: "", resource: "oidc-provider", resourceName: ISSUER });
    const made = knowsGitHub
      ? undefined
      : new OidcProviderNative(this, "GitHub", { url: `https://${ISSUER}`, clientIds: [AUDIENCE] });
    return new WebIdentityPrincipal(made?.oidcProviderArn ?? providerArn, {
      StringEquals: {
        [`${ISSUER}:aud`]: AUDIENCE,
        // GitHub gives it to jobs of this environment alone, after the reviews that the environment asks for.
        [`${ISSUER}:sub`]: `repo:${repository}:environment:${name}`,
      },
    });
  }

  /** The next account takes over the images that were tried here, and can do nothing else here. */
  #readImages(here: Delivered, next: Delivered): void {
    const reader = new Role(this, "Images", {
      roleName: imagesRoleName(here.name),
      description: `Hilum ${here.name}: images, for ${next.name}`,
      // By a condition, since a role that is not there yet can't be a principal.
      assumedBy: new PrincipalWithConditions(new AccountPrincipal(next.account), {
        ArnEquals: { "aws:PrincipalArn": roleArn(deliverRoleName(next.name), next) },
      }),
    });
    reader.addToPolicy(
      new PolicyStatement({
        actions: ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"],
        resources: [this.formatArn({ service: "ecr", resource: "repository", resourceName: imageRepository(here) })],
      }),
    );
  }
}
