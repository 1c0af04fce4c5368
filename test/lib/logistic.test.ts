import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { normal, random } from "../../lib/domain/random.ts";
import { logisticAuroc } from "../logistic.ts";

it("logistic regression finds a bright corner, and not a coin's toss", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hilum-logistic-"));
  try {
    const next = random(1, "logistic");
    const side = async (name: string, count: number) => {
      const labels = Array.from({ length: count }, () => [Number(next() < 0.4), Number(next() < 0.5), 0]);
      const files = labels.map((_, i) => join(folder, `${name}-${i}.png`));
      for (const [i, [bright]] of labels.entries()) {
        const pixels = Uint8Array.from({ length: 64 * 64 }, (_, at) => {
          const corner = at % 64 < 16 && at < 64 * 16;
          return 120 + 10 * normal(next) + (corner && bright ? 25 : 0);
        });
        await sharp(pixels, { raw: { width: 64, height: 64, channels: 1 } })
          .png()
          .toFile(files[i]!);
      }
      return { files, labels };
    };
    const [corner, coin, never] = await logisticAuroc(await side("train", 120), await side("test", 120));
    expect(corner!).toBeGreaterThan(0.95);
    expect(Math.abs(coin! - 0.5)).toBeLessThan(0.2);
    expect(never).toBeNull();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
