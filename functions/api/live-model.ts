import type { Channels } from "../../lib/contracts/model-version.ts";
import { InputError, reportError } from "../../lib/domain/errors.ts";

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
  /** Told of a version in production that does not load, once each. */
  readonly onFallback: (version: string, error: unknown) => void;
  readonly now?: () => number;
}

export interface LiveModel<T> {
  /** What answers now; looks first whether another version was promoted, if the last look is old. */
  current(): Promise<T>;
}

/**
 * Answers with the version in production, also after another one is promoted. One that does not load is left out: what
 * answered before goes on, and an environment that starts then answers with the version before it.
 * @throws what loading threw, where neither can be loaded
 */
export async function followProduction<T extends Answering>(options: LiveModelOptions<T>): Promise<LiveModel<T>> {
  const { channels, open, checkMs, onFallback, now = Date.now } = options;
  let loaded: { readonly version: string; readonly answering: T } | undefined;
  let refused: string | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const load = async (version: string): Promise<void> => {
    const answering = await open(version);
    const before = loaded;
    loaded = { version, answering };
    await before?.answering.close();
  };

  const look = async (): Promise<void> => {
    const { production, previous } = await channels();
    checkedAt = now();
    if (production === null || production === loaded?.version || production === refused) return;
    try {
      await load(production);
      refused = undefined;
    } catch (error) {
      // A store that is away says nothing about the version.
      if (reportError(error).code === "store-unavailable") throw error;
      refused = production;
      onFallback(production, error);
      if (loaded !== undefined) return;
      if (previous === null) throw error;
      await load(previous);
    }
  };

  await look();
  if (loaded === undefined) throw new InputError("no-model", "no model is in production; expected one to be promoted");
  return {
    async current() {
      if (now() - checkedAt >= checkMs) {
        looking ??= look().finally(() => {
          looking = undefined;
        });
        // A look that fails says nothing about the model that answers; the next one may succeed.
        await looking.catch(() => {
          checkedAt = now();
        });
      }
      return loaded!.answering;
    },
  };
}
