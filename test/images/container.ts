import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { OWNED } from "./left-behind.ts";
import { podmanEnd, podmanEnvironment } from "./podman.ts";

export interface ContainerOptions {
  readonly image: string;
  readonly args?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** `HOST:CONTAINER` or `HOST:CONTAINER:ro`. */
  readonly volumes?: readonly string[];
  readonly memoryMiB?: number;
  readonly onLine?: (line: string) => void;
}

export interface Container {
  readonly name: string;
  /** Exit code, once it has ended and its output is read. */
  readonly ended: Promise<number>;
  /** SIGTERM to its first process, and SIGKILL where it is still there after the grace. */
  stop(graceMs: number): void;
}

/**
 * As a job definition of the stack has it: an ordinary user without capabilities on a read-only file system, with the
 * host's network, where the stand-ins of services listen. Nothing of it is left when it has ended.
 */
export function startContainer({
  image,
  args = [],
  entrypoint,
  onLine = () => {},
  ...options
}: ContainerOptions): Container {
  const name = `hilum-${randomUUID()}`;
  const child = spawn(
    "podman",
    [
      ...["run", "--rm", ...OWNED, "--pull=never", "--name", name, "--network=host", "--ulimit=host"],
      ...[
        "--read-only",
        "--read-only-tmpfs=false",
        "--tmpfs=/tmp",
        "--cap-drop=all",
        "--security-opt=no-new-privileges",
      ],
      ...(entrypoint ? ["--entrypoint", JSON.stringify(entrypoint)] : []),
      ...(options.memoryMiB === undefined ? [] : [`--memory=${options.memoryMiB}m`]),
      ...Object.entries(options.environment ?? {}).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...(options.volumes ?? []).map((volume) => `--volume=${volume}`),
      ...[image, ...args],
    ],
    // Where memory runs out, podman leaves a file in its working folder.
    { cwd: tmpdir(), env: podmanEnvironment(), stdio: ["ignore", "pipe", "pipe"] },
  );
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 137));
  });
  const gone = ended.then(
    () => true,
    () => true,
  );
  return {
    name,
    ended,
    stop(graceMs) {
      const kill = setTimeout(() => podmanEnd(["kill", name]), graceMs);
      gone.then(() => clearTimeout(kill));
      void signalled(name, gone);
    },
  };
}

/** A container that is only just being made cannot be told yet. */
async function signalled(name: string, gone: Promise<boolean>): Promise<void> {
  let over = false;
  gone.then(() => {
    over = true;
  });
  while (!over && (await podmanEnd(["kill", "--signal=TERM", name])).code !== 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
