/** Two-sided 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval (1927) of a share, 95 %.
 * @param share in [0, 1], found in that many trials
 */
export function wilsonInterval(share: number, trials: number): [number, number] {
  const square = Z ** 2 / trials;
  const middle = (share + square / 2) / (1 + square);
  const half = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Width of that interval: what so many films tell of a sensitivity or specificity of that size; null without films. */
export function widthOfShare(share: number, trials: number): number | null {
  if (trials === 0) return null;
  const [low, high] = wilsonInterval(share, trials);
  return high - low;
}

/** Fewest trials whose interval around that share is no wider; it narrows with every trial. */
export function trialsForWidth(share: number, width: number): number {
  let [tooFew, enough] = [0, 1];
  while (widthOfShare(share, enough)! > width) [tooFew, enough] = [enough, 2 * enough];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (widthOfShare(share, middle)! > width) tooFew = middle;
    else enough = middle;
  }
  return enough;
}
