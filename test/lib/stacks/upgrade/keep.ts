/**
 * `npm run release-templates`: keeps this version's templates as those of the last release (test/fixtures/released), a
 * file a stage. Run at a release, after the version in package.json is raised.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stages } from "../../../../bin/stages.ts";
import { STACK_PARTS, stackName } from "../../../../lib/contracts/deployment.ts";
import { synthesise } from "../synthesis.ts";
import { essence, releasedFile } from "./released.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const RELEASED = join(ROOT, "test/fixtures/released");

const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
const folder = await mkdtemp(join(tmpdir(), "hilum-release-"));
try {
  const { templates } = await synthesise(folder, { CDK_VALIDATION: "false" });
  for (const name of await readdir(RELEASED)) await rm(join(RELEASED, name));
  for (const { name } of stages()) {
    const stacks = STACK_PARTS.map((part) => stackName(name, part));
    const kept = new Map(stacks.map((stack) => [stack, essence(JSON.parse(templates.get(stack)!))]));
    await writeFile(join(RELEASED, `${name}.json`), releasedFile(version, kept));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
