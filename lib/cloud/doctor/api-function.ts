import { resourcesOf } from "../stacks.ts";
import type { Looked } from "./looked.ts";

/** Name of the deployed function that answers; undefined where none is. */
export async function apiFunctionOf({ stage, stacks }: Looked): Promise<string | undefined> {
  if (stacks.inference === undefined) return undefined;
  const functions = await resourcesOf(stage, "inference", "AWS::Lambda::Function");
  return functions.find(({ logicalName }) => /^Api[0-9A-F]{8}$/.test(logicalName))?.name;
}
