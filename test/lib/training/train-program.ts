import { TrainerEnvironment } from "../../../lib/contracts/environment.ts";
import { runProgram } from "../../../lib/steps/program.ts";
import { writeSafetensors } from "../../../lib/store/safetensors.ts";
import { openCheckpoints } from "../../../lib/training/checkpoint-store.ts";
import { train } from "../../../lib/training/loop.ts";
import { BEGUN_AFTER_STOP } from "./begun-after-stop.ts";
import { setUp, watched } from "./setup.ts";

/** Milliseconds a step takes at least, so that a parent can hit this process in the middle of one. */
const STEP_MS = Number(process.env.STEP_MS ?? 0);

/** A process that trains the small linear model under the harness of every step program. */
await runProgram({ step: "train", array: true, environment: TrainerEnvironment }, async (context) => {
  const { rooms, keys, signal, request } = context;
  const member = keys.member(context.index);
  const options = setUp({ config: request.config.training, signal });
  const session = watched(options.session, () => {
    if (signal.aborted) console.error(BEGUN_AFTER_STOP);
    // A step of a network blocks its thread; so does this.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STEP_MS);
  });
  const checkpoints = openCheckpoints(rooms.runs, member);
  const { weights, journal } = await train({ ...options, session, checkpoints, reporter: context });
  const tensors = new Map([...weights].map(([name, tensor]) => [name, { dtype: "F32" as const, ...tensor }]));
  await rooms.runs.put(member.weights, writeSafetensors({ tensors, metadata: {} }));
  return { steps: journal.step };
});
