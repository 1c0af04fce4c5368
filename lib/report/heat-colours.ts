/**
 * Colours of a heat map from cold to hot: "inferno" (van der Walt and Smith 2015), whose lightness rises evenly, so
 * that hot also reads as bright in grey print. Eight of its 256 colours; those between are interpolated.
 */
const INFERNO = [
  [0, 0, 4],
  [40, 11, 84],
  [101, 21, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
] as const;

/** @param strength 0 (cold) to 1 (hot). @returns red, green, blue, 0 to 255 */
export function heatColour(strength: number): readonly [number, number, number] {
  const place = Math.min(Math.max(strength, 0), 1) * (INFERNO.length - 1);
  const below = Math.min(Math.floor(place), INFERNO.length - 2);
  const share = place - below;
  const mix = (c: 0 | 1 | 2): number => Math.round(INFERNO[below]![c] * (1 - share) + INFERNO[below + 1]![c] * share);
  return [mix(0), mix(1), mix(2)];
}
