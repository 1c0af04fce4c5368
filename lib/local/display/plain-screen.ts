import { escapeText } from "../../domain/shown.ts";
import { progressText } from "./format.ts";
import { LABEL_WIDTH, type Outcome, type Output, type Progress, type Screen } from "./screen.ts";

/** Milliseconds between lines of progress of one state. */
const INTERVAL_MS = 5000;

/** Lines for logs: no cursor, no colour, seldom enough to read. */
export class PlainScreen implements Screen {
  readonly #output: Output;
  readonly #now: () => number;
  #lastProgress = Number.NEGATIVE_INFINITY;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  begin(): void {
    this.#lastProgress = this.#now();
  }

  progress(label: string, member: string, event: Progress): void {
    const now = this.#now();
    if (now - this.#lastProgress < INTERVAL_MS) return;
    this.#lastProgress = now;
    this.#write(label, `${member}${progressText(event)}`);
  }

  line(label: string, kind: "plain" | "warning", text: string): void {
    this.#write(label, kind === "warning" ? `warning: ${text}` : text);
  }

  end(label: string, outcome: Outcome, text: string): void {
    this.#write(label, `${outcome}  ${text}`);
  }

  close(): void {}

  #write(label: string, text: string): void {
    this.#output.write(`${label.padEnd(LABEL_WIDTH)} ${escapeText(text)}\n`);
  }
}
