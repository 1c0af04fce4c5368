import * as z from "zod";
import { ProcessIdentity } from "../../lib/contracts/lease.ts";
import { mayRun, SELF } from "../../lib/store/process-identity.ts";
import { podman, podmanEnd } from "./podman.ts";

/** Label of a container, with the process that started it. */
const OWNER = "hilum.test.owner";

/** What `podman run` is to be told, so that a container whose test was killed is known as that. */
export const OWNED: readonly string[] = ["--label", `${OWNER}=${JSON.stringify(SELF)}`];

const Labelled = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()) }));

const isOrphan = (label: string): boolean => {
  try {
    return !mayRun(ProcessIdentity.parse(JSON.parse(label)));
  } catch {
    return false;
  }
};

/** Ends containers whose test process is gone; those of tests that run beside this one stay. @returns their ids */
export async function removeOrphans(): Promise<readonly string[]> {
  const found = Labelled.parse(
    JSON.parse(await podman("ps", "--all", "--format", "json", "--filter", `label=${OWNER}`)),
  );
  const orphans = found.flatMap(({ Id, Labels }) => (isOrphan(Labels[OWNER]!) ? [Id] : []));
  if (orphans.length > 0) await podmanEnd(["rm", "--force", "--time", "0", ...orphans]);
  return orphans;
}

const Images = z.array(
  z.object({ Id: z.string(), Created: z.coerce.date(), RootFS: z.object({ Layers: z.array(z.string()).nullish() }) }),
);
type Image = z.infer<typeof Images>[number];

const inspect = async (names: readonly string[]): Promise<readonly Image[]> =>
  names.length === 0 ? [] : Images.parse(JSON.parse(await podman("image", "inspect", ...names)));

/** Those of the images that were built on the base: its layer is their first. */
async function builtOn(base: string, ids: readonly string[]): Promise<readonly Image[]> {
  const [made] = await inspect([base]);
  const layer = made!.RootFS.Layers![0];
  return (await inspect([...new Set(ids)])).filter(({ RootFS }) => RootFS.Layers?.[0] === layer);
}

const External = z.array(z.object({ Id: z.string(), ImageID: z.string(), State: z.string() }));

/** Layers that later builds may still take are kept so long. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * Removes what builds on this base have left: working containers of builds that were killed, and images without a name
 * that are old and that nothing is built on. To be called while none of them is under way.
 */
export async function removeBuildRests(base: string, keptMs = KEPT_MS): Promise<void> {
  const all = External.parse(JSON.parse(await podman("ps", "--all", "--external", "--format", "json")));
  const working = all.filter(({ State }) => State === "storage");
  const ours = new Set(
    (
      await builtOn(
        base,
        working.map(({ ImageID }) => ImageID),
      )
    ).map(({ Id }) => Id),
  );
  for (const { Id, ImageID } of working) if (ours.has(ImageID)) await podmanEnd(["rm", "--force", Id]);
  const nameless = await podman("images", "--quiet", "--no-trunc", "--filter", "dangling=true");
  const ids = nameless.split("\n").filter((id) => id !== "");
  for (const { Id, Created } of await builtOn(base, ids)) {
    if (Date.now() > Created.getTime() + keptMs) await podmanEnd(["rmi", Id]);
  }
}
