import { duration } from "../../domain/duration.ts";
/** Whole numbers with their thousands apart, others to three digits. */
export const figure = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(3)));

/** `setAside` as `set aside`. */
export const words = (name: string): string =>
  name.replace(/(?<=[a-z])([A-Z])/g, (_, letter) => ` ${letter.toLowerCase()}`);

/** `loss 0.31, AUROC 0.91`; what has no value is left out. */
export const figures = (values: Readonly<Record<string, number | string | boolean | null>>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => {
      if (value === null || value === false) return [];
      if (value === true) return [words(name)];
      return [`${words(name)} ${typeof value === "number" ? figure(value) : value}`];
    })
    .join(", ");

/** `620/1,200 films, 118 films/s, 5 s left, loss 0.31`. */
export function progressText(event: {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  readonly figures: Readonly<Record<string, number | null>>;
}): string {
  const { done, total, unit, rate, secondsLeft } = event;
  return [
    `${figure(done)}/${figure(total)} ${unit}`,
    rate === null ? "" : `${figure(rate >= 10 ? Math.round(rate) : rate)} ${unit}/s`,
    secondsLeft === null || done >= total ? "" : `${duration(secondsLeft * 1000)} left`,
    figures(event.figures),
  ]
    .filter((part) => part !== "")
    .join(", ");
}
