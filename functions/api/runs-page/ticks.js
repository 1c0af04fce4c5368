/** About four round numbers that span the range. @param {number} low @param {number} high */
export function ticks(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= 5) ?? power * 10;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Ticks in words, all with as many decimals as tell neighbours apart. @param {readonly number[]} at */
export function tickLabels(at) {
  const decimals = Math.max(...at.map((tick) => String(tick).split(".")[1]?.length ?? 0));
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const isPlain = at.every((tick) => !String(tick).includes("e"));
  return at.map((tick) => (isPlain ? tick.toLocaleString("en-US", digits) : String(tick)));
}
