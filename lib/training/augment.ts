import type { TrainingConfig } from "../contracts/run-config.ts";
import type { Random } from "../domain/random.ts";
import type { Augmentation } from "../model/session.ts";

export type AugmentConfig = TrainingConfig["augment"];

export const augments = (config: AugmentConfig): boolean => Object.values(config).some((most) => most > 0);

/**
 * Draws how each film of a batch is changed: turned about its middle, scaled, moved by whole pixels, its contrast
 * scaled; each evenly within its bound either way. Films are never mirrored: the heart lies on the left, and a mirrored
 * film shows another patient's disease (dextrocardia; the wrong lung), with its side marker reversed.
 *
 * @param size side of a film in pixels
 * @param randomOf the random stream of the batch's n-th film
 */
export function drawAugmentation(
  count: number,
  size: number,
  config: AugmentConfig,
  randomOf: (n: number) => Random,
): Augmentation {
  const transforms = new Float32Array(count * 8);
  const contrasts = new Float32Array(count);
  for (let n = 0; n < count; n += 1) {
    const next = randomOf(n);
    const within = (most: number) => (2 * next() - 1) * most;
    const reach = Math.round(config.shift * size);
    const wholePixels = () => Math.floor(next() * (2 * reach + 1)) - reach;
    const [right, down] = [wholePixels(), wholePixels()];
    contrasts[n] = within(config.contrast);
    const change = { radians: (within(config.rotation) * Math.PI) / 180, scale: 1 + within(config.scale), right, down };
    transforms.set(inverseTransform(change, size), n * 8);
  }
  return { transforms, contrasts };
}

interface Change {
  /** Clockwise as one sees the film. */
  readonly radians: number;
  readonly scale: number;
  /** In pixels. */
  readonly right: number;
  readonly down: number;
}

/** From places of the changed film to places of the film: the inverse of a turn and a scaling about its middle, then a shift. */
function inverseTransform({ radians, scale, right, down }: Change, size: number): number[] {
  const middle = (size - 1) / 2;
  const [along, across] = [Math.cos(radians) / scale, Math.sin(radians) / scale];
  const [x, y] = [middle + right, middle + down];
  return [along, across, middle - along * x - across * y, -across, along, middle + across * x - along * y, 0, 0];
}
