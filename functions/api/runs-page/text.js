/** Element that holds the run on a page that was written as one file. */
export const STILL = "still-run";

/** `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`. @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** @param {number | null | undefined} value @param {readonly [number, number] | null} [interval] */
export function auroc(value, interval) {
  if (value === null || value === undefined) return "–";
  return interval ? `${value.toFixed(3)} (${interval[0].toFixed(3)} to ${interval[1].toFixed(3)})` : value.toFixed(3);
}

/** Of the observations that a mean is over. @param {import("../../../lib/domain/observation-status.ts").Claims | null} claims */
export const claimed = (claims) => (claims === null ? "" : `${claims.claimed} of ${claims.measured} claimed`);

/** Whole numbers with their thousands apart, others to three digits. @param {unknown} value */
export function shown(value) {
  if (typeof value !== "number") return typeof value === "string" ? value : JSON.stringify(value);
  return Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}

/** `setAside` as `set aside`. @param {string} name */
export const words = (name) =>
  name.replace(/(?<=[a-z])([A-Z])/g, (_, letter) => ` ${letter.toLowerCase()}`).replace(/\bauroc\b/, "AUROC");

/** @param {string} instant */
export const moment = (instant) => instant.slice(0, 16).replace("T", " ");

/** The time of day, with its day where that is another one. @param {string} instant @param {string} day an instant */
export const clock = (instant, day) =>
  instant.slice(0, 10) === day.slice(0, 10)
    ? instant.slice(11, 19)
    : `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;

/** A store's URI as a word of a command line: a path where it is on this machine. @param {string} uri */
export function shellWord(uri) {
  const path = uri.startsWith("file://") ? decodeURIComponent(uri.slice("file://".length)) : uri;
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** A run's status as people read it. @param {import("../../../lib/runs/read-run.ts").RunStatus} status */
export const statusText = (status) => status.replace("-", " ");
