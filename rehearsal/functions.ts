import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ACCOUNT, type Emulator, REGION } from "./emulator/emulator.ts";
import type { Template } from "./template.ts";
import { inboxOf } from "./workarounds.ts";

const PROGRAM = fileURLToPath(new URL("call.mjs", import.meta.url));
/** Where the bootstrap stack has code uploaded to. */
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
/** Where Lambda unpacks code. */
const TASK_ROOT = "/var/task";

/** Functions of a stack that events call, by logical id. */
export const eventFunctions = ({ Resources }: Template): string[] => {
  const targets = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::Events::Rule"
      ? Properties.Targets.map(({ Arn }: { Arn: Record<string, string[]> }) => Arn["Fn::GetAtt"]?.[0])
      : [],
  );
  return [...new Set<string>(targets)].filter((id) => Resources[id]?.Type === "AWS::Lambda::Function");
};

/** Plays Lambda: runs the code that was uploaded, in the environment that was deployed, on what the bus has delivered. */
export class Functions {
  readonly #emulator: Emulator;
  readonly #folder: string;
  readonly #stack: { readonly template: Template; readonly physical: ReadonlyMap<string, string> };
  readonly #inboxes: ReadonlyMap<string, string>;

  /** @param physical the stack's resources in the account, by logical id */
  constructor(emulator: Emulator, folder: string, template: Template, physical: ReadonlyMap<string, string>) {
    this.#emulator = emulator;
    this.#folder = folder;
    this.#stack = { template, physical };
    this.#inboxes = new Map(eventFunctions(template).map((id) => [inboxOf(id), id]));
  }

  /** Runs functions until no event waits. @returns what was delivered */
  async deliver(): Promise<readonly object[]> {
    const delivered: object[] = [];
    for (;;) {
      const found = await this.#emulator.receive([...this.#inboxes.keys()]);
      if (found.length === 0) return delivered;
      for (const { queue, event } of found) {
        await this.call(this.#inboxes.get(queue)!, event);
        delivered.push(event);
      }
    }
  }

  /** The function whose logical id begins so. @throws where it fails */
  async call(beginning: string, event: object): Promise<unknown> {
    const { template, physical } = this.#stack;
    const [id, resource] = Object.entries(template.Resources).find(
      ([name, { Type }]) => Type === "AWS::Lambda::Function" && name.startsWith(beginning),
    )!;
    const folder = await mkdtemp(join(this.#folder, "code-"));
    const deployed = await this.#emulator.function(physical.get(id)!, ASSETS, resource.Properties.Code.S3Key, folder);
    const variables = Object.entries(deployed).map(([name, value]) => [name, value.replace(TASK_ROOT, folder)]);
    const child = fork(PROGRAM, [join(folder, "index.mjs")], {
      env: {
        PATH: process.env.PATH,
        ...Object.fromEntries(variables),
        ...this.#emulator.environment,
        NODE_NO_WARNINGS: "1",
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
    });
    let errors = "";
    child.stderr?.on("data", (piece) => (errors += piece));
    const ended = once(child, "exit").then(() => [{ error: `it ended: ${errors.slice(-1000)}` }]);
    child.send(event);
    const [answer] = (await Promise.race([once(child, "message"), ended])) as [{ done?: unknown; error?: string }];
    await ended;
    if (answer.error !== undefined) throw new Error(`${id}: ${answer.error}`);
    return answer.done;
  }
}
