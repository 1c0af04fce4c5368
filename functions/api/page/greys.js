/** Longest side of the picture that is counted; more pixels change no quantile that one sees. */
const COUNTED = 512;

/**
 * How often each grey comes in a picture. Black is left out: borders and collimation are no part of a film's greys.
 * @param {HTMLImageElement} image
 * @returns {Uint32Array} pixels by grey, 0 to 255
 */
export function greysOf(image) {
  const histogram = new Uint32Array(256);
  const scale = Math.min(1, COUNTED / Math.max(image.naturalWidth, image.naturalHeight));
  const width = Math.max(1, Math.round(image.naturalWidth * scale));
  const height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (context === null) return histogram;
  context.drawImage(image, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  for (let i = 0; i < data.length; i += 4) {
    const grey = data[i] ?? 0;
    if (grey > 0) histogram[grey] = (histogram[grey] ?? 0) + 1;
  }
  return histogram;
}
