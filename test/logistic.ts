import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { python } from "./python.ts";

/** Films and labels of one side of a split. */
export interface LogisticFilms {
  /** PNG or JPEG files. */
  readonly files: readonly string[];
  /** Labels of each film, 1 or 0; NaN is left out. */
  readonly labels: readonly (readonly number[])[];
}

const SIDE = 32;

/** One regression an observation over standardised pixels. */
const SCRIPT = `
import json, sys, warnings
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
warnings.simplefilter("ignore")

given = json.load(sys.stdin)
table = lambda side: (np.array(given[side]["pixels"], dtype=np.float64),
                      np.array([[float(v) for v in row] for row in given[side]["labels"]]))
x_train, y_train = table("train")
x_test, y_test = table("test")
scale = StandardScaler().fit(x_train)
x_train, x_test = scale.transform(x_train), scale.transform(x_test)

def one(k):
    fit, judge = ~np.isnan(y_train[:, k]), ~np.isnan(y_test[:, k])
    if len(set(y_train[fit, k])) < 2 or len(set(y_test[judge, k])) < 2:
        return None
    best = None
    for strength in (1e-4, 1e-3, 1e-2):
        model = LogisticRegression(C=strength, max_iter=200, class_weight="balanced")
        model.fit(x_train[fit], y_train[fit, k])
        found = float(roc_auc_score(y_test[judge, k], model.decision_function(x_test[judge])))
        best = found if best is None else max(best, found)
    return best

json.dump([one(k) for k in range(y_train.shape[1])], sys.stdout)
`;

/**
 * AUROC on the test films of a logistic regression over 32 x 32 pixels, by label; null where one class is missing. Of
 * three regularisations the one that does best on the test films counts, so that the baseline is never made small.
 */
export async function logisticAuroc(train: LogisticFilms, test: LogisticFilms): Promise<(number | null)[]> {
  const side = async ({ files, labels }: LogisticFilms) => ({
    pixels: await Promise.all(files.map(thumbnail)),
    labels,
  });
  return python<(number | null)[]>(SCRIPT, { train: await side(train), test: await side(test) });
}

/** The film as 32 x 32 grey values, row by row. */
async function thumbnail(file: string): Promise<number[]> {
  // From its bytes: where the reader of films has been loaded, no other loader of files may run.
  const picture = sharp(await readFile(file));
  const pixels = await picture.toColourspace("b-w").resize(SIDE, SIDE, { fit: "fill" }).raw().toBuffer();
  return Array.from(pixels);
}
