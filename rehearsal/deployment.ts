import "../lib/store/sdk-warning.ts";
import { join } from "node:path";
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { type OutputName, type StackPart, stackName } from "../lib/contracts/deployment.ts";
import type { Stage } from "../lib/stacks/stage.ts";
import { type Assembly, assemble } from "./assembly.ts";
import { type Cdk, cdkOf } from "./cdk.ts";
import type { Emulator, Inventory } from "./emulator/emulator.ts";
import { eventFunctions, Functions } from "./functions.ts";
import { must } from "./must.ts";
import type { Rehearsed } from "./stages.ts";
import type { Resource } from "./template.ts";
import { inboxOf } from "./workarounds.ts";

/** Identifiers in the account by place, `stack/logical id`. */
type Physical = ReadonlyMap<string, string>;

/** A stage in the emulated account. */
export class Deployment {
  readonly stage: Rehearsed;
  readonly emulator: Emulator;
  readonly cdk: Cdk;
  readonly s3: S3Client;
  readonly steps: SFNClient;
  /** What was deployed, one over the other. */
  readonly assemblies: Assembly[] = [];
  /** Where each resource is. */
  physical: Physical = new Map();
  /** What the account held before. */
  before: Inventory = {};
  readonly #folder: string;
  readonly #cloudFormation: CloudFormationClient;
  #batchRole = "";

  /** @param folder for assemblies and unpacked code */
  constructor(stage: Rehearsed, emulator: Emulator, folder: string) {
    this.stage = stage;
    this.emulator = emulator;
    this.#folder = folder;
    this.cdk = cdkOf(emulator.environment);
    const client = {
      endpoint: emulator.environment.AWS_ENDPOINT_URL!,
      region: emulator.environment.AWS_REGION!,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.#cloudFormation = new CloudFormationClient(client);
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
    this.steps = new SFNClient(client);
  }

  get assembly(): Assembly {
    return this.assemblies.at(-1)!;
  }

  get stacks(): readonly string[] {
    return [...this.assembly.templates.keys()];
  }

  /** The account before its first deployment: bootstrapped, and with what is not the CDK's to make. */
  async prepare(): Promise<void> {
    await this.cdk.bootstrap();
    this.#batchRole = await this.emulator.prepare([]);
    const { templates, images } = await this.assemble(this.stage.first);
    await this.emulator.prepare(images);
    await this.emulator.queues([...templates.values()].flatMap(eventFunctions).map(inboxOf));
    this.before = await this.emulator.inventory();
  }

  async assemble(stage: Stage): Promise<Assembly> {
    const folder = join(this.#folder, `assembly-${this.assemblies.length}`);
    const setting = { facts: this.emulator.facts, batchRole: this.#batchRole };
    this.assemblies.push(await assemble(stage, folder, setting, this.assemblies.at(-1)));
    return this.assembly;
  }

  /** Deploys the newest assembly. @returns where its resources are. @throws where one has not been made */
  async deploy(): Promise<Physical> {
    await this.cdk.deploy(this.assembly.folder, this.stacks);
    const found = new Map<string, string>();
    for (const [stack, { Resources }] of this.assembly.adapted) {
      const { StackResourceSummaries = [] } = await this.#cloudFormation.send(
        new ListStackResourcesCommand({ StackName: stack }),
      );
      const made = new Map(StackResourceSummaries.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
      for (const [id, { Type }] of Object.entries(Resources)) {
        must(made.has(id), `${stack}/${id} (${Type}) was not made`);
        // A few types have no identifier of their own there.
        found.set(`${stack}/${id}`, made.get(id) ?? "");
      }
    }
    return found;
  }

  /** The resource at a place, as its template has it. */
  resource(place: string): Resource {
    const [stack, id] = place.split("/") as [string, string];
    return this.assembly.templates.get(stack)!.Resources[id]!;
  }

  /** Whether a resource outlives its stack by its own template, not as it was adapted. */
  isKept(place: string): boolean {
    return this.resource(place).DeletionPolicy === "Retain";
  }

  /** Resources of a type, where they are by place; of one part of the stage alone, where it is named. */
  all(type: string, part?: StackPart): Map<string, string> {
    const stack = part && `${stackName(this.stage.first.name, part)}/`;
    return new Map(
      [...this.physical].filter(
        ([place]) => this.resource(place).Type === type && (stack === undefined || place.startsWith(stack)),
      ),
    );
  }

  /** Where the one resource of the training stack is whose logical id begins so. */
  one(type: string, beginning: string): string {
    const found = [...this.all(type, "training")].find(([place]) => place.split("/")[1]!.startsWith(beginning));
    must(found !== undefined, `no ${type} ${beginning}`);
    return found[1];
  }

  async output<P extends StackPart>(part: P, name: OutputName<P>): Promise<string> {
    const found = (await this.describe(part)).Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
    must(found !== undefined, `the ${part} stack has no output ${name}`);
    return found;
  }

  async describe(part: StackPart) {
    const StackName = stackName(this.stage.first.name, part);
    const { Stacks } = await this.#cloudFormation.send(new DescribeStacksCommand({ StackName }));
    must(Stacks?.[0] !== undefined, `there is no stack ${StackName}`);
    return Stacks[0];
  }

  /** The deployed functions that events call. */
  get functions(): Functions {
    const stack = stackName(this.stage.first.name, "training");
    const own = this.all("AWS::Lambda::Function", "training");
    const named = new Map([...own].map(([place, name]) => [place.slice(stack.length + 1), name]));
    return new Functions(this.emulator, this.#folder, this.assembly.templates.get(stack)!, named);
  }
}
