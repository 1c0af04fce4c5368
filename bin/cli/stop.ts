import { constants } from "node:os";
import { TemporaryError } from "../../lib/domain/errors.ts";

/** Somebody asked us to stop. */
export class Stopped extends TemporaryError {
  /** 130 after Ctrl-C, as shells expect; 75 after SIGTERM and SIGHUP, since trying again goes on. */
  readonly processExitCode: number;

  constructor(signal: NodeJS.Signals, what: string) {
    super("stopped", `stopped; ${what}`);
    this.processExitCode = signal === "SIGINT" ? 128 + constants.signals.SIGINT : 75;
  }
}

/** One Ctrl-C may come twice: from the terminal, and forwarded by npm. */
const SAME_SIGNAL_MS = 1000;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls `work` with a signal that the first Ctrl-C (or SIGTERM, SIGHUP) aborts, with a Stopped; a second one ends this
 * process at once, and its children with it.
 */
export async function stoppable<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    first ??= now;
    if (now - first > SAME_SIGNAL_MS) process.exit(128 + constants.signals[name]);
    controller.abort(new Stopped(name, what));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
