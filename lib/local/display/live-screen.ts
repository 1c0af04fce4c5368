import { duration } from "../../domain/duration.ts";
import { escapeText } from "../../domain/shown.ts";
import { progressText } from "./format.ts";
import { LABEL_WIDTH, type Outcome, type Output, type Progress, type Screen } from "./screen.ts";

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const FRAME_MS = 120;
const BAR_WIDTH = 20;

const COLOURS = { good: "32", bad: "31", warning: "33", quiet: "2", accent: "36" } as const;

/** One line that is drawn again and again under the finished ones. */
export class LiveScreen implements Screen {
  readonly #output: Output;
  readonly #colour: boolean;
  #timer: NodeJS.Timeout | undefined;
  #label = "";
  #text = "";
  #share: number | undefined;
  #start = 0;
  #frame = 0;

  constructor(output: Output, colour: boolean) {
    this.#output = output;
    this.#colour = colour;
  }

  begin(label: string): void {
    this.#label = label;
    this.#text = "";
    this.#share = undefined;
    this.#start = performance.now();
    this.#timer ??= setInterval(() => this.#draw(), FRAME_MS);
    this.#timer.unref();
    this.#draw();
  }

  progress(label: string, member: string, event: Progress): void {
    this.#label = label;
    this.#share = event.total > 0 ? Math.min(1, event.done / event.total) : undefined;
    this.#text = `${member}${progressText(event)}`;
  }

  line(label: string, kind: "plain" | "warning", text: string): void {
    this.#finish(
      `    ${label.padEnd(LABEL_WIDTH)} ${this.#paint(kind === "warning" ? "warning" : "quiet", escapeText(text))}`,
    );
    this.#draw();
  }

  end(label: string, outcome: Outcome, text: string): void {
    this.close();
    const mark = outcome.startsWith("done") ? this.#paint("good", "✓") : this.#paint("bad", "✗");
    const words = outcome === "done" || outcome === "failed" ? "" : `${outcome}  `;
    this.#finish(`  ${mark} ${label.padEnd(LABEL_WIDTH)} ${words}${escapeText(text)}`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#output.write("\r\x1b[2K");
  }

  /** Writes a line that stays, in the place of the live one. */
  #finish(line: string): void {
    this.#output.write(`\r\x1b[2K${line}\n`);
  }

  #draw(): void {
    if (this.#timer === undefined) return;
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const left = `  ${FRAMES[this.#frame]} ${this.#label.padEnd(LABEL_WIDTH)} `;
    const bar = this.#share === undefined ? "" : `${this.#bar(this.#share)} `;
    const text = escapeText(this.#text) || duration(performance.now() - this.#start);
    const room = Math.max(0, (this.#output.columns ?? 80) - left.length - (bar ? BAR_WIDTH + 1 : 0) - 1);
    this.#output.write(`\r\x1b[2K${left}${bar}${text.slice(0, room)}`);
  }

  #bar(share: number): string {
    const full = Math.round(share * BAR_WIDTH);
    return this.#paint("accent", "━".repeat(full)) + this.#paint("quiet", "━".repeat(BAR_WIDTH - full));
  }

  #paint(colour: keyof typeof COLOURS, text: string): string {
    return this.#colour ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
  }
}
