import { expect, test } from "vitest";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { epochEvents } from "../../../lib/training/epoch-events.ts";
import { crc32c, eventFile } from "../../../lib/training/event-file.ts";
import { afterEpoch, afterStep, startJournal } from "../../../lib/training/journal.ts";

test("CRC-32C as RFC 3720 has it", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

/** The data of every record. */
function records(file: Uint8Array): Buffer[] {
  const found: Buffer[] = [];
  const view = Buffer.from(file);
  for (let at = 0; at < view.length; ) {
    const length = Number(view.readBigUInt64LE(at));
    found.push(view.subarray(at + 12, at + 12 + length));
    at += 12 + length + 4;
  }
  return found;
}

test("a file begins with its version, and each point is a record of its own", () => {
  const points = [
    { tag: "loss/step", step: 300, value: 0.5 },
    { tag: "auroc/mean", step: 70_000, value: 0.875 },
  ];
  const [version, first, second, ...more] = records(eventFile(points, new Date(1_700_000_000_500)));
  expect(more).toEqual([]);
  expect(version!.readDoubleLE(1)).toBe(1_700_000_000.5);
  expect(version!.toString("latin1", 11)).toBe("brain.Event:2");
  // Step 300 as a varint, then the summary: value: tag, number.
  expect([...first!.subarray(9, 12)]).toEqual([0x10, 0xac, 0x02]);
  expect(first!.toString("latin1")).toContain("loss/step");
  expect(first!.readFloatLE(first!.length - 4)).toBe(0.5);
  expect([...second!.subarray(9, 13)]).toEqual([0x10, 0xf0, 0xa2, 0x04]);
  expect(second!.readFloatLE(second!.length - 4)).toBe(0.875);
});

test("an epoch's points: losses of its steps, and what its end gave", () => {
  let journal = startJournal({ seed: 1, rows: 4, batchSize: 2, epochs: 2 });
  const auroc = OBSERVATIONS.map((_, i) => (i === 3 ? null : 0.7));
  for (let epoch = 0; epoch < 2; epoch += 1) {
    for (let n = 0; n < 2; n += 1) {
      journal = afterStep(journal, { loss: 1 - 0.1 * epoch, images: 2, seconds: 1, waitSeconds: 0.5 });
    }
    journal = afterEpoch(journal, { loss: null, auroc, meanAuroc: 0.7, meanOver: [] }, 1, {
      select: "auroc",
      patience: 0,
    });
  }
  const events = epochEvents(journal);
  expect(events.filter(({ tag }) => tag === "loss/step").map(({ step }) => step)).toEqual([3, 4]);
  const tags = events.map(({ tag }) => tag);
  expect(tags).not.toContain("loss/tuning");
  expect(tags).not.toContain(`auroc by observation/${OBSERVATIONS[3]}`);
  expect(events.find(({ tag }) => tag === "auroc/mean")).toEqual({ tag: "auroc/mean", step: 4, value: 0.7 });
  expect(events.find(({ tag }) => tag === "speed/images a second")?.value).toBeCloseTo(2);
});
