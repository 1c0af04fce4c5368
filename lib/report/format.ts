import type { Machine } from "../contracts/machine.ts";

const COUNT = new Intl.NumberFormat("en-US");

/** 12,345 */
export const count = (value: number): string => COUNT.format(value);

/** "1 film", "12 films" */
export const counted = (value: number, singular: string, plural = `${singular}s`): string =>
  `${count(value)} ${value === 1 ? singular : plural}`;

/** An AUROC has three places, so that 0.999 is not shown as 1; other figures have two. */
export const AUROC_PLACES = 3;

/** A figure between 0 and 1; "not defined" where it is null. */
export const figure = (value: number | null, places = 2): string =>
  value === null ? "not defined" : value.toFixed(places);

/** "0.912–0.970", or what to say where there is none. */
export const interval = (value: readonly [number, number] | null, places = AUROC_PLACES): string =>
  value === null ? "no interval" : `${value[0].toFixed(places)}–${value[1].toFixed(places)}`;

/** A share as "12.3 %"; for shares of rows only, never for a probability. */
export const percent = (value: number | null): string =>
  value === null ? "not defined" : value > 0 && value < 0.0005 ? "below 0.1 %" : `${(100 * value).toFixed(1)} %`;

/** "4 cores of an AMD EPYC, 24 GiB of memory" */
export const machineWords = ({ device, processor, cores, memoryBytes, gpus }: Machine): string =>
  [
    ...(device === "gpu" ? [gpus.length > 0 ? list(gpus) : "a GPU"] : []),
    `${counted(cores, "core")} of ${processor}`,
    `${Math.round(memoryBytes / 2 ** 30)} GiB of memory`,
  ].join(", ");

/** "a", "a and b", "a, b and c" */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
