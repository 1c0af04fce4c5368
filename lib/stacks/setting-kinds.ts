import * as z from "zod";

/** Largest whole number that CloudFormation hands to the services. */
export const MOST = 2 ** 31 - 1;

/** Names of which each makes a resource of its own. */
export const each = <T extends z.ZodType<string>>(name: T) =>
  z.array(name).refine((names) => new Set(names).size === names.length, "expected each once");
