/**
 * Mean over a sample of the pixels of the largest less the smallest of red, green and blue.
 * @param samples rows x columns x channels, channels at least 3
 */
export function chroma(samples: Uint8Array | Uint16Array, channels: number): number {
  const step = channels * Math.max(1, Math.floor(samples.length / channels / 100_000));
  let sum = 0;
  let count = 0;
  for (let i = 0; i + 2 < samples.length; i += step, count += 1) {
    const [r, g, b] = [samples[i]!, samples[i + 1]!, samples[i + 2]!];
    sum += Math.max(r, g, b) - Math.min(r, g, b);
  }
  return sum / Math.max(1, count);
}
