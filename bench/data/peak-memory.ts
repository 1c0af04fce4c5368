import { readFileSync } from "node:fs";

/** Of this process alone, in megabytes; what getrusage() tells starts with the parent's. */
export const peakMegabytes = (): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024;
