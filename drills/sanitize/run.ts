/**
 * `npm run sanitize -- [--rounds N] [--seed S]`: our native code, compiled with sanitizers, on programs and pictures that
 * were changed somewhere. Address and undefined behaviour: the very addons, in Node. Threads: a network's team alone, since
 * Node itself is not compiled so. Exit code 1 where a sanitizer says something, which stands above.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ADDONS, NATIVE } from "../../lib/setup/engine.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
});
const here = dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const headers = join(dirname(resolve("node-api-headers/package.json")), "include");
const engine = dirname(
  dirname(await realpath(join(dirname(resolve("#tensorflow")), "../deps/lib/libtensorflow_cc.so.2"))),
);
const compiler = process.env.CXX || "g++";
/** Whatever becomes of another kind of number does so by a cast, where somebody has looked at its range. */
const CAREFUL = ["-Wall", "-Wextra", "-Wconversion", "-Wno-psabi", "-Werror"];
const SOUND = ["-std=c++17", "-g", "-O1", "-fno-omit-frame-pointer", ...CAREFUL];

const MOST_WORDS = 8000;

function must(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  process.stdout.write(stdout);
  if (status === 0) return;
  // Decoders tell of each damaged picture; what a sanitizer says comes last.
  console.error(stderr.slice(-MOST_WORDS));
  console.error(`sanitize: ${command} ${args.slice(-3).join(" ")} ended with ${status ?? signal}`);
  process.exitCode = 1;
}

const libraryOf = (name: string): string =>
  spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim();

const out = await mkdtemp(join(tmpdir(), "hilum-sanitize-"));
try {
  for (const { name, sources, flags, callsTensorflow } of ADDONS) {
    const tensorflow = [
      `-I${join(engine, "include")}`,
      `-L${join(engine, "lib")}`,
      `-Wl,-rpath,${join(engine, "lib")}`,
    ];
    must(compiler, [
      ...[
        "-shared",
        "-fPIC",
        "-DNAPI_VERSION=8",
        ...SOUND,
        "-fsanitize=address,undefined,float-cast-overflow,float-divide-by-zero",
        "-fno-sanitize-recover=all",
      ],
      ...[...flags.filter((flag) => !flag.startsWith("-O")), `-I${headers}`],
      ...sources.map((file) => join(NATIVE, file)),
      ...(callsTensorflow ? [...tensorflow, "-ltensorflow", "-ltensorflow_framework"] : []),
      ...["-o", join(out, name)],
    ]);
  }
  const { sources } = ADDONS.find(({ name }) => name === "network.node")!;
  const team = join(out, "team");
  must(compiler, [
    ...[...SOUND, "-fsanitize=thread", "-pthread", `-I${NATIVE}`, join(here, "team.cc")],
    ...sources.filter((file) => file !== "network-addon.cc").map((file) => join(NATIVE, file)),
    ...["-o", team],
  ]);
  const addresses = {
    LD_PRELOAD: `${libraryOf("libasan.so")} ${libraryOf("libubsan.so")}`,
    // Node and TensorFlow let go of nothing when they end.
    ASAN_OPTIONS: "detect_leaks=0:allow_user_segv_handler=1:abort_on_error=1",
    UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
  };
  for (const { name } of ADDONS) {
    must(process.execPath, [join(here, "addons.mjs"), join(out, name), values.rounds, values.seed], addresses);
  }
  must(team, [String(Math.ceil(Number(values.rounds) / 100)), values.seed], { TSAN_OPTIONS: "halt_on_error=1" });
} finally {
  await rm(out, { recursive: true, force: true });
}
