import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standInBase } from "../../images/base.ts";
import { IMAGES_TIMEOUT_MS } from "../../images/build.ts";
import { startContainer } from "../../images/container.ts";
import { removeBuildRests, removeOrphans } from "../../images/left-behind.ts";
import { noPodman, podman, podmanEnd } from "../../images/podman.ts";

const PROGRAM = fileURLToPath(new URL("../../images/sleeper.ts", import.meta.url));

describe.skipIf(noPodman)(`what killed tests and builds leave${noPodman ? `: ${noPodman}` : ""}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-left-behind-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const isThere = async (kind: "container" | "image", name: string) =>
    (await podmanEnd([kind, "exists", name])).code === 0;

  test(
    "a container goes once the process that started it is gone; one of a living test stays",
    async () => {
      const base = await standInBase();
      const child = fork(PROGRAM, [base], { execArgv: ["--import", "tsx"] });
      const [{ name }] = (await once(child, "message")) as [{ name: string }];
      const own = startContainer({ image: base, args: ["sleep", "600"] });
      while (!(await isThere("container", own.name))) await new Promise((resolve) => setTimeout(resolve, 50));
      await removeOrphans();
      expect(await isThere("container", name)).toBe(true);
      child.kill("SIGKILL");
      await once(child, "exit");
      await removeOrphans();
      expect(await isThere("container", name)).toBe(false);
      expect(await isThere("container", own.name)).toBe(true);
      own.stop(0);
      expect(await own.ended).toBe(137);
    },
    IMAGES_TIMEOUT_MS,
  );

  /** An image that is like no other. */
  const imported = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, "content"), content);
    const archive = join(folder, "root.tar");
    await promisify(execFile)("tar", ["--create", "--file", archive, "--directory", folder, "content"]);
    await podman("import", "--quiet", archive, name);
    return name;
  };

  test("a nameless image goes when it is old and on this base; its base, named images and others' stay", async () => {
    const [base, other] = [
      await imported(`localhost/hilum-test/base:${process.pid}`, folder),
      await imported(`localhost/hilum-test/other:${process.pid}`, `other ${folder}`),
    ];
    const built = async (on: string, ...tag: string[]) => {
      await writeFile(join(folder, "Dockerfile"), `FROM ${on}\nENV LEFT_BEHIND=${tag}\n`);
      return podman("build", "--quiet", "--pull=never", "--format=docker", ...tag, folder);
    };
    const named = await built(base, "--tag", `localhost/hilum-test/named:${process.pid}`);
    const [nameless, foreign] = [await built(base), await built(other)];
    await removeBuildRests(base);
    expect(await isThere("image", nameless)).toBe(true);
    await removeBuildRests(base, 0);
    expect(await Promise.all([nameless, foreign, named, base, other].map((id) => isThere("image", id)))).toEqual([
      ...[false, true, true, true, true],
    ]);
    await podman("rmi", foreign, named, base, other);
  });
});
