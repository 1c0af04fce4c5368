import { NOTICE } from "../../../lib/contracts/api.ts";
import { EXIT, type ExitCode } from "../../../lib/domain/errors.ts";
import type { FileAnswer } from "./answer.ts";

const GRAVITY: readonly ExitCode[] = [EXIT.done, EXIT.temporary, EXIT.input, EXIT.bug];

const number = (count: number): string => count.toLocaleString("en-US");

/** What became of the films of a call. */
export class Tally {
  /** Films of the call. */
  readonly films: number;
  answered = 0;
  /** For a reason that stays. */
  failed = 0;
  /** Films without an answer by the code of their reason. */
  readonly failures: Record<string, number> = {};
  /** The gravest counts where several fail: our bug, then wrong input, then what may pass. */
  exitCode: ExitCode = EXIT.done;

  constructor(films: number) {
    this.films = films;
  }

  count({ result, exitCode }: Pick<FileAnswer, "result" | "exitCode">): void {
    this.add("error" in result ? result.error.code : null, exitCode);
  }

  /** @param failure code of the reason that a film has no answer */
  add(failure: string | null, exitCode: ExitCode): void {
    this.exitCode = GRAVITY[Math.max(GRAVITY.indexOf(this.exitCode), GRAVITY.indexOf(exitCode))]!;
    if (failure !== null) this.failures[failure] = (this.failures[failure] ?? 0) + 1;
    if (failure === null) this.answered += 1;
    else if (exitCode !== EXIT.temporary) this.failed += 1;
  }

  get told(): number {
    return this.answered + this.failed;
  }

  /** Without an answer for a reason that may pass, or not tried. */
  get left(): number {
    return this.films - this.told;
  }

  /** `9,997 of 10,000 films answered, 3 failed (2 film-damaged, 1 film-empty)` */
  get text(): string {
    const reasons = Object.entries(this.failures).map(([code, count]) => `${number(count)} ${code}`);
    return [
      `${number(this.answered)} of ${number(this.films)} films answered`,
      this.failed > 0 ? `, ${number(this.failed)} failed` : "",
      this.left > 0 ? `, ${number(this.left)} left for another try` : "",
      reasons.length > 0 ? ` (${reasons.join(", ")})` : "",
    ].join("");
  }
}

/** What `predict --out FILE --json` prints. */
export const toSummary = (
  out: string,
  before: number,
  { version, caution }: { readonly version: string; readonly caution: string | null },
  { films, answered, failed, left, failures }: Tally,
) => ({
  out,
  films,
  /** Films that stood in the file when the call began; they count below too. */
  before,
  answered,
  failed,
  left,
  failures,
  model: version,
  notice: NOTICE,
  caution,
});
