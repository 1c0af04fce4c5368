import { Duration, RemovalPolicy, SecretValue, Stack } from "aws-cdk-lib";
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ProviderAttribute,
  StandardThreatProtectionMode,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
  UserPoolIdentityProviderOidc,
  UserPoolIdentityProviderSaml,
  UserPoolIdentityProviderSamlMetadata,
} from "aws-cdk-lib/aws-cognito";
import type { Construct, IDependable } from "constructs";
import { GROUPS, type Group } from "../contracts/people.ts";
import type { LoginSettings } from "./login-settings.ts";
import type { Stage } from "./stage.ts";

export interface Login {
  readonly pool: UserPool;
  /** Where people type their password: a page of Cognito's own. */
  readonly domain: UserPoolDomain;
  /** Lets the page at an address ask for a code and exchange it (OAuth 2, code with PKCE: no secret in the page). */
  client(pageUrl: string): UserPoolClient;
  /** Names in a person's token that make each of our groups. */
  readonly groups: Readonly<Record<Group, readonly string[]>>;
}

type Provider = LoginSettings["providers"][number];

/** Who may use the page and its API: people whom an administrator has invited, or whom a log-in of the hospital's own knows. */
export function login(scope: Construct, stage: Stage): Login {
  const { threatProtection, localUsers, providers } = stage.api.login;
  const pool = new UserPool(scope, "People", {
    userPoolName: `hilum-${stage.name}`,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    ...(threatProtection
      ? { featurePlan: FeaturePlan.PLUS, standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION }
      : { featurePlan: FeaturePlan.ESSENTIALS }),
    passwordPolicy: {
      minLength: 14,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    deletionProtection: stage.keepData,
    removalPolicy: stage.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const { account } = Stack.of(scope);
  const domain = pool.addDomain("Domain", { cognitoDomain: { domainPrefix: `hilum-${stage.name}-${account}` } });
  for (const [groupName, description] of Object.entries(GROUPS)) {
    new CfnUserPoolGroup(scope, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName, description });
  }
  const theirs = providers.map((provider) => identityProvider(scope, pool, provider));
  const client = (pageUrl: string) => {
    const made = pool.addClient("Page", {
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [`${pageUrl}/`],
        logoutUrls: [`${pageUrl}/`],
      },
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(10),
      supportedIdentityProviders: [
        ...(localUsers ? [UserPoolClientIdentityProvider.COGNITO] : []),
        ...providers.map(({ name }) => UserPoolClientIdentityProvider.custom(name)),
      ],
    });
    // By its name alone, which must be there before.
    for (const provider of theirs) made.node.addDependency(provider);
    return made;
  };
  return { pool, domain, client, groups: groupNames(pool, providers) };
}

/** A hospital's own log-in. Who comes from it is known by an address and in no group but the provider's own. */
function identityProvider(scope: Construct, pool: UserPool, provider: Provider): IDependable {
  const { name, email } = provider;
  const shared = { userPool: pool, name, attributeMapping: { email: ProviderAttribute.other(email) } };
  if (provider.kind === "saml") {
    const metadata = UserPoolIdentityProviderSamlMetadata.url(provider.metadataUrl);
    return new UserPoolIdentityProviderSaml(scope, `Provider-${name}`, { ...shared, metadata });
  }
  const { clientId, clientSecretArn, issuerUrl } = provider;
  const clientSecret = SecretValue.secretsManager(clientSecretArn).unsafeUnwrap();
  return new UserPoolIdentityProviderOidc(scope, `Provider-${name}`, {
    ...{ ...shared, clientId, clientSecret, issuerUrl },
    scopes: ["openid", "email"],
  });
}

/** Cognito puts everybody of a provider into a group of its own, `POOL_PROVIDER`. */
const groupNames = (pool: UserPool, providers: readonly Provider[]): Login["groups"] => {
  const names = (group: Group) => [
    group,
    ...providers.flatMap(({ name, groups }) => (groups.includes(group) ? [`${pool.userPoolId}_${name}`] : [])),
  ];
  return { readers: names("readers"), operators: names("operators") };
};
