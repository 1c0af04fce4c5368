/** A label as the CSV has it: positive, negative, uncertain, or not mentioned. */
export type RawLabel = 1 | 0 | -1 | null;

/** A label as training sees it: a target in [0, 1], or NaN, which the loss and the metrics leave out. */
export type Target = number;
