import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { synthesise } from "../lib/stacks/synthesis.ts";
import { pythonPackages } from "../python.ts";

const run = promisify(execFile);

/** Says that a dependency is spelt out which would hold anyway: the CDK spells all of them out. */
const SPELT_OUT = "W3005";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-cfn-lint-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lint(files: readonly string[]): Promise<string> {
  const packages = await pythonPackages(fileURLToPath(new URL("./cfn-lint.requirements.txt", import.meta.url)));
  const program = ["-c", "import sys; from cfnlint.runner.cli import main; main()"];
  const options = { env: { ...process.env, PYTHONPATH: packages }, maxBuffer: 1 << 26 };
  const { stdout } = await run("python3", [...program, "--ignore-checks", SPELT_OUT, "--", ...files], options).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

test("CloudFormation's linter finds nothing in any stack", async () => {
  const { templates } = await synthesise(folder, { CDK_VALIDATION: "false" });
  expect(await lint([...templates.keys()].map((name) => join(folder, `${name}.template.json`)))).toBe("");
});

test("it would: a bucket with a property that no bucket has", async () => {
  const file = join(folder, "wrong.json");
  await writeFile(
    file,
    JSON.stringify({ Resources: { A: { Type: "AWS::S3::Bucket", Properties: { Colour: "red" } } } }),
  );
  expect(await lint([file])).toContain("Colour");
});
