import type { ProgressEvent } from "../../contracts/progress.ts";

export type Progress = Extract<ProgressEvent, { event: "progress" }>;

export type Outcome = "done" | "done before" | "failed" | "stopped";

/** Where progress is drawn: one live line on a terminal, plain lines elsewhere. */
export interface Screen {
  begin(label: string): void;
  /** `member` says which job of an array this is about, or nothing. */
  progress(label: string, member: string, event: Progress): void;
  line(label: string, kind: "plain" | "warning", text: string): void;
  end(label: string, outcome: Outcome, text: string): void;
  close(): void;
}

/** What a screen needs of process.stderr. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Width of the column of labels; the longest is `validate`, with room for what callers add. */
export const LABEL_WIDTH = 10;
