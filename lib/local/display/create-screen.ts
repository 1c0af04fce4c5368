import { LiveScreen } from "./live-screen.ts";
import { PlainScreen } from "./plain-screen.ts";
import type { Output, Screen } from "./screen.ts";

/** A terminal gets a live line; colour unless NO_COLOR (https://no-color.org) is set. */
export function createScreen(output: Output, environment: NodeJS.ProcessEnv): Screen {
  const live = output.isTTY === true && environment.TERM !== "dumb";
  return live ? new LiveScreen(output, !environment.NO_COLOR) : new PlainScreen(output);
}
