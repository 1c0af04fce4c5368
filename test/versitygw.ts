import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { cacheFolder } from "../lib/setup/cache-folder.mjs";
import { madeOnce } from "./made-once.ts";

const VERSION = "v1.8.0";
const PACKAGE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;

/** Why there is no S3 server on this machine; undefined where there can be one. */
export const noServer: string | undefined =
  spawnSync("go", ["version"]).status === 0 ? undefined : "go is not installed, which builds the S3 server versitygw";

export interface S3Server {
  /** What a process needs in its environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it keeps buckets, objects as files under their keys. */
  readonly folder: string;
  /** `s3://…` of a new bucket. */
  bucket(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts versitygw over a temporary folder, on a free port of the loopback; its buckets can keep versions on request. */
export async function startS3Server({ versions = false } = {}): Promise<S3Server> {
  const program = await built();
  const folder = await mkdtemp(join(tmpdir(), "hilum-s3-"));
  const kept = versions ? await mkdtemp(join(tmpdir(), "hilum-s3-versions-")) : undefined;
  const port = await freePort();
  const environment = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test-secret",
    AWS_REGION: "us-east-1",
  };
  const { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret } = environment;
  const server = spawn(
    program,
    [
      ...["--port", `127.0.0.1:${port}`, "--access", access, "--secret", secret, "--quiet", "posix"],
      ...(kept === undefined ? [] : ["--versioning-dir", kept]),
      folder,
    ],
    { stdio: "ignore" },
  );
  const client = new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL_S3,
    region: environment.AWS_REGION,
    credentials: { accessKeyId: access, secretAccessKey: secret },
    forcePathStyle: true,
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    if (server.exitCode === null && server.kill()) await once(server, "exit");
    for (const place of [folder, kept]) if (place !== undefined) await rm(place, { recursive: true, force: true });
  };
  const bucket = async (name: string): Promise<string> => {
    await client.send(new CreateBucketCommand({ Bucket: name }));
    return `s3://${name}`;
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await bucket("first-bucket");
      return { environment, folder, bucket, stop };
    } catch (error) {
      if (attempt === 100 || server.exitCode !== null) {
        await stop();
        throw new Error(`versitygw did not start (exit code ${server.exitCode})`, { cause: error });
      }
      await sleep(50);
    }
  }
}

/** The program, from the per-user cache. */
async function built(): Promise<string> {
  const tools = join(cacheFolder(), "tools");
  await mkdir(tools, { recursive: true });
  const program = join(tools, `versitygw-${VERSION}`);
  return madeOnce(program, () => build(program));
}

async function build(program: string): Promise<void> {
  const folder = await mkdtemp(`${program}.`);
  try {
    await promisify(execFile)("go", ["install", PACKAGE], {
      cwd: folder,
      env: { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" },
    });
    await rename(join(folder, "versitygw"), program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
