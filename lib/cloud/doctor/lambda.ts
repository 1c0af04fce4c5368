import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { NEW_ACCOUNT } from "../../contracts/deployment.ts";
import { bad, doubtful, good } from "../../contracts/finding.ts";
import { InputError } from "../../domain/errors.ts";
import { ask } from "../ask.ts";
import { apiFunctionOf } from "./api-function.ts";
import type { Check, Looked } from "./looked.ts";
import { type Quota, raise } from "./quota.ts";

/** Calls at a time, over all functions of the account in a region. */
const CONCURRENCY: Quota = { service: "lambda", code: "L-B99A9384" };

/**
 * What Lambda leaves to functions without a reservation
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
 */
const LEFT_TO_OTHERS = 100;

/** Whether the calls that a stage sets aside, or keeps warm, can be. */
export const concurrencyCheck: Check = async (looked) => {
  const { api, region } = looked;
  const { AccountLimit = {} } = await ask("Lambda's account settings", () =>
    new LambdaClient().send(new GetAccountSettingsCommand({})),
  );
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = 0 } = AccountLimit;
  const wanted = api.concurrency ?? api.provisioned;
  const found = `${limit} calls at a time, ${unreserved} of them not reserved`;
  if (wanted === 0) {
    if (limit >= LEFT_TO_OTHERS) return good(found);
    return doubtful(`${found}: few, for the API and the steps together`, raise(CONCURRENCY, 1000, region));
  }
  const free = unreserved + (await setAside(looked));
  const lacking = LEFT_TO_OTHERS + wanted - free;
  const setting = api.concurrency === null ? "api.provisioned" : "api.concurrency";
  if (lacking <= 0) return good(`${found}; ${setting} takes ${wanted}`);
  return bad(
    `${found}; ${setting} ${wanted} must leave ${LEFT_TO_OTHERS} to others`,
    `${raise(CONCURRENCY, Math.max(1000, limit + lacking), region)}\nor take ${setting} out of bin/stages.ts until then`,
  );
};

/** What the deployed API has set aside already, which is no longer among what is free. */
async function setAside(looked: Looked): Promise<number> {
  const FunctionName = await apiFunctionOf(looked);
  if (FunctionName === undefined) return 0;
  const client = new LambdaClient();
  return ask(`function ${FunctionName}`, async () => {
    const { ReservedConcurrentExecutions } = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    if (ReservedConcurrentExecutions !== undefined) return ReservedConcurrentExecutions;
    const { ProvisionedConcurrencyConfigs = [] } = await client.send(
      new ListProvisionedConcurrencyConfigsCommand({ FunctionName }),
    );
    return ProvisionedConcurrencyConfigs.reduce(
      (all, { RequestedProvisionedConcurrentExecutions = 0 }) => all + RequestedProvisionedConcurrentExecutions,
      0,
    );
  });
}

/** Lambda's words for more memory than the account may have. */
const TOO_MUCH = /memorysize.*less than or equal to (\d+)/is;

const mib = (value: number): string => `${value.toLocaleString("en-US")} MiB`;

/**
 * Whether a function may have that much memory. No call tells an account's limit: a function that is not there is given
 * it, which Lambda refuses for its value before it looks for the function, and which changes nothing either way.
 */
export const memoryCheck: Check = async ({ stage, api: { memoryMiB } }) => {
  if (memoryMiB <= NEW_ACCOUNT.memoryMiB) return good(`${mib(memoryMiB)}, which every account allows`);
  const FunctionName = `hilum-${stage}-memory-probe`;
  try {
    await ask("function memory", () =>
      new LambdaClient().send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: memoryMiB })),
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return good(`${mib(memoryMiB)}, which Lambda does not refuse`);
    const [, most] = TOO_MUCH.exec((error as Error).message) ?? [];
    if (most !== undefined) {
      return bad(
        `${mib(memoryMiB)}, where this account may have ${mib(Number(most))}`,
        `api: { memoryMiB: ${most} } in bin/stages.ts, or ask AWS Support for more; Lambda gives more with use, too`,
      );
    }
    if (!(error instanceof InputError) || error.code !== "aws-access") throw error;
    return doubtful(
      `${mib(memoryMiB)}: this role may not ask`,
      `lambda:UpdateFunctionConfiguration on function:${FunctionName}, which is not there`,
    );
  }
  return good(mib(memoryMiB));
};
