import { reportError } from "../../lib/domain/errors.ts";
import { type Device, requireDevice } from "../../lib/engine/tensorflow.ts";

// Loads the engine by itself, so that a broken one can't take the caller with it, and its own chatter stays here.
try {
  console.log(JSON.stringify(requireDevice(process.argv[2] as Device["kind"])));
} catch (error) {
  const { code, message } = reportError(error);
  console.error(`${code}: ${message}`);
  process.exitCode = 1;
}
