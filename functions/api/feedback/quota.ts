import { FeedbackCount } from "../../../lib/contracts/feedback.ts";
import { findDocument } from "../../../lib/store/documents.ts";
import type { Store } from "../../../lib/store/store.ts";
import { updateDocument } from "../../../lib/store/update.ts";
import { QuotaError } from "../problems.ts";

/** How much of a reader's feedback is kept in a day of UTC; counted in the store, so that all instances know. */
export interface Quota {
  /** @throws QuotaError `feedback-quota` where the day's is used up */
  check(reader: string): Promise<void>;
  /** Counts one more. @throws as check, and nothing is counted */
  take(reader: string): Promise<void>;
}

const DAY_MS = 86_400_000;

const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const NO_QUOTA: Quota = { check: async () => {}, take: async () => {} };

export const countKey = (reader: string): string => `counts/${reader}.json`;

export function quotaIn(store: Store, perDay: number): Quota {
  /**
   * The day's count with one more. An instance whose clock is behind another's is in the other's day; a day that is further
   * ahead was a wrong clock's, and nobody waits for it.
   */
  const next = (reader: string, kept: FeedbackCount | undefined): FeedbackCount => {
    const [today, tomorrow] = [dayAt(Date.now()), dayAt(Date.now() + DAY_MS)];
    const isOn = kept !== undefined && kept.day >= today && kept.day <= tomorrow;
    const [day, count] = isOn ? [kept.day, kept.count] : [today, 0];
    if (count >= perDay) throw usedUp(perDay, day);
    return { schema: "hilum.feedback-count/1", reader, day, count: count + 1 };
  };
  return {
    async check(reader) {
      next(reader, await findDocument(store, countKey(reader), FeedbackCount));
    },
    async take(reader) {
      await updateDocument(store, countKey(reader), FeedbackCount, (kept) => next(reader, kept));
    },
  };
}

function usedUp(perDay: number, day: string): QuotaError {
  const seconds = Math.max(1, Math.ceil((Date.parse(day) + DAY_MS - Date.now()) / 1000));
  const what = `feedback: ${perDay} of this reader were kept today, the most in a day; go on tomorrow (UTC)`;
  return new QuotaError("feedback-quota", what, perDay, seconds);
}
