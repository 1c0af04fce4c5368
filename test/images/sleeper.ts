/** `sleeper.ts IMAGE`: starts a container that sleeps, and tells its name to the process that forked this one. */
import { setTimeout as sleep } from "node:timers/promises";
import { startContainer } from "./container.ts";
import { podman } from "./podman.ts";

const { name } = startContainer({ image: process.argv[2]!, args: ["sleep", "600"] });
while ((await podman("ps", "--quiet", "--filter", `name=${name}`)) === "") await sleep(50);
process.send!({ name });
await sleep(600_000);
