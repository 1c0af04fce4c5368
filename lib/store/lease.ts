import { randomBytes } from "node:crypto";
import { Lease } from "../contracts/lease.ts";
import { TemporaryError } from "../domain/errors.ts";
import { encodeDocument } from "./documents.ts";
import { PreconditionError } from "./errors.ts";
import { mayRun, SELF } from "./process-identity.ts";
import type { Etag, Store } from "./store.ts";
import { updateDocument } from "./update.ts";

/** Between renewals; a holder on another machine that missed eight of them is taken for gone. Clocks may be off by less. */
const RENEW_MS = 15_000;
const EXPIRY_MS = 120_000;

/** Whether somebody still has it: known of processes of this machine, of others by their last renewal. */
export function isHeld({ owner, renewedAt, endedAt }: Lease, now = Date.now()): boolean {
  if (endedAt !== null || !mayRun(owner)) return false;
  return owner.host === SELF.host || isRenewed({ renewedAt }, now);
}

/** Whether its holder has renewed it as often as one at work does. */
export const isRenewed = ({ renewedAt }: Pick<Lease, "renewedAt">, now = Date.now()): boolean =>
  now - Date.parse(renewedAt) < EXPIRY_MS;

export interface HeldLease {
  /** Aborted, with a TemporaryError `in-use`, where somebody else has taken it over. */
  readonly lost: AbortSignal;
  /** Lets it go; the document stays and says when. */
  release(): Promise<void>;
  /** Lets it go and leaves no document. */
  remove(): Promise<void>;
}

/**
 * Takes a lease on any store: of several processes, on any machines, one at a time has it.
 * @param what it is on, for the message
 * @throws TemporaryError `in-use` where somebody has it
 */
export async function holdLease(store: Store, key: string, what: string): Promise<HeldLease> {
  const lost = new AbortController();
  const instant = (): string => new Date().toISOString();
  let lease: Lease = {
    schema: "hilum.lease/1",
    token: randomBytes(8).toString("hex"),
    owner: SELF,
    takenAt: instant(),
    renewedAt: instant(),
    endedAt: null,
  };
  let etag = await take(store, key, what, lease);

  const write = async (changes: Partial<Lease>): Promise<void> => {
    const next = { ...lease, ...changes };
    etag = await store.putIfMatch(key, encodeDocument(next), etag);
    lease = next;
  };
  const giveUp = (): void => {
    clearInterval(timer);
    lost.abort(new TemporaryError("in-use", `${what}: taken over by another process`));
  };
  let renewing: Promise<void> = Promise.resolve();
  const renew = async (): Promise<void> => {
    try {
      await write({ renewedAt: instant() });
    } catch (error) {
      // A store that does not answer may do so next time, unless others must think us gone by now.
      if (error instanceof PreconditionError || Date.now() - Date.parse(lease.renewedAt) > EXPIRY_MS) giveUp();
    }
  };
  const timer = setInterval(() => {
    renewing = renewing.then(renew);
  }, RENEW_MS);
  timer.unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await renewing;
  };

  return {
    lost: lost.signal,
    async release() {
      await stop();
      // Where another has it, it is no longer ours to end.
      await write({ endedAt: instant() }).catch(() => {});
    },
    async remove() {
      await stop();
      if (!lost.signal.aborted) await store.delete(key);
    },
  };
}

async function take(store: Store, key: string, what: string, lease: Lease): Promise<Etag> {
  const { etag } = await updateDocument(store, key, Lease, (holder) => {
    if (holder === undefined || !isHeld(holder)) return lease;
    const { host, pid } = holder.owner;
    throw new TemporaryError("in-use", `${what}: process ${pid} on ${host} is at it; wait for it, or end it`);
  });
  return etag;
}
