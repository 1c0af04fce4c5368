import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../versitygw.ts";
import { startContainer } from "./container.ts";
import { emulator } from "./rie.ts";

export interface LambdaOptions {
  /** An image with the runtime interface client in it. */
  readonly image: string;
  /** Folder with the code of a function that is not an image: what the managed runtime finds as /var/task. */
  readonly code?: string;
  /** `MODULE.EXPORT` */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly memoryMiB?: number;
  readonly timeoutSeconds?: number;
  readonly onLine?: (line: string) => void;
}

export interface LambdaAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Lambda {
  /** What Lambda's Invoke answers to an event. */
  invoke(event: unknown): Promise<LambdaAnswer>;
  stop(): Promise<void>;
}

/** The client's program in the API's image. */
const CLIENT = "/app/node_modules/aws-lambda-ric/index.mjs";

/** A function behind AWS's own runtime interface client and emulator, in a container. */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const { image, code, handler, onLine = () => {}, memoryMiB = 3008, timeoutSeconds = 60 } = options;
  const [port, inner] = [await freePort(), await freePort()];
  let listening = false;
  const container = startContainer({
    image,
    entrypoint: ["/emulator"],
    args: [
      ...["--runtime-interface-emulator-address", `127.0.0.1:${port}`],
      ...["--runtime-api-address", `127.0.0.1:${inner}`],
      ...["/usr/local/bin/node", CLIENT, handler],
    ],
    environment: {
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
      LAMBDA_TASK_ROOT: code === undefined ? "/app" : "/var/task",
      ...options.environment,
    },
    volumes: [
      `${await emulator()}:/emulator:ro`,
      ...(code === undefined ? [] : [`${code}:/var/task:ro`]),
      ...(options.volumes ?? []),
    ],
    memoryMiB,
    onLine,
  });
  const gone = container.ended.then((exit) => {
    throw new Error(`the function's container ended with ${exit}`);
  });
  gone.catch(() => {});
  const call = async (event: unknown): Promise<LambdaAnswer> => {
    const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(event) });
    return { status: response.status, body: await response.text() };
  };
  const reachable = async (): Promise<void> => {
    while (!listening) {
      const found = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (found === undefined) await sleep(50);
      else listening = true;
    }
  };
  await Promise.race([reachable(), gone]);
  return {
    invoke: (event) => Promise.race([call(event), gone]),
    async stop() {
      container.stop(1000);
      await container.ended;
    },
  };
}
