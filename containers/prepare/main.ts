import { prepare } from "../../lib/data/steps/prepare.ts";
import { runProgram } from "../../lib/steps/program.ts";

// Nothing here has a oneDNN kernel, and with it TensorFlow writes a note of its own to stderr.
process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";

await runProgram({ step: "prepare", array: true }, (context) => prepare(context));
