import { spawn } from "node:child_process";

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, show?: boolean }} [options] `show` lets the user watch its messages
 * @returns {Promise<{ code: number | null, output: string, missing: boolean }>} output holds both streams, its last 64 kB
 */
export const runCommand = (program, args, { env = process.env, cwd, show = false } = {}) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (/** @type {Buffer} */ piece) => {
      output = (output + piece.toString()).slice(-65_536);
      if (show) process.stderr.write(piece);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ code: null, output: error.message, missing: true }));
    child.on("close", (code) => resolve({ code, output, missing: false }));
  });
