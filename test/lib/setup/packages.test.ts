import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { installPackages } from "../../../lib/setup/packages.mjs";

it("never installs through a link, which would empty the packages of another tree", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hilum-packages-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [root, other] = [join(folder, "root"), join(folder, "other")];
  await mkdir(root);
  await mkdir(other);
  await writeFile(join(other, "kept"), "");
  await symlink(other, join(root, "node_modules"));
  await writeFile(join(root, "package.json"), "{}");
  await writeFile(join(root, "package-lock.json"), '{"lockfileVersion":3,"packages":{}}');
  await expect(installPackages(root, () => {})).rejects.toThrow(/node_modules is a link/);
  expect(await readdir(other)).toEqual(["kept"]);
});
