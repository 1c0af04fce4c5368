import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
import { REFUSALS } from "../../lib/contracts/api.ts";
import { STAGE_NAME } from "../../lib/contracts/deployment.ts";
import { FEEDBACK_PER_DAY } from "../../lib/contracts/feedback.ts";
import { Protocol } from "../../lib/contracts/run-config.ts";
import { storeUri } from "../../lib/store/open.ts";
import { DEFAULT_STORE } from "./places.ts";

const whole =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && text.trim() !== "" && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`);
  };

const uri = (text: string): string => {
  try {
    return storeUri(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
};

/** A store lists nothing where there is no folder; data that is not there was mistyped. */
const dataUri = (text: string): string => {
  const found = uri(text);
  if (!found.startsWith("file:") || existsSync(new URL(found))) return found;
  throw new InvalidArgumentError(`${text}: no such folder.`);
};

const stageNameOf = (text: string): string => {
  if (STAGE_NAME.test(text)) return text;
  throw new InvalidArgumentError("Expected a stage's name: lower case letters, digits and dashes.");
};

/** Options that several commands take, each spelt once. */
export const option = {
  store: () =>
    new Option("--store <place>", "folder or s3://bucket/prefix where everything is kept")
      .argParser(uri)
      .default(storeUri(DEFAULT_STORE), DEFAULT_STORE),
  runs: () =>
    new Option("--runs <place>", "folder or s3://… that holds runs by themselves, such as a copy of them")
      .conflicts(["store", "stage"])
      .argParser(uri),
  model: () =>
    new Option(
      "--model <place>",
      "a store (its production model), a version's folder, or STORE#VERSION or STORE#CHANNEL",
    ).env("HILUM_MODEL_URI"),
  stage: () =>
    new Option("--stage <name>", "a deployed stage (bin/stages.ts), in the account and region of the AWS profile")
      .conflicts("store")
      .argParser(stageNameOf),
  data: () => new Option("--data <folder>", "folder or s3:// prefix with labels (CSV) and films").argParser(dataUri),
  protocol: () =>
    new Option("--protocol <name>", "how films are divided: by patient, or as the published study did it").choices(
      Protocol.options,
    ),
  followLinks: () =>
    new Option(
      "--follow-links",
      "read films to which links lead out of the data folder; only where you know who made them",
    ),
  json: () => new Option("--json", "results as JSON on stdout"),
  seed: (what = "another seed gives other films") =>
    new Option("--seed <n>", what).argParser(whole(0, 2 ** 31 - 1)).default(1),
  port: () => new Option("--port <n>", "port to listen on; 0 for any that is free").argParser(whole(0, 65_535)),
  index: () => new Option("--index <n>", "member of an array job").argParser(whole(0, 9_999)),
  device: () => new Option("--device <kind>", "what trains").choices(["cpu", "gpu"]),
  feedbackPerDay: () =>
    new Option("--feedback-per-day <n>", "feedback that is kept in a day; whoever calls is one reader")
      .argParser(whole(1, 1_000_000))
      .default(FEEDBACK_PER_DAY),
  refuse: () =>
    new Option("--refuse <films>", "films that are refused, which else are answered without a decision").choices(
      REFUSALS,
    ),
  workers: () =>
    new Option("--workers <n>", "processes that answer at a time, each with the model in its memory")
      .argParser(whole(1, availableParallelism()))
      .default(1),
  parallel: () =>
    new Option("--parallel <n>", "members of an array job at a time")
      .argParser(whole(1, availableParallelism()))
      .default(1),
};
