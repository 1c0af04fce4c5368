/**
 * The parts of a leak-free split. Training fits weights; tuning stops early and sets operating points;
 * calibration fits calibration alone; test is only reported on.
 */
export const PARTS = ["train", "tuning", "calibration", "test"] as const;

export type Part = (typeof PARTS)[number];
