import { readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Descriptors that are left to files, and to the processes that read films and answer. */
const RESERVED_SHARE = 0.5;
const FEWEST = 16;
const MOST = 10_000;
/** Where the system does not tell: the lowest limit that is usual. */
const USUAL_LIMIT = 1024;

/** Connections that a server holds at most: a share of the descriptors that this process may have. */
export function mostConnections(limits: string = processLimits()): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  const most = Math.floor(Number(soft ?? USUAL_LIMIT) * (1 - RESERVED_SHARE));
  return Math.min(MOST, Math.max(FEWEST, most));
}

function processLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}

/**
 * Keeps a server's connections to so many: for each one more the one goes that has been idle the longest, which whoever holds
 * many open has most of; where none is idle the newest goes. Else the first to come would keep all others out for as long as
 * they like, since the system accepts no connection without a descriptor.
 */
export function dropIdleFirst(server: Server, most: number): void {
  /** In the order in which they became idle. */
  const idle = new Set<Socket>();
  const busy = new Map<Socket, number>();

  server.on("connection", (socket: Socket) => {
    idle.add(socket);
    socket.once("close", () => {
      idle.delete(socket);
      busy.delete(socket);
    });
    if (idle.size + busy.size <= most) return;
    const [longest] = idle;
    (longest ?? socket).destroy();
  });

  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    busy.set(socket, (busy.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (busy.get(socket) ?? 1) - 1;
      if (left > 0) return void busy.set(socket, left);
      busy.delete(socket);
      if (!socket.destroyed) idle.add(socket);
    });
  });
}
