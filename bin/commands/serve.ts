import { type Command, InvalidArgumentError, Option } from "commander";
import type { Refusal } from "../../lib/contracts/api.ts";
import { roomsOf, storeUri } from "../../lib/store/open.ts";
import { feedbackOf, locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";

interface ServeOptions {
  readonly store: string;
  readonly model?: string;
  readonly refuse?: Refusal;
  readonly port?: number;
  readonly host: string;
  readonly feedback?: string;
  readonly feedbackPerDay?: number;
  readonly corsOrigin?: string[];
  readonly origin?: string;
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "")
    return url.origin;
  throw new InvalidArgumentError("expected http://NAME or https://NAME, with a port or without.");
}

export function registerServe(program: Command): void {
  program
    .command("serve")
    .description("answer for films: the page and the HTTP API, on this machine")
    .addOption(option.store())
    .addOption(option.model())
    .addOption(option.port())
    .addOption(option.refuse())
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--feedback <place>", "folder or s3://… for readers' labels (default: feedback in the store)")
    .addOption(option.feedbackPerDay())
    .addOption(
      new Option("--origin <origin>", "by which others call it, such as https://films.example of a proxy").argParser(
        (text) => parseOrigin(text),
      ),
    )
    .option("--cors-origin <origin...>", "origins whose pages may call, such as https://ward.example")
    .addHelpText("after", "\nExample:\n  $ hilum serve --port 8080\n")
    .action(async ({ store, model, feedback, corsOrigin, ...options }: ServeOptions) => {
      const { serveUntilStopped } = await import("../cli/serve.ts");
      await serveUntilStopped({
        ...(await locateModel(model, store)),
        ...options,
        runs: roomsOf(store).HILUM_RUNS,
        feedback: feedback === undefined ? feedbackOf(store) : storeUri(feedback),
        corsOrigins: corsOrigin,
      });
    });
}
