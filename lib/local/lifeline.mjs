/**
 * Loaded into every child before its program (`node --import`): ends the child when its parent is gone, also after
 * kill -9. The parent holds the other end of the child's stdin, which the system closes with it. A thread watches, so
 * that a program busy in native code is ended too.
 */
import { Socket } from "node:net";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const ROLE = "hilum-lifeline";

/** Time for the program to leave a resumable store behind. */
const GRACE_MS = 10_000;

function end() {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS);
}

if (isMainThread) {
  new Worker(new URL(import.meta.url), { workerData: ROLE, execArgv: [] }).unref();
} else if (workerData === ROLE) {
  new Socket({ fd: 0, readable: true, writable: false }).on("error", end).on("close", end).resume();
}
