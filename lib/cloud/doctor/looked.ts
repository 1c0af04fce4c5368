import type { StackPart } from "../../contracts/deployment.ts";
import type { Finding } from "../../contracts/finding.ts";
import type { RunConfig } from "../../contracts/run-config.ts";
import type { StackState } from "../stacks.ts";

/** What every check of an account needs to know of the stage. */
export interface Subject {
  readonly stage: string;
  /** How jobs reach the service, or that their network was there before. */
  readonly network: "public" | "nat" | "endpoints" | "existing";
  /** Where its jobs are to run, as far as the stage says: subnets of a network that was there, or zones by name. */
  readonly subnetIds: readonly string[];
  readonly zones: readonly string[];
  /** Instance types, by who runs on them. */
  readonly instances: { readonly cpu: readonly string[]; readonly gpu: readonly string[] };
  /** What Lambda and API Gateway are asked for. */
  readonly api: {
    readonly memoryMiB: number;
    readonly concurrency: number | null;
    readonly provisioned: number;
    /** Whether the stage sets the account's role for logs. */
    readonly accountLogRole: boolean;
    /** How a private API is reached: by endpoints that are there, or that are deployed. */
    readonly private: { readonly endpointIds: readonly string[] } | object | null;
  };
  /** Of the CDK's bootstrap. */
  readonly qualifier: string;
  readonly permissionsBoundary: string | null;
  /** What runs of newly arrived films are made of. */
  readonly config: RunConfig;
}

/** The same, where it would be or is deployed. */
export interface Looked extends Subject {
  readonly account: string;
  readonly region: string;
  readonly stacks: Partial<Record<StackPart, StackState | undefined>>;
}

export type Check = (looked: Looked) => Promise<Finding>;
