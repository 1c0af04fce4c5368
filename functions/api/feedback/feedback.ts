import { randomUUID } from "node:crypto";
import { type Feedback, type FeedbackReceipt, type ReaderLabels, Reading } from "../../../lib/contracts/feedback.ts";
import type { VersionId } from "../../../lib/contracts/model-version.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { labelCell, type RawLabel } from "../../../lib/domain/labels.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { READER_COLUMN, READERS_SOURCE } from "../../../lib/domain/readers.ts";
import { writeDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { appendRow } from "./append-row.ts";
import { NO_QUOTA, quotaIn } from "./quota.ts";

/** Readers' labels, kept as a data set in CheXpert's format: `bin/hilum run --data` takes its folder. */
export interface FeedbackBook {
  /** Whether more of a reader is kept today. @throws QuotaError `feedback-quota` */
  check(reader: string): Promise<void>;
  /**
   * @param film as PNG without any metadata; null where none came
   * @throws InputError `no-consent`, `no-patient`; QuotaError `feedback-quota`
   */
  write(feedback: Feedback, by: WrittenBy, film: Uint8Array | null): Promise<FeedbackReceipt>;
}

export interface WrittenBy {
  /** Pseudonym of the reader. */
  readonly reader: string;
  /** The version that answered. */
  readonly model: VersionId;
}

export interface FeedbackOptions {
  /** Of a reader, in a day; without, as much as comes. */
  readonly perDay?: number | undefined;
}

const HEADER = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS, READER_COLUMN];

/** Rows of a day. Files of before there was a reader in them have another name: no row stands under another's header. */
const csvKey = (day: string): string => `readers-${day}.csv`;

/** What a film may be kept with. @throws InputError where consent or pseudonym are missing, or stand there for no film */
export function checkConsent({ consent, patient }: Feedback, hasFilm: boolean): void {
  if (!consent && (hasFilm || patient !== undefined)) {
    throw new InputError("no-consent", "consent: false; a film and a pseudonym are taken with consent: true only");
  }
  if (hasFilm && patient === undefined) {
    throw new InputError(
      "no-patient",
      "patient: none; expected a pseudonym, so that no patient is trained and tested on",
    );
  }
}

/** The film is written first and its row last, so that no row lacks its film. */
export function feedbackIn(store: Store, { perDay }: FeedbackOptions = {}): FeedbackBook {
  const quota = perDay === undefined ? NO_QUOTA : quotaIn(store, perDay);
  return {
    check: quota.check,
    async write(feedback, { reader, model }, film) {
      checkConsent(feedback, film !== null);
      await quota.take(reader);
      const id = randomUUID();
      const receivedAt = new Date().toISOString();
      const key = film && `patient${feedback.patient}/study-${id}/view1_${feedback.view.toLowerCase()}.png`;
      if (film !== null && key !== null) await store.put(key, film);
      await writeDocument(store, `readings/${id}.json`, Reading, {
        schema: "hilum.reading/1",
        id,
        receivedAt,
        reader,
        prediction: feedback.prediction ?? null,
        model,
        labels: feedback.labels,
        film: key && `${READERS_SOURCE}/${key}`,
      });
      if (key !== null) {
        const cells = [...rowOf(`${READERS_SOURCE}/${key}`, feedback), reader];
        await appendRow(store, csvKey(receivedAt.slice(0, 10)), HEADER, cells);
      }
      return { id, filmKept: key !== null };
    },
  };
}

export const openFeedback = (uri: string, options?: FeedbackOptions): FeedbackBook =>
  feedbackIn(openStore(uri), options);

const rowOf = (path: string, { sex, age, view, projection, labels }: Feedback): string[] => [
  path,
  sex ?? "",
  age === undefined ? "" : String(age),
  view,
  projection ?? "",
  ...cellsOf(labels),
];

/** What the reader did not judge is no negative: `NA`. */
const cellsOf = (labels: ReaderLabels): string[] =>
  OBSERVATIONS.map((name) => labelCell((labels[name] as RawLabel | undefined) ?? "NA"));
