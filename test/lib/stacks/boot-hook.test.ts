import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const run = promisify(execFile);
const HOOK = fileURLToPath(new URL("../../../lib/stacks/boot-hook.sh", import.meta.url));
const NODE = process.execPath;

/** The instance's metadata on port 80; the agent's credentials where its own rule sends port 80 of 169.254.170.2. */
const SERVERS = `
  const tell = (text) => require("node:net").createServer((caller) => caller.end(text));
  tell("the instance's role").listen(80, "169.254.169.254", () =>
    tell("the job's role").listen(51679, "127.0.0.1", () => console.log("ready")));
`;

/** A boot, in a network and an /etc of its own. */
const BOOT = `
  set -e
  mount --bind "$SCRATCH/etc" /etc
  ip link set lo up
  ip address add 169.254.169.254/32 dev lo
  ip address add 169.254.170.2/32 dev lo
  "$NODE" --eval "$SERVERS" > "$SCRATCH/servers" & servers=$!
  trap 'kill $servers' EXIT
  until grep --quiet ready "$SCRATCH/servers"; do sleep 0.05; done
  for boot in $BOOTS; do bash "$HOOK"; done
  # The ECS agent's own, for containers in the instance's network.
  PATH=$REAL iptables --table nat --append OUTPUT --destination 169.254.170.2 --protocol tcp --dport 80 --jump REDIRECT --to-ports 51679
  for user in 0 1000 65534; do
    for address in 169.254.169.254 169.254.170.2; do
      echo "$user $address $(setpriv --reuid "$user" --clear-groups timeout 2 bash -c "cat < /dev/tcp/$address/80" 2>/dev/null || echo no answer)"
    done
  done
  PATH=$REAL iptables --list-rules OUTPUT
`;

const hasNamespaces = await run("unshare", ["--net", "--mount", "iptables", "--list-rules"]).then(
  () => process.getuid?.() === 0,
  () => false,
);

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "hilum-boot-"));
  await cp("/etc", join(scratch, "etc"), { recursive: true, verbatimSymlinks: true });
  await rm(join(scratch, "etc/ecs"), { recursive: true, force: true });
  await mkdir(join(scratch, "bin"));
  await program("systemctl", `echo "$@" >> ${scratch}/systemctl`);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const program = (name: string, text: string) =>
  writeFile(join(scratch, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

async function boot(boots = 1): Promise<string[]> {
  const { stdout } = await run("unshare", ["--net", "--mount", "bash", "-c", BOOT], {
    env: {
      ...{ SCRATCH: scratch, HOOK, NODE, SERVERS, REAL: process.env.PATH! },
      ...{ PATH: `${scratch}/bin:${process.env.PATH}`, BOOTS: Array.from({ length: boots }, (_, i) => i).join(" ") },
    },
  });
  return stdout.trim().split("\n");
}

const agentSettings = async () => (await readFile(join(scratch, "etc/ecs/ecs.config"), "utf8")).trim().split("\n");
const masked = () => readFile(join(scratch, "systemctl"), "utf8").catch(() => "");

describe.skipIf(!hasNamespaces)("an instance that has booted", () => {
  test("tells its role to root alone, and jobs theirs; a second boot changes nothing", async () => {
    const seen = await boot(2);
    expect(seen).toEqual([
      "0 169.254.169.254 the instance's role",
      "0 169.254.170.2 the job's role",
      "1000 169.254.169.254 no answer",
      "1000 169.254.170.2 the job's role",
      "65534 169.254.169.254 no answer",
      "65534 169.254.170.2 the job's role",
      "-P OUTPUT ACCEPT",
      "-A OUTPUT -d 169.254.169.254/32 -m owner ! --uid-owner 0 -j REJECT --reject-with icmp-port-unreachable",
    ]);
    expect(await agentSettings()).toEqual([
      "ECS_CONTAINER_STOP_TIMEOUT=100s",
      "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true",
    ]);
    expect(await masked()).toBe("");
  });

  test("takes no jobs where the rule can't be set", async () => {
    await program("iptables", "exit 4");
    expect(await boot()).toContain("1000 169.254.169.254 the instance's role");
    expect(await masked()).toBe("mask --runtime ecs.service\n");
  });
});

test("the hook begins as cloud-init runs it", async () => {
  expect(await readFile(HOOK, "utf8")).toMatch(/^#!\/bin\/bash\n[\x20-\x7e\n]+$/);
});
