import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { RoomsEnvironment } from "../contracts/environment.ts";
import { ROOMS, type Room } from "../contracts/layout.ts";
import { StoreUri } from "../contracts/primitives.ts";
import { InputError } from "../domain/errors.ts";
import { recordOf } from "../domain/record-of.ts";
import { deferred } from "./deferred.ts";
import { DiskStore } from "./disk.ts";
import { MemoryStore } from "./memory.ts";
import type { Store } from "./store.ts";

/** Memory stores of this process, so that one URI is one store. */
const memories = new Map<string, MemoryStore>();

const openMemory = (uri: string): Store => {
  const store = memories.get(uri) ?? new MemoryStore(uri);
  memories.set(uri, store);
  return store;
};

const KINDS: Readonly<Record<string, (uri: StoreUri) => Store>> = {
  "file:": (uri) => new DiskStore(uri),
  // The AWS SDK takes longer to load than most steps on a laptop's own disk take to begin.
  "s3:": (uri) => deferred(uri, async () => (await import("./s3.ts")).openS3(uri)),
  "memory:": openMemory,
};

/** The store under a URI. Nothing is read or made yet. @throws InputError `store-uri` */
export function openStore(uri: string): Store {
  const parsed = StoreUri.safeParse(uri);
  const open = KINDS[uri.slice(0, uri.indexOf(":") + 1)];
  if (!parsed.success || open === undefined) {
    throw new InputError("store-uri", `${uri}: expected file:///folder or s3://bucket/prefix`);
  }
  return open(parsed.data);
}

/** A folder of this machine as a URI; a URI stays as it is, less slashes at its end. */
export function storeUri(pathOrUri: string): StoreUri {
  const isUri = /^[a-z][a-z0-9+.-]+:\/\//.test(pathOrUri);
  const uri = (isUri ? pathOrUri : pathToFileURL(resolve(pathOrUri)).href).replace(/\/+$/, "");
  const parsed = StoreUri.safeParse(uri);
  if (parsed.success) return parsed.data;
  throw new InputError("store-uri", `${pathOrUri}: expected a folder, file:///folder or s3://bucket/prefix`);
}

export type Rooms = Readonly<Record<Room, Store>>;

/** The environment of a store whose three rooms are its folders. */
export function roomsOf(uri: string): RoomsEnvironment {
  const base = storeUri(uri);
  return { HILUM_DATASETS: `${base}/datasets`, HILUM_RUNS: `${base}/runs`, HILUM_MODELS: `${base}/models` };
}

/** The store whose folder a room is; null where it lies by itself, as a copy of it and a stage's buckets do. */
export const storeOfRoom = (room: Room, uri: string): string | null =>
  uri.endsWith(`/${room}`) ? uri.slice(0, -room.length - 1) : null;

export function openRooms(environment: RoomsEnvironment): Rooms {
  const open = (room: Room) => openStore(environment[`HILUM_${room.toUpperCase() as Uppercase<Room>}`]);
  return recordOf(ROOMS, open);
}
