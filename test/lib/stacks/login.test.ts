import { describe, expect, test } from "vitest";
import { parseStage } from "../../../lib/stacks/stage.ts";
import { stageTemplates } from "./stage-templates.ts";

const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:entra";
const SAML = { kind: "saml", name: "Hospital", metadataUrl: "https://login.example.org/metadata" } as const;
const OIDC = {
  ...{ kind: "oidc" as const, name: "Entra", issuerUrl: "https://login.example.org/v2", clientId: "hilum" },
  clientSecretArn: SECRET,
} as const;

describe("the log-in", () => {
  test("has its threat protection on where it is paid for, and the groups of people", async () => {
    const { inference } = await stageTemplates({ api: { access: "cognito" } });
    const { UserPoolTier, UserPoolAddOns } = inference.one("AWS::Cognito::UserPool").Properties;
    expect([UserPoolTier, UserPoolAddOns]).toEqual(["PLUS", { AdvancedSecurityMode: "ENFORCED" }]);
    const groups = inference.all("AWS::Cognito::UserPoolGroup").map(({ Properties }) => Properties.GroupName);
    expect(groups.sort()).toEqual(["operators", "readers"]);
  });

  test("takes the lower tier without it, and a hospital's own log-ins, whose people are known by them", async () => {
    const login = {
      ...{ threatProtection: false, localUsers: false },
      providers: [{ ...SAML, groups: ["readers" as const] }, OIDC],
    };
    const { inference } = await stageTemplates({ api: { access: "cognito", login } }, { checks: true });
    const pool = inference.one("AWS::Cognito::UserPool");
    expect(pool.Properties.UserPoolTier).toBe("ESSENTIALS");
    expect(pool.Properties.UserPoolAddOns).toBeUndefined();
    const providers = inference.all("AWS::Cognito::UserPoolIdentityProvider");
    expect(providers.map(({ Properties: { ProviderName, ProviderType } }) => [ProviderName, ProviderType])).toEqual([
      ["Hospital", "SAML"],
      ["Entra", "OIDC"],
    ]);
    const [saml, oidc] = providers.map(({ Properties }) => Properties);
    expect(saml.ProviderDetails).toMatchObject({ MetadataURL: SAML.metadataUrl });
    expect(saml.AttributeMapping.email).toContain("emailaddress");
    expect(oidc.ProviderDetails.client_secret).toBe(`{{resolve:secretsmanager:${SECRET}:SecretString:::}}`);
    const client = inference.one("AWS::Cognito::UserPoolClient");
    expect(client.Properties.SupportedIdentityProviders).toEqual(["Hospital", "Entra"]);
    expect((client as unknown as { DependsOn: string[] }).DependsOn).toEqual(providers.map(({ id }) => id).sort());
    const api = inference
      .all("AWS::Lambda::Function")
      .flatMap(({ Properties }) => Properties.Environment?.Variables ?? [])
      .find(({ HILUM_READERS }) => HILUM_READERS !== undefined);
    expect(api.HILUM_READERS).toEqual({ "Fn::Join": ["", ["readers,", { Ref: pool.id }, "_Hospital"]] });
    expect(api.HILUM_OPERATORS).toBe("operators");
  });

  test("leaves who may do what to callers' rights where calls are signed", async () => {
    const { inference } = await stageTemplates();
    const [api] = inference.all("AWS::Lambda::Function").filter(({ id }) => id.startsWith("Api"));
    expect(api!.Properties.Environment.Variables).toMatchObject({ HILUM_READERS: "", HILUM_OPERATORS: "" });
    expect(inference.all("AWS::Cognito::UserPoolGroup")).toEqual([]);
  });

  test.each([
    ["nobody who could log in", { access: "cognito", login: { localUsers: false } }, "api.login.localUsers: nobody"],
    ["providers without a log-in", { login: { providers: [SAML] } }, "api.login.providers: they are for the log-in"],
    ["a provider twice", { access: "cognito", login: { providers: [SAML, SAML] } }, "expected each name once"],
    [
      "a secret as it is",
      { access: "cognito", login: { providers: [{ ...OIDC, clientSecretArn: "s3cret" }] } },
      "clientSecretArn: expected a secret's ARN",
    ],
    [
      "metadata without TLS",
      { access: "cognito", login: { providers: [{ ...SAML, metadataUrl: "http://a.org" }] } },
      "api.login.providers.0.metadataUrl",
    ],
  ])("with %s is refused", (_, api, fault) => {
    expect(() => parseStage({ name: "x", api: api as object })).toThrow(fault);
  });
});
