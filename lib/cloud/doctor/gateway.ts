import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { bad, doubtful, good } from "../../contracts/finding.ts";
import { ask } from "../ask.ts";
import type { Check } from "./looked.ts";

/** How CloudFormation calls a role that a stage of ours has made. */
const OURS = /:role\/hilum-/;

/** The role under which API Gateway writes logs: one for the account and region, whoever set it. */
export const logRoleCheck: Check = async ({ api: { accountLogRole } }) => {
  const { cloudwatchRoleArn: role } = await ask("API Gateway's account", () =>
    new APIGatewayClient().send(new GetAccountCommand({})),
  );
  if (role === undefined || role === "") {
    if (accountLogRole) return good("none yet; a deployment sets one");
    const own = "aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn,value=ROLE";
    return bad("none, and api.accountLogRole is false", `api: { accountLogRole: true } in bin/stages.ts, or ${own}`);
  }
  if (!accountLogRole || OURS.test(role)) return good(role);
  return doubtful(
    `${role}, in whose place a deployment puts its own`,
    "api: { accountLogRole: false } in bin/stages.ts",
  );
};

/** Whether the endpoints are there by which a private API is reached; any, where it has none of its own to name. */
export const apiDoorCheck: Check = async ({ api }) => {
  const ids = api.private !== null && "endpointIds" in api.private ? api.private.endpointIds : [];
  if (ids.length === 0)
    return good(api.private === null ? "by its name, over TLS" : "an endpoint that is deployed with it");
  const Filters = [{ Name: "vpc-endpoint-id", Values: [...ids] }];
  const { VpcEndpoints = [] } = await ask("endpoints", () =>
    new EC2Client().send(new DescribeVpcEndpointsCommand({ Filters })),
  );
  const open = VpcEndpoints.filter(
    ({ State, ServiceName = "" }) => State?.toLowerCase() === "available" && ServiceName.endsWith(".execute-api"),
  ).map(({ VpcEndpointId }) => VpcEndpointId);
  const shut = ids.filter((id) => !open.includes(id));
  if (shut.length === 0) return good(ids.join(", "));
  return bad(
    `no open endpoint of execute-api: ${shut.join(", ")}`,
    "api: { private: { endpointIds } } in bin/stages.ts, by those of execute-api in this region",
  );
};
