import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { type Finding, good } from "../../contracts/finding.ts";
import { ask } from "../ask.ts";
import type { Check } from "./looked.ts";

/** The role under which API Gateway writes logs: one for the account and region, whoever set it. */
export const logRoleCheck: Check = async (): Promise<Finding> => {
  const { cloudwatchRoleArn } = await ask("API Gateway's account", () =>
    new APIGatewayClient().send(new GetAccountCommand({})),
  );
  return good(cloudwatchRoleArn ?? "none yet; a deployment sets one");
};
