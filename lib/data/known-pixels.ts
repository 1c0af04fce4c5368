import { isShardOf } from "../contracts/layout.ts";
import type { Geometry } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { indexShard, readShardFilms, storeRange } from "./shard-reader.ts";

interface Place {
  readonly key: string;
  /** Byte at which its pixels start. */
  readonly offset: number;
  readonly facts: FilmFacts;
}

/** What stands beside a film's pixels and is of its file alone. */
export interface FilmFacts {
  readonly width: number;
  readonly height: number;
  /** As a cell of a shard. */
  readonly warnings: string;
}

/** Films whose pixels stand in some shard already, by the hash of their bytes. */
export class KnownPixels {
  private readonly places = new Map<string, Place>();
  private readonly datasets: Store;
  private readonly stride: number;

  private constructor(datasets: Store, stride: number) {
    this.datasets = datasets;
    this.stride = stride;
  }

  /** Reads the films' names of every shard of this geometry, whichever data set it was made for; no pixels. */
  static async find(datasets: Store, geometry: Geometry): Promise<KnownPixels> {
    const known = new KnownPixels(datasets, geometry.size ** 2);
    for await (const { key } of datasets.list("")) {
      if (isShardOf(key, geometry)) await known.add(key);
    }
    return known;
  }

  get hashes(): readonly string[] {
    return [...this.places.keys()];
  }

  factsOf(sha256: string): FilmFacts {
    return this.places.get(sha256)!.facts;
  }

  /** Fills `into` with the pixels of each film, one behind another; films that lie so are read at once. */
  async read(films: readonly { readonly sha256: string; readonly into: Uint8Array }[]): Promise<void> {
    for (let from = 0; from < films.length; ) {
      const first = this.places.get(films[from]!.sha256)!;
      let to = from + 1;
      while (to < films.length && this.follows(first, films[to]!.sha256, to - from)) to += 1;
      const range = { start: first.offset, length: (to - from) * this.stride };
      const pixels = await this.datasets.get(first.key, range);
      for (let i = from; i < to; i += 1) {
        films[i]!.into.set(pixels.subarray((i - from) * this.stride, (i - from + 1) * this.stride));
      }
      from = to;
    }
  }

  private follows(first: Place, sha256: string, films: number): boolean {
    const place = this.places.get(sha256)!;
    return place.key === first.key && place.offset === first.offset + films * this.stride;
  }

  private async add(key: string): Promise<void> {
    try {
      const file = await storeRange(this.datasets, key);
      const shard = await indexShard(file);
      if (shard.stride !== this.stride) return;
      const films = await readShardFilms(file, shard);
      let film = 0;
      for (const batch of shard.batches) {
        for (let i = 0; i < batch.rows; i += 1, film += 1) {
          const facts = {
            width: films.filmWidth[film]!,
            height: films.filmHeight[film]!,
            warnings: films.warnings[film]!,
          };
          this.places.set(films.filmSha256[film]!, { key, offset: batch.pixels + i * this.stride, facts });
        }
      }
    } catch (error) {
      // A damaged shard is no source; whoever needs it is told by merge.
      if (!(error instanceof InputError)) throw error;
    }
  }
}
