import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionOptions, Functions } from "../../lib/local/functions.ts";
import type { MachineOptions } from "../../lib/local/machine.ts";
import { taskError } from "../../lib/local/task-error.ts";
import { type ContainerOptions, startContainer } from "./container.ts";
import { type Lambda, startLambda } from "./lambda.ts";

export interface InContainersOptions {
  /** Image and arguments of what the machine knows as a job's program. */
  readonly job: (program: string) => Pick<ContainerOptions, "image" | "args" | "entrypoint">;
  /** An image with Lambda's runtime interface client. */
  readonly lambdaImage: string;
  /** What exports the `handler` of what the machine knows as a function, as code of a module. */
  readonly code: (module: string) => Promise<string>;
  readonly volumes?: readonly string[];
  readonly memoryMiB?: number;
}

/** The state machine's jobs as podman containers, its functions behind Lambda's runtime interface emulator. */
export function inContainers({ job, ...options }: InContainersOptions): Pick<MachineOptions, "start" | "call"> {
  const { volumes = [], memoryMiB } = options;
  return {
    start: ({ program, environment, onLine }) =>
      startContainer({ ...job(program), environment, onLine, volumes, ...(memoryMiB && { memoryMiB }) }),
    call: (functions) => lambdas(options, functions),
  };
}

/** As Lambda does, one environment a function, used again while it lives. */
function lambdas(
  { lambdaImage: image, code, volumes = [] }: Omit<InContainersOptions, "job">,
  { environment, onLine }: FunctionOptions,
): Functions {
  const running = new Map<string, Promise<{ readonly lambda: Lambda; readonly folder: string }>>();
  const stopping: Promise<void>[] = [];
  const start = async (module: string) => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-task-"));
    // The container's program is another user.
    await chmod(folder, 0o755);
    await writeFile(join(folder, "index.mjs"), await code(module), { mode: 0o644 });
    const lambda = await startLambda({ image, code: folder, handler: "index.handler", environment, volumes, onLine });
    return { lambda, folder };
  };
  const stop = async (module: string): Promise<void> => {
    const found = running.get(module);
    running.delete(module);
    if (found === undefined) return;
    const { lambda, folder } = await found;
    await lambda.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    async invoke(module, event, signal) {
      const started = running.get(module) ?? start(module);
      running.set(module, started);
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        if (signal.aborted) reject(signal.reason);
      });
      try {
        const { lambda } = await Promise.race([started, aborted]);
        const { body } = await Promise.race([lambda.invoke(event), aborted]);
        const result: unknown = JSON.parse(body);
        if (isError(result)) throw taskError(result.errorType, body);
        return result;
      } catch (error) {
        // The state machine turns away at once; the container ends meanwhile.
        if (signal.aborted) stopping.push(stop(module));
        throw error;
      }
    },
    async close() {
      await Promise.all([...stopping, ...[...running.keys()].map(stop)]);
    },
  };
}

const isError = (result: unknown): result is { readonly errorType: string } =>
  typeof result === "object" && result !== null && "errorType" in result && typeof result.errorType === "string";
