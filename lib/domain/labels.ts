/** A label as the CSV has it: positive, negative, uncertain, blank (looked for, not mentioned), or not looked for. */
export type RawLabel = 1 | 0 | -1 | null | "NA";

/** A label as training sees it: a target in [0, 1], or NaN, which the loss and the metrics leave out. */
export type Target = number;

/** The cell of a CSV file of CheXpert's form; pandas and R read `NA` as missing. */
export const labelCell = (label: RawLabel): string =>
  label === null ? "" : typeof label === "number" ? label.toFixed(1) : label;
