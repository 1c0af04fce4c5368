import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Networks and limits of the host, and runc instead of crun, which Debian's podman 4.3 needs on old control groups. */
const CONFIGURATION = `[containers]
default_ulimits=[]
netns="host"
cgroups="enabled"
[engine]
runtime="runc"
`;

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Why no image can be built and run on this machine; undefined where they can. */
export const noPodman: string | undefined =
  process.arch !== "x64"
    ? "the images are for x86-64"
    : ["podman", "buildah", "runc", "mmdebstrap"]
        .filter((program) => !has(program))
        .map((program) => `${program} is not installed`)
        .join(", ") || undefined;

let configuration: string | undefined;

/** The environment in which podman is to run. */
export function podmanEnvironment(): NodeJS.ProcessEnv {
  if (configuration === undefined) {
    configuration = join(mkdtempSync(join(tmpdir(), "hilum-podman-")), "containers.conf");
    writeFileSync(configuration, CONFIGURATION);
  }
  return { ...process.env, CONTAINERS_CONF: configuration };
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs podman to its end, whatever that is. */
export const podmanEnd = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const options = { env: podmanEnvironment(), maxBuffer: 1 << 26 };
    execFile("podman", args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(error);
    });
  });

/** Runs podman and answers what it prints. @throws where it fails, with the end of what it said */
export async function podman(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await podmanEnd(args);
  if (code !== 0) throw new Error(`podman ${args[0]} ended with ${code}: ${`${stdout}${stderr}`.slice(-4000)}`);
  return stdout.trim();
}
