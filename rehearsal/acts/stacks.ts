import { fileURLToPath } from "node:url";
import * as z from "zod";
import { runCommand } from "../../lib/setup/run-command.mjs";
import type { Stage } from "../../lib/stacks/stage.ts";
import { differences } from "../assembly.ts";
import type { Deployment } from "../deployment.ts";
import { must } from "../must.ts";
import { isStuck } from "../workarounds.ts";
import { executions, running, stop, sweep } from "./runs.ts";

/** The whole of it, by the command line, into an account that was bootstrapped by it. */
export async function create(deployment: Deployment): Promise<string> {
  await deployment.prepare();
  deployment.physical = await deployment.deploy();
  const buckets = [...deployment.all("AWS::S3::Bucket")].map(([place, name]) => {
    const { VersioningConfiguration, NotificationConfiguration } = deployment.resource(place).Properties;
    const tells = NotificationConfiguration?.EventBridgeConfiguration !== undefined;
    return [name, [VersioningConfiguration?.Status === "Enabled", tells] as const] as const;
  });
  await deployment.emulator.buckets(Object.fromEntries(buckets));
  const { adapted, leftOut } = deployment.assembly;
  const counts = [...adapted].map(([stack, { Resources }]) => `${partOf(stack)} ${Object.keys(Resources).length}`);
  const without = [...leftOut.values()].flat().length;
  return `${adapted.size} stacks, ${deployment.physical.size} resources (${counts.join(", ")}), ${without} left out`;
}

const partOf = (stack: string): string => stack.split("-").at(-1)!;

/** Another version of the stage over it: what holds data, names and addresses stays what it was. */
export async function update(deployment: Deployment): Promise<string> {
  const before = deployment.assembly;
  const underWay = await running(deployment);
  const runs = await executions(deployment);
  const { images, adapted } = await deployment.assemble(deployment.stage.changed);
  await deployment.emulator.prepare(images);
  const now = await deployment.deploy();
  // A version of a function has a logical id of its own; what is gone from the template is no longer looked for.
  const moved = [...deployment.physical].filter(([place, physical]) => now.has(place) && now.get(place) !== physical);
  must(moved.length === 0, `replaced: ${moved.map(([place]) => place).join(", ")}`);
  deployment.physical = now;
  const changed = differences(before.adapted, adapted);
  must(changed.length > 0, "the second version is the first; expected a change");
  await hasArrived(deployment, deployment.stage.changed);
  must((await running(deployment)).length === underWay.length, "the execution under way did not go on");
  await sweep(deployment);
  must((await executions(deployment)).length === runs.length, "the new version started what had run before");
  return `${changed.length} resources changed, each still the one it was; the execution under way went on`;
}

/** @throws where a setting has not reached its resource */
async function hasArrived(deployment: Deployment, { data, preset }: Stage): Promise<void> {
  const rule = deployment.one("AWS::Events::Rule", "Sweep");
  const onData = deployment.one("AWS::Lambda::Function", "OnData");
  const { schedules, environments } = await deployment.emulator.look([rule], [onData]);
  must(schedules[0] === `rate(${data.sweepHours} hours)`, `the sweep's schedule is ${schedules[0]}`);
  const { name } = JSON.parse(environments[0]?.HILUM_CONFIG ?? "{}");
  must(name === preset, `on-data's configuration is ${name}, expected ${preset}`);
}

/** As docs/platform.md says: not while a run is under way; then what is not kept is emptied, and all of it goes. */
export async function destroy(deployment: Deployment): Promise<string> {
  const { keepData } = deployment.stage.first;
  const { EnableTerminationProtection: isProtected = false } = await deployment.describe("data");
  must(
    isProtected === keepData,
    `the data stack is ${isProtected ? "" : "not "}protected, and keepData is ${keepData}`,
  );
  const before = keepData ? await kept(deployment) : await emptied(deployment);
  await deployment.emulator.withoutOutputs(deployment.stacks);
  await deployment.cdk.destroy(deployment.assembly.folder, deployment.stacks);
  return `${before}; cdk destroy removed ${deployment.stacks.length} stacks`;
}

async function kept(deployment: Deployment): Promise<string> {
  for (const execution of await running(deployment)) await stop(deployment, execution);
  const { code } = await empty(deployment);
  must(code === EXIT.input, `hilum empty ended with ${code} where data is kept, expected ${EXIT.input}`);
  return "the data stack was protected, and hilum empty refused to touch what is kept";
}

async function emptied(deployment: Deployment): Promise<string> {
  const busy = await empty(deployment);
  must(busy.code === EXIT.temporary, `hilum empty ended with ${busy.code} during a run, expected ${EXIT.temporary}`);
  for (const execution of await running(deployment)) await stop(deployment, execution);
  const { code, output } = await empty(deployment);
  must(code === 0, `hilum empty ended with ${code}: ${output}`);
  const { versions, markers } = EmptyAnswer.parse(JSON.parse(/^\{.*\}$/m.exec(output)![0])).total;
  must(versions > 0 && markers > 0, `hilum empty removed ${versions} versions and ${markers} markers, expected both`);
  return `hilum empty refused during a run, then removed ${versions} versions and ${markers} delete markers`;
}

/** Exit codes of the command line: what is wrong with its input, and what may be tried again. */
const EXIT = { input: 64, temporary: 75 } as const;

/** What `hilum empty --json` says. */
const EmptyAnswer = z.object({ total: z.object({ versions: z.number(), markers: z.number() }) });

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function empty({ emulator, stage }: Deployment) {
  const args = ["--import", "tsx", "bin/hilum.ts", "empty", "--stage", stage.first.name, "--yes", "--json"];
  const env = { ...process.env, ...emulator.environment, NO_COLOR: "1" };
  return runCommand(process.execPath, args, { env, cwd: ROOT });
}

/** What the account holds besides what it held before. */
export async function left(deployment: Deployment): Promise<string> {
  const { before, emulator } = deployment;
  const left = Object.entries(await emulator.inventory()).flatMap(([kind, ids]) =>
    ids.filter((id) => !before[kind]?.includes(id)).map((id) => ({ kind, id })),
  );
  const kept = placesOf(deployment, (place) => deployment.isKept(place));
  const stuck = stuckIn(deployment);
  const strange = left.filter(({ id }) => !kept.has(id) && !stuck.has(id));
  must(strange.length === 0, `left behind: ${strange.map(({ kind, id }) => `${kind} ${id}`).join(", ")}`);
  const lost = [...kept].filter(([id]) => !left.some((one) => one.id === id));
  must(lost.length === 0, `retained and gone: ${lost.map(([id, place]) => `${place} ${id}`).join(", ")}`);
  const ids = [...kept.values()].map((place) => place.split("/")[1]!);
  const accounts = ids.filter((id) => ACCOUNTS_OWN.test(id));
  const named = ids.filter((id) => !ACCOUNTS_OWN.test(id));
  const { keepData } = deployment.stage.first;
  must(keepData || named.length === 0, `retained, and keepData is off: ${named.join(", ")}`);
  const besides = accounts.length === 0 ? "" : `, and of the account's own ${accounts.join(", ")}`;
  return `${named.length === 0 ? "nothing" : `${named.length} that keepData names: ${named.join(", ")}`}${besides}`;
}

/** What stays whatever keepData says: API Gateway's one role for logs, by which other APIs of the account may write. */
const ACCOUNTS_OWN = /^RestCloudWatchRole/;

/** Places by where they are in the account. */
const placesOf = ({ physical }: Deployment, which: (place: string) => boolean): Map<string, string> =>
  new Map([...physical].filter(([place]) => which(place)).map(([place, where]) => [where, place]));

/** What is not kept, and what the emulator can't remove. */
export const stuckIn = (deployment: Deployment): Map<string, string> =>
  placesOf(
    deployment,
    (place) => !deployment.isKept(place) && isStuck(deployment.resource(place), deployment.emulator.facts),
  );
