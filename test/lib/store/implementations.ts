import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, storeUri } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, startS3Server } from "../../versitygw.ts";

/** A place for stores of one kind. */
export interface Ground {
  /** A new, empty store. */
  empty(): Promise<Store>;
  /** What another process needs in its environment to open the same store. */
  readonly environment: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

export interface Implementation {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly absent?: string | undefined;
  begin(): Promise<Ground>;
}

async function memory(): Promise<Ground> {
  let made = 0;
  const empty = async () => openStore(`memory://test-${process.pid}-${made++}`);
  return { empty, environment: {}, end: async () => {} };
}

async function disk(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-store-"));
  return {
    empty: async () => openStore(storeUri(await mkdtemp(join(folder, "a folder-")))),
    environment: {},
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

async function s3(): Promise<Ground> {
  const server = await startS3Server();
  stubEnvironment(server.environment);
  let made = 0;
  const empty = async () => {
    made += 1;
    return openStore(`${await server.bucket(`bucket-${made}`)}/some/prefix`);
  };
  return { empty, environment: server.environment, end: server.stop };
}

export const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: "memory", begin: memory },
  { name: "disk", begin: disk },
  { name: noServer === undefined ? "S3" : `S3 (skipped: ${noServer})`, absent: noServer, begin: s3 },
];
