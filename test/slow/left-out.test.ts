import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { assemble } from "../../rehearsal/assembly.ts";
import { emulatorFacts } from "../../rehearsal/emulator/emulator.ts";
import { LEFT_OUT, leftOutFaults } from "../../rehearsal/left-out.ts";
import { STAGES } from "../../rehearsal/stages.ts";

it("what the emulator does not make is named, type by type, and nothing else", async () => {
  const facts = await emulatorFacts();
  const folder = await mkdtemp(join(tmpdir(), "hilum-left-out-"));
  try {
    const types: string[] = [];
    for (const { first } of STAGES) {
      const { leftOut } = await assemble(first, join(folder, first.name), { facts, batchRole: "role" });
      types.push(...[...leftOut.values()].flat().map(({ type }) => type));
    }
    expect(leftOutFaults(types)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("a type that is not named, and a name of no type, are found", () => {
  const [gone, ...named] = Object.keys(LEFT_OUT);
  expect(leftOutFaults([...named, "AWS::New::Thing"])).toEqual([
    "AWS::New::Thing: the emulator does not make it; expected it in rehearsal/left-out.ts",
    `${gone}: made now, or in no template; expected it to go from rehearsal/left-out.ts`,
  ]);
});
