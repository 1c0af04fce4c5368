import { describe, expect, test } from "vitest";
import { stageTemplates } from "./stage-templates.ts";

const RANGES = {
  vpcId: "vpc-0a1b2c3d",
  subnetIds: ["subnet-1a1a1a1a", "subnet-2b2b2b2b"],
  addresses: ["10.1.0.0/16", "10.2.0.0/16"],
};

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
type Statement = any;

describe("the REST API", () => {
  test("is of this region: films end their way in it, and so does TLS", async () => {
    const { inference } = await stageTemplates();
    const { EndpointConfiguration, Parameters, Policy } = inference.one("AWS::ApiGateway::RestApi").Properties;
    expect(EndpointConfiguration).toEqual({ Types: ["REGIONAL"] });
    expect(Parameters).toEqual({ endpointConfigurationTypes: "REGIONAL" });
    expect(Policy).toBeUndefined();
    expect(inference.all("AWS::ApiGateway::Account")).toHaveLength(1);
    expect(inference.all("AWS::EC2::VPCEndpoint")).toEqual([]);
  });

  test("is reached through endpoints that there are alone, where it is private", async () => {
    const door = { endpointIds: ["vpce-0a1b0a1b", "vpce-2c3d2c3d"] };
    const { inference } = await stageTemplates({ api: { private: door } }, { checks: true });
    const { EndpointConfiguration, Parameters, Policy } = inference.one("AWS::ApiGateway::RestApi").Properties;
    expect(EndpointConfiguration).toEqual({ Types: ["PRIVATE"], VpcEndpointIds: door.endpointIds });
    expect(Parameters).toEqual({ endpointConfigurationTypes: "PRIVATE" });
    const [allow, deny] = Policy.Statement as Statement[];
    // Of whoever signs in this account, its own rights decide.
    expect(JSON.stringify(allow)).toMatch(/"Effect":"Allow".*:iam::.*:root/);
    expect(deny).toMatchObject({
      Effect: "Deny",
      Principal: { AWS: "*" },
      Condition: { StringNotEquals: { "aws:SourceVpce": door.endpointIds } },
    });
    expect(inference.all("AWS::EC2::VPCEndpoint")).toEqual([]);
    // The firewall stands before it all the same.
    expect(inference.all("AWS::WAFv2::WebACLAssociation")).toHaveLength(1);
  });

  test("makes its endpoint in a network that there is, open to the clients' addresses alone", async () => {
    const { inference } = await stageTemplates({ api: { private: RANGES } }, { checks: true });
    const { id, Properties } = inference.one("AWS::EC2::VPCEndpoint");
    expect(Properties).toMatchObject({ VpcId: "vpc-0a1b2c3d", SubnetIds: RANGES.subnetIds, PrivateDnsEnabled: true });
    expect(Properties.PolicyDocument.Statement).toMatchObject([{ Effect: "Allow", Action: "execute-api:Invoke" }]);
    expect(JSON.stringify(Properties.PolicyDocument)).toContain('{"Ref":"AWS::AccountId"}');
    const { SecurityGroupIngress } = inference.one("AWS::EC2::SecurityGroup").Properties;
    expect(SecurityGroupIngress.map(({ CidrIp, FromPort }: Statement) => [CidrIp, FromPort])).toEqual(
      RANGES.addresses.map((range) => [range, 443]),
    );
    const { EndpointConfiguration, Policy } = inference.one("AWS::ApiGateway::RestApi").Properties;
    expect(EndpointConfiguration.VpcEndpointIds).toEqual([{ Ref: id }]);
    expect(JSON.stringify(Policy)).toContain(`"aws:SourceVpce":[{"Ref":"${id}"}]`);
  });

  test("leaves the account's role for logs alone where it is told that there is one", async () => {
    const { inference } = await stageTemplates({ api: { accountLogRole: false } });
    expect(inference.all("AWS::ApiGateway::Account")).toEqual([]);
  });
});
