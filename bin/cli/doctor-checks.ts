import { existsSync } from "node:fs";
import { access, constants, statfs } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { bad, doubtful, type Finding, good, type NamedFinding } from "../../lib/contracts/finding.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { cacheFolder } from "../../lib/setup/cache-folder.mjs";
import { openStore, roomsOf } from "../../lib/store/open.ts";
import { asPath } from "./places.ts";
import { probeDevice } from "./probe-device.ts";

/** There once NVIDIA's driver is loaded. */
const NVIDIA = "/proc/driver/nvidia/version";

const GIB = 2 ** 30;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

/** Training the demo holds about a gigabyte; its films, shards and models take less on disk. */
const LEAST_MEMORY = 2 * GIB;
const LEAST_DISK = 2 * GIB;

/** Each looks at one thing; none changes anything. */
const CHECKS: Readonly<Record<string, (store: string) => Promise<Finding>>> = {
  Node: async () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const recent = major > 20 || (major === 20 && minor >= 9);
    if (recent) return good(`${process.versions.node} on ${process.platform} ${process.arch}`);
    return bad(process.versions.node, "Install Node 20.9 or newer.");
  },
  TensorFlow: async () => {
    try {
      const { kind, tensorflow, oneDnn } = await probeDevice("cpu");
      return good(`${tensorflow}, ${kind}${oneDnn ? ", oneDNN" : ""}`);
    } catch (error) {
      return bad((error as Error).message, "Set the engine up: node bin/setup.mjs");
    }
  },
  GPU: async () => {
    if (!existsSync(NVIDIA)) return good("none here; the CPU trains");
    try {
      const { tensorflow } = await probeDevice("gpu");
      return good(`${tensorflow} uses it where --device gpu says so`);
    } catch (error) {
      return doubtful(
        `one is here, and stands idle: ${(error as Error).message}`,
        "Set it up: node bin/setup.mjs --device cuda",
      );
    }
  },
  Cores: async () => good(String(availableParallelism())),
  Memory: async () => {
    const limit = process.constrainedMemory();
    const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
    const found = `${gib(total)}, ${gib(freemem())} free`;
    if (total >= LEAST_MEMORY) return good(found);
    return doubtful(found, "The demo wants 2 GiB; choose a smaller batchSize in the configuration.");
  },
  Disk: async (store) => {
    const folder = nearestFolder(store.startsWith("file:") ? asPath(store) : process.cwd());
    const { bavail, bsize } = await statfs(folder);
    const found = `${gib(bavail * bsize)} free under ${folder}`;
    if (bavail * bsize >= LEAST_DISK) return good(found);
    return doubtful(found, "Make room, or name another place with --store.");
  },
  Cache: async () => {
    const folder = cacheFolder();
    try {
      await access(nearestFolder(folder), constants.W_OK);
      return good(folder);
    } catch {
      return bad(`${folder} can't be written`, "Name another folder with HILUM_CACHE.");
    }
  },
  Store: async (store) => {
    try {
      const { production, candidate } = await readChannels(openStore(roomsOf(store).HILUM_MODELS));
      if (production !== null) return good(`${asPath(store)}, model ${production} in production`);
      const found = candidate ? `${asPath(store)}, candidate ${candidate}` : `${asPath(store)}, no model yet`;
      return doubtful(found, "Make a model: bin/hilum demo");
    } catch (error) {
      return bad((error as Error).message, "Name another place with --store.");
    }
  },
};

/** Everything that this machine has and lacks. */
export async function examineMachine(store: string): Promise<readonly NamedFinding[]> {
  const findings: NamedFinding[] = [];
  for (const [name, check] of Object.entries(CHECKS)) findings.push({ name, ...(await check(store)) });
  return findings;
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}
