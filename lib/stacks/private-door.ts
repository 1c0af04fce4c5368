import { Stack } from "aws-cdk-lib";
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpcEndpoint,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { ApiSettings } from "./api-settings.ts";

/** The interface endpoints through which alone a private API is reached; undefined of one that is not private. */
export function privateDoors(scope: Construct, { private: door }: ApiSettings): readonly IVpcEndpoint[] | undefined {
  if (door === null) return undefined;
  if ("vpcId" in door) return [madeDoor(scope, door)];
  return door.endpointIds.map((vpcEndpointId, index) =>
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, `ApiEndpoint${index}`, { vpcEndpointId, port: 443 }),
  );
}

type MadeDoor = Extract<NonNullable<ApiSettings["private"]>, { readonly vpcId: string }>;

/** An endpoint of API Gateway in a network that there is. Its name there answers for every API of the region. */
function madeDoor(scope: Construct, { vpcId, subnetIds, addresses }: MadeDoor): IVpcEndpoint {
  // Zones are those of the subnets, which nobody needs to look up.
  const vpc = Vpc.fromVpcAttributes(scope, "ClientNetwork", { vpcId, availabilityZones: ["any"] });
  const securityGroup = new SecurityGroup(scope, "ApiDoor", {
    vpc,
    description: "Hilum API: TLS from networks of clients",
    allowAllOutbound: false,
  });
  for (const range of addresses) securityGroup.addIngressRule(Peer.ipv4(range), Port.tcp(443), "clients");
  const { partition, region, account } = Stack.of(scope);
  const endpoint = new InterfaceVpcEndpoint(scope, "ApiEndpoint", {
    vpc,
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    subnets: { subnets: subnetIds.map((id, index) => Subnet.fromSubnetId(scope, `ClientSubnet${index}`, id)) },
    securityGroups: [securityGroup as ISecurityGroup],
    open: false,
  });
  // Of this account alone; which of its APIs, their own policies say.
  endpoint.addToPolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ["execute-api:Invoke"],
      resources: [`arn:${partition}:execute-api:${region}:${account}:*`],
    }),
  );
  return endpoint as IVpcEndpoint;
}

const EVERY_ROUTE = "execute-api:/*";

/**
 * Lets in through these endpoints and nothing else. Who may call is decided besides: by callers' own rights where they
 * sign (to whom naming the account leaves it), by the log-in where they don't.
 */
export function doorPolicy(doors: readonly IVpcEndpoint[], signed: boolean): PolicyDocument {
  const call = { actions: ["execute-api:Invoke"], resources: [EVERY_ROUTE] };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ ...call, principals: [signed ? new AccountRootPrincipal() : new AnyPrincipal()] }),
      new PolicyStatement({
        ...call,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        conditions: { StringNotEquals: { "aws:SourceVpce": doors.map((door) => door.vpcEndpointId) } },
      }),
    ],
  });
}
