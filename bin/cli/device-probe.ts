import { device } from "../../lib/engine/tensorflow.ts";

// Loads the engine by itself, so that a broken one can't take the caller with it, and its own chatter stays here.
console.log(JSON.stringify(device()));
