import type { TrainingHistory } from "../../contracts/training.ts";
import { COLOUR, chart } from "../chart.ts";
import { type Html, html } from "../html.ts";

const SERIES = [
  { name: "training", field: "trainLoss", colour: COLOUR.second },
  { name: "tuning", field: "tuningLoss", colour: COLOUR.accent },
] as const;

/** Loss and mean tuning AUROC by epoch; one line a member. */
export async function trainingFigure(histories: readonly TrainingHistory[]): Promise<Html> {
  const losses = histories.flatMap(({ member, epochs }) =>
    epochs.flatMap((record) =>
      SERIES.flatMap(({ name, field }) => {
        const value = record[field];
        return value === null ? [] : [{ epoch: record.epoch, value, series: name, member }];
      }),
    ),
  );
  const aurocs = histories.flatMap(({ member, epochs }) =>
    epochs.flatMap(({ epoch, tuningMeanAuroc }) =>
      tuningMeanAuroc === null ? [] : [{ epoch, value: tuningMeanAuroc, series: "tuning", member }],
    ),
  );
  const best = histories.flatMap(({ member, bestEpoch, epochs }) => {
    const value = epochs.find((record) => record.epoch === bestEpoch)?.tuningMeanAuroc;
    return bestEpoch === null || value === undefined || value === null ? [] : [{ epoch: bestEpoch, value, member }];
  });
  const epochs = Math.max(1, ...histories.flatMap((h) => h.epochs.map((e) => e.epoch)));
  return html`<div class="pair">${await lines("Loss", losses, [], epochs)}${await lines("Mean AUROC, tuning patients", aurocs, best, epochs)}</div>`;
}

interface Entry {
  readonly epoch: number;
  readonly value: number;
  readonly series?: string;
  readonly member: number;
}

function lines(title: string, values: readonly Entry[], best: readonly Entry[], epochs: number): Promise<Html> {
  const step = Math.max(1, Math.ceil(epochs / 8));
  const ticks = Array.from({ length: epochs }, (_, i) => i + 1).filter((epoch) => (epoch - 1) % step === 0);
  const x = {
    field: "epoch",
    type: "quantitative",
    title: "epoch",
    scale: { domain: [1, Math.max(2, epochs)] },
    axis: { values: ticks, format: "d", grid: false },
  };
  const y = { field: "value", type: "quantitative", title, scale: { zero: false, nice: true }, axis: { tickCount: 5 } };
  return chart(
    {
      width: 262,
      height: 160,
      layer: [
        {
          data: { values },
          mark: { type: "line", strokeWidth: 1.6, point: { size: 22 } },
          encoding: {
            x,
            y,
            detail: { field: "member" },
            color: {
              field: "series",
              type: "nominal",
              scale: { domain: SERIES.map((s) => s.name), range: SERIES.map((s) => s.colour) },
              legend: title === "Loss" ? { orient: "top-right" } : null,
            },
          },
        },
        {
          data: { values: best },
          mark: { type: "point", size: 110, color: COLOUR.ink, strokeWidth: 1.2 },
          encoding: { x, y },
        },
      ],
    } as Parameters<typeof chart>[0],
    `${title} by epoch`,
  );
}
