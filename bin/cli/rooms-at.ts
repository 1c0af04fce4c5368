import type { RoomsEnvironment } from "../../lib/contracts/environment.ts";
import { roomsOf } from "../../lib/store/open.ts";

/** Where a command works: a deployed stage where one is named, otherwise a store. */
export interface Place {
  readonly store: string;
  readonly stage?: string | undefined;
}

/** @throws InputError `not-deployed` */
export async function roomsAt({ store, stage }: Place): Promise<RoomsEnvironment> {
  if (stage === undefined) return roomsOf(store);
  const { stageRooms } = await import("../../lib/cloud/rooms.ts");
  return stageRooms(stage);
}
