import type { Refusal } from "../../../lib/contracts/api.ts";
import { EXIT, type ExitCode } from "../../../lib/domain/errors.ts";
import type { Observation } from "../../../lib/domain/observations.ts";
import { requireLearned } from "../../../lib/inference/findings.ts";
import { createScreen } from "../../../lib/local/display/create-screen.ts";
import { createReporter } from "../../../lib/steps/progress.ts";
import type { ModelLocation } from "../model-location.ts";
import { stoppable } from "../stop.ts";
import type { FileAnswer } from "./answer.ts";
import type { FilmFile } from "./films.ts";
import { openOutFile } from "./out-file.ts";
import { Tally, toSummary } from "./summary.ts";
import { tellPrediction } from "./tell.ts";

export interface CallOptions {
  readonly workers: number;
  readonly explain?: string;
  readonly observation?: readonly Observation[];
  readonly refuse?: Refusal;
  readonly json?: boolean;
}

/** One call of `predict`. */
export interface Call {
  /** `model` is a version. */
  readonly location: ModelLocation;
  /** What to say of that version's answers; null where there is nothing to say. */
  readonly caution: string | null;
  readonly films: readonly FilmFile[];
  readonly options: CallOptions;
}

/** Each answer as it comes, as JSON or as a table for people. */
export async function answerToStdout(call: Call): Promise<ExitCode> {
  const tally = new Tally(call.films.length);
  const tell = ({ result }: FileAnswer): void => {
    process.stdout.write(call.options.json ? `${JSON.stringify(result)}\n` : tellPrediction(result));
  };
  // On a terminal the tables themselves are the progress.
  const unanswered = await answerAll(
    call,
    tally,
    !process.stdout.isTTY,
    "type it again to start anew",
    async (answer) => tell(answer),
  );
  unanswered.forEach(tell);
  if (tally.films > 1 && tally.exitCode !== EXIT.done) console.error(`hilum: ${tally.text}`);
  return tally.exitCode;
}

/** A line a film; films that stand in the file already are not answered for again. */
export async function answerToFile({ films, out, ...call }: Call & { readonly out: string }): Promise<ExitCode> {
  const version = call.location.model;
  if (call.caution !== null) console.error(`hilum: warning: ${call.caution}`);
  const tally = new Tally(films.length);
  const file = await openOutFile(out, version);
  try {
    const left = films.filter(({ path }) => !file.done.has(path));
    for (const { path } of films) {
      const failure = file.done.get(path);
      if (failure !== undefined) tally.add(failure, failure === null ? EXIT.done : EXIT.input);
    }
    const before = tally.told;
    if (before > 0) console.error(`hilum: ${before} of ${films.length} films stand in ${out} already`);
    if (left.length > 0) {
      await answerAll({ ...call, films: left }, tally, true, `the same call goes on with ${out}`, ({ result }) =>
        file.write(result),
      );
    }
    console.error(`hilum: ${tally.text}; ${out}`);
    if (call.options.json)
      console.log(JSON.stringify(toSummary(out, before, { version, caution: call.caution }, tally)));
    return tally.exitCode;
  } finally {
    await file.close();
  }
}

/** @returns those that got no answer for a reason that may pass */
async function answerAll(
  { location, films, options }: Call,
  tally: Tally,
  showProgress: boolean,
  whenStopped: string,
  onAnswer: (answer: FileAnswer) => Promise<void>,
): Promise<FileAnswer[]> {
  const [{ openPredictors }, { answerFiles }] = await Promise.all([import("./predictors.ts"), import("./run.ts")]);
  const predictors = await openPredictors(location, options);
  const screen = showProgress && films.length > 1 ? createScreen(process.stderr, process.env) : undefined;
  const { progress } = createReporter("predict", {
    emit: (event) => event.event === "progress" && screen?.progress("predict", "", event),
  });
  screen?.begin("predict");
  try {
    requireLearned(predictors.statuses, options.observation ?? []);
    const unanswered = await stoppable(whenStopped, (signal) =>
      answerFiles(predictors, films, {
        signal,
        explain: options.explain,
        observations: options.observation,
        async onAnswer(answer) {
          await onAnswer(answer);
          tally.count(answer);
          progress({ done: tally.told, total: tally.films, unit: "films" });
        },
      }),
    );
    for (const answer of unanswered) tally.count(answer);
    return unanswered;
  } finally {
    screen?.close();
    await predictors.close();
  }
}
