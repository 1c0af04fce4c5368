import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  type UserPoolDomain,
} from "aws-cdk-lib/aws-cognito";
import type { Construct } from "constructs";
import type { Stage } from "./stage.ts";

export interface Login {
  readonly pool: UserPool;
  /** Where people type their password: a page of Cognito's own. */
  readonly domain: UserPoolDomain;
  /** Lets the page at an address ask for a code and exchange it (OAuth 2, code with PKCE: no secret in the page). */
  client(pageUrl: string): UserPoolClient;
}

/** Who may use the page and its API: people whom an administrator has invited. */
export function login(scope: Construct, stage: Stage): Login {
  const pool = new UserPool(scope, "People", {
    userPoolName: `hilum-${stage.name}`,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    featurePlan: FeaturePlan.PLUS,
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
  const client = (pageUrl: string) =>
    pool.addClient("Page", {
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
    });
  return { pool, domain, client };
}
