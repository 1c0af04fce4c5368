import { describe, expect, test } from "vitest";
import type { TrainingConfig } from "../../../lib/contracts/run-config.ts";
import { afterEpoch, startJournal } from "../../../lib/training/journal.ts";
import type { TuningResult } from "../../../lib/training/tuning.ts";

const looked = (meanAuroc: number | null, loss: number | null): TuningResult => ({
  ...{ loss, meanAuroc, auroc: Array(14).fill(meanAuroc) },
  meanOver: meanAuroc === null ? [] : ["Edema"],
});

/** Best at the second epoch by AUROC, at the third by loss. */
const EPOCHS = [looked(0.7, 0.5), looked(0.9, 0.4), looked(0.8, 0.3), looked(0.8, 0.6)];

function trained(epochs: readonly TuningResult[], config: Pick<TrainingConfig, "select" | "patience">) {
  let journal = startJournal({ seed: 1, rows: 1, batchSize: 1, epochs: 10 });
  for (const tuning of epochs) {
    if (!journal.stoppedEarly) journal = afterEpoch(journal, tuning, 0, config);
  }
  return journal;
}

describe("the epoch whose weights are kept", () => {
  test.each([
    ["auroc", 2],
    ["loss", 3],
    ["last", 4],
  ] as const)("by %s is %d", (select, epoch) => {
    const { best, selection } = trained(EPOCHS, { select, patience: 0 });
    expect(best?.epoch).toBe(epoch);
    expect(selection).toEqual({ by: select, observations: ["Edema"] });
  });

  test("is of the least loss where no observation has films enough for an AUROC", () => {
    const { best, selection } = trained(
      EPOCHS.map(({ loss }) => looked(null, loss)),
      { select: "auroc", patience: 0 },
    );
    expect(best?.epoch).toBe(3);
    expect(selection).toEqual({ by: "loss", observations: [] });
  });

  test("is the last where no tuning film has a label", () => {
    const { best, selection } = trained([looked(null, null), looked(null, null)], { select: "auroc", patience: 0 });
    expect(best?.epoch).toBe(2);
    expect(selection?.by).toBe("last");
  });

  test("ends the training after as many epochs without a better one as there is patience", () => {
    const by = (select: "auroc" | "loss") => trained(EPOCHS, { select, patience: 2 });
    expect(by("auroc")).toMatchObject({ stoppedEarly: true, cursor: { epoch: 4 } });
    expect(by("loss")).toMatchObject({ stoppedEarly: false });
  });
});
