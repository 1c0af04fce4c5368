/**
 * TensorFlow as an image carries it: `node engine.mjs PACKAGE FOLDER` writes FOLDER/PACKAGE. The package's JavaScript
 * becomes two files instead of its hundred megabytes of dependencies; the native libraries lose their symbol tables.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { LINKS } from "../../lib/setup/engine.mjs";
import { variantFor } from "../../lib/setup/engine-variants.mjs";
import { bundledPackages, writeSbom } from "./sbom.mjs";
import { cudaWheels, tensorflowWheel } from "./wheels.mjs";

const [name = "", folder = ""] = process.argv.slice(2);
const from = join("node_modules", name);
const to = join(folder, name);
const { version, license, binary } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));

/** Where the binding stands is known; the package's own search for it brings an installer with it. */
const knownBinding = {
  name: "known-binding",
  setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /^@mapbox\/node-pre-gyp$/ }, () => ({ path: "binding", namespace: "known" }));
    onLoad({ filter: /.*/, namespace: "known" }, () => ({
      contents: `exports.find = () => require("node:path").join(__dirname, "../lib/napi-v8/${binary.module_name}.node");`,
    }));
  },
};

const { metafile } = await build({
  entryPoints: [join(from, "dist/index.js"), join(from, "dist/proto/api_pb.js")],
  outbase: join(from, "dist"),
  outdir: join(to, "dist"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node24",
  mainFields: ["main"],
  plugins: [knownBinding],
  legalComments: "linked",
  metafile: true,
  logLevel: "error",
});
writeFileSync(
  join(to, "package.json"),
  JSON.stringify({ name, version, license, main: "dist/index.js", binary }, undefined, 2),
);

const libraries = join(to, "deps/lib");
mkdirSync(libraries, { recursive: true });
for (const [link, file] of Object.entries(LINKS)) {
  cpSync(realpathSync(join(from, "deps/lib", file)), join(libraries, file));
  execFileSync("strip", ["--strip-unneeded", join(libraries, file)]);
  symlinkSync(file, join(libraries, link));
}
cpSync(join(from, "lib/napi-v8"), join(to, "lib/napi-v8"), { recursive: true });

const variant = variantFor(name.endsWith("-gpu") ? "cuda" : "cpu", "linux", "x64");
if (variant === undefined) throw new Error(`no wheel for ${name}`);
writeSbom(to, {
  packages: [...bundledPackages(metafile), from],
  besides: [tensorflowWheel(variant), ...(name.endsWith("-gpu") ? cudaWheels() : [])],
});
