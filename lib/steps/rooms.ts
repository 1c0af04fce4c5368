import type { RoomsEnvironment } from "../contracts/environment.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";

/** The three rooms of lib/contracts/layout.ts, opened. */
export interface Rooms {
  readonly datasets: Store;
  readonly runs: Store;
  readonly models: Store;
}

export const openRooms = (environment: RoomsEnvironment): Rooms => ({
  datasets: openStore(environment.HILUM_DATASETS),
  runs: openStore(environment.HILUM_RUNS),
  models: openStore(environment.HILUM_MODELS),
});
