import { expect, it } from "vitest";
import { left } from "../../rehearsal/acts/stacks.ts";
import type { Deployment } from "../../rehearsal/deployment.ts";

/** A stage of one bucket that is kept, one that is not, and a network that the emulator can't remove. */
function deployment(keepData: boolean, inventory: Readonly<Record<string, readonly string[]>>): Deployment {
  const kept = keepData ? ["s/films"] : [];
  const types: Readonly<Record<string, string>> = { "s/network": "AWS::EC2::VPC" };
  return {
    stage: { first: { keepData } },
    before: { bucket: ["assets"], network: [] },
    physical: new Map([
      ["s/films", "films-1"],
      ["s/page", "page-1"],
      ["s/network", "vpc-1"],
    ]),
    resource: (place: string) => ({ Type: types[place] ?? "AWS::S3::Bucket" }),
    isKept: (place: string) => kept.includes(place),
    emulator: { facts: {}, inventory: async () => inventory },
  } as unknown as Deployment;
}

it("what is left is what keepData names, besides what the emulator can't remove", async () => {
  const network = ["vpc-1"];
  await expect(left(deployment(true, { bucket: ["assets", "films-1"], network }))).resolves.toBe(
    "1 that keepData names: films",
  );
  await expect(left(deployment(false, { bucket: ["assets"], network }))).resolves.toBe("nothing");
});

it("what is left behind, lost or kept against the setting fails", async () => {
  const network = ["vpc-1"];
  const found = (keepData: boolean, bucket: readonly string[], more = {}) =>
    left(deployment(keepData, { bucket, network, ...more }));
  await expect(found(true, ["assets", "films-1", "page-1"])).rejects.toThrow("left behind: bucket page-1");
  await expect(found(false, ["assets", "films-1"])).rejects.toThrow("left behind: bucket films-1");
  await expect(found(false, ["assets"], { role: ["strange"] })).rejects.toThrow("left behind: role strange");
  await expect(found(true, ["assets"])).rejects.toThrow("retained and gone: s/films films-1");
  const against = {
    ...deployment(false, { bucket: ["assets", "films-1"], network }),
    isKept: (place: string) => place === "s/films",
  };
  await expect(left(against as unknown as Deployment)).rejects.toThrow("retained, and keepData is off: films");
});
