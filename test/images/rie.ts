import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../lib/setup/cache-folder.mjs";
import { madeOnce } from "../made-once.ts";

const run = promisify(execFile);

/** The release of AWS's SAM command line whose copy of the emulator is taken. */
const VERSION = "1.170.0";

const TAKE = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, open(sys.argv[2], "wb") as program:
    program.write(wheel.read("samcli/local/rapid/aws-lambda-rie-x86_64"))
`;

/** AWS's Lambda runtime interface emulator, from the per-user cache: its path. */
export async function emulator(): Promise<string> {
  const tools = join(cacheFolder(), "tools");
  await mkdir(tools, { recursive: true });
  const program = join(tools, `aws-lambda-rie-${VERSION}`);
  return madeOnce(program, async () => {
    const scratch = await mkdtemp(`${program}.`);
    try {
      const what = ["--no-deps", "--quiet", "--dest", scratch, `aws-sam-cli==${VERSION}`];
      await run("python3", ["-m", "pip", "download", "--disable-pip-version-check", ...what]);
      const wheel = (await readdir(scratch)).find((name) => name.endsWith(".whl"))!;
      await run("python3", ["-c", TAKE, join(scratch, wheel), join(scratch, "rie")]);
      await chmod(join(scratch, "rie"), 0o755);
      await rename(join(scratch, "rie"), program);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}
