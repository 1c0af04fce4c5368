import type { Channels } from "../../lib/contracts/model-version.ts";
import { reportError, TemporaryError } from "../../lib/domain/errors.ts";
import { notReady } from "./model.ts";

/** Something that answers with one version, and can be closed. */
export interface Answering {
  close(): Promise<void>;
}

export interface LiveModelOptions<T extends Answering> {
  readonly channels: () => Promise<Pick<Channels, "production" | "previous">>;
  /** @throws where the version can't be loaded */
  readonly open: (version: string) => Promise<T>;
  /** Between looks at the channels; Infinity to look once. */
  readonly checkMs: number;
  /** Between tries of a version that did not load, while another answers; it is not tried again where left out. */
  readonly retryMs?: number;
  /** Told of a version in production that does not load, once each. */
  readonly onFallback: (version: string, error: unknown) => void;
  /** The deployment that the commands are told which mend what is wrong; none for a store on this machine. */
  readonly stage?: string | undefined;
  readonly now?: () => number;
}

export interface LiveModel<T> {
  /**
   * What answers now, if anything does; looks first whether another version was promoted, if the last look is old.
   * @param patienceMs for a look, where nothing answers yet
   */
  current(patienceMs?: number): Promise<T | undefined>;
  /** The same as it is known, without looking or waiting. */
  readonly known: T | undefined;
  /**
   * Why nothing answers: TemporaryError `no-model-yet`, `model-unloadable`, `not-ready` while the first is being loaded,
   * or what the store threw.
   */
  readonly reason: unknown;
}

/** Code of what is no fault: nothing was promoted yet. */
export const NO_MODEL_YET = "no-model-yet";

/** Between looks where nothing answers and looking costs next to nothing: as a client is told to come again. */
const EAGER_MS = 2000;

/**
 * Answers with the version in production, also after another one is promoted, the first included. One that does not load
 * is left out: what answered before goes on, and what starts then answers with the version before it. Where neither
 * loads, it is tried again at each look.
 */
export function followProduction<T extends Answering>(options: LiveModelOptions<T>): LiveModel<T> {
  const { channels, open, checkMs, retryMs = Number.POSITIVE_INFINITY, onFallback, stage, now = Date.now } = options;
  let loaded: { readonly version: string; readonly answering: T } | undefined;
  let reason: unknown = notReady();
  let refused: string | undefined;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const load = async (version: string): Promise<void> => {
    const answering = await open(version);
    const before = loaded;
    loaded = { version, answering };
    await before?.answering.close();
  };

  const refuse = (version: string, error: unknown): void => {
    if (refused !== version) onFallback(version, error);
    refused = version;
    refusedAt = now();
    reason = unloadable(version, stage, error);
  };

  const look = async (): Promise<void> => {
    const { production, previous } = await channels();
    checkedAt = now();
    if (production === null) {
      reason = noModelYet(stage);
      return;
    }
    if (production === loaded?.version) return;
    if (loaded !== undefined && production === refused && now() - refusedAt < retryMs) return;
    try {
      await load(production);
      refused = undefined;
    } catch (error) {
      // A store that is away says nothing about the version.
      if (isAway(error)) throw error;
      refuse(production, error);
      if (loaded !== undefined || previous === null) return;
      await load(previous).catch((second: unknown) => {
        if (isAway(second)) throw second;
      });
    }
  };

  /** A look that fails says nothing about the model that answers; the next one may succeed. */
  const lookAgain = (): Promise<void> =>
    look()
      .catch((error: unknown) => {
        checkedAt = now();
        reason = error;
      })
      .finally(() => {
        looking = undefined;
      });

  return {
    get known() {
      return loaded?.answering;
    },
    get reason() {
      return reason;
    },
    async current(patienceMs = Number.POSITIVE_INFINITY) {
      // Hashing a version that was refused takes its time.
      const pause = loaded === undefined && refused === undefined ? Math.min(checkMs, EAGER_MS) : checkMs;
      if (now() - checkedAt >= pause) looking ??= lookAgain();
      await (loaded === undefined ? within(patienceMs, looking) : looking);
      return loaded?.answering;
    },
  };
}

const isAway = (error: unknown): boolean => reportError(error).code === "store-unavailable";

/** Waits for work, but no longer than that. */
async function within(milliseconds: number, work: Promise<void> | undefined): Promise<void> {
  if (work === undefined || milliseconds === Number.POSITIVE_INFINITY) return work;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}

const at = (stage: string | undefined): string => (stage === undefined ? "" : ` --stage ${stage}`);

const noModelYet = (stage: string | undefined): TemporaryError =>
  new TemporaryError(
    NO_MODEL_YET,
    `no model is in production yet; a run makes one (bin/hilum run${at(stage)}), or bin/hilum models promote${at(stage)} ` +
      "VERSION takes one that is there; it then answers by itself",
  );

const unloadable = (version: string, stage: string | undefined, cause: unknown): TemporaryError =>
  new TemporaryError(
    "model-unloadable",
    `version ${version} is in production and does not load; bin/hilum models verify${at(stage)} ${version} says what is ` +
      `wrong with its files, and bin/hilum models promote${at(stage)} VERSION takes another`,
    { cause },
  );
