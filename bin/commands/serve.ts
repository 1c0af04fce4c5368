import type { Command } from "commander";
import { locateModel } from "../cli/model-location.ts";
import { option } from "../cli/options.ts";

interface ServeOptions {
  readonly store: string;
  readonly model?: string;
  readonly port?: number;
  readonly host: string;
}

export function registerServe(program: Command): void {
  program
    .command("serve")
    .description("answer for films: the page and the HTTP API, on this machine")
    .addOption(option.store())
    .addOption(option.model())
    .addOption(option.port())
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addHelpText("after", "\nExample:\n  $ hilum serve --port 8080\n")
    .action(async ({ store, model, ...options }: ServeOptions) => {
      const { serveUntilStopped } = await import("../cli/serve.ts");
      await serveUntilStopped({ ...(await locateModel(model, store)), ...options });
    });
}
