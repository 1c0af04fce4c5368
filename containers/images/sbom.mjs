import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const TOOL = resolve("node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js");
const PACKAGE_PATH = "cdx:npm:package:path";

/**
 * @typedef {{ bomFormat: string, specVersion: string, version: number, metadata: object, components: Component[] }} Bom CycloneDX
 * @typedef {{ type: string, name: string, version: string, purl: string, properties?: { name: string, value: string }[],
 *   components?: Component[] }} Component
 */

/**
 * Writes a CycloneDX list of what stands in a folder of an image: `sbom.json`.
 * @param {string} folder of the image
 * @param {{ packages: Iterable<string>, project?: string, besides?: Component[] }} contents `packages` as
 *   `node_modules/NAME` in the project, whose lock file knows their versions; what did not come from npm `besides`
 */
export function writeSbom(folder, { packages, project = ".", besides = [] }) {
  const wanted = new Set(packages);
  const { components, ...bom } = lockFileBom(project);
  const found = flatten(components).filter((component) => wanted.delete(pathOf(component)));
  if (wanted.size > 0) throw new Error(`not in the lock file: ${[...wanted].join(", ")}`);
  writeBom(join(folder, "sbom.json"), { ...bom, components: [...found, ...besides] });
}

/**
 * All packages of a project's lock file, the same bytes each time.
 * @param {string} project its folder
 * @returns {Bom}
 */
export function lockFileBom(project) {
  const args = ["--package-lock-only", "--output-reproducible", "--output-format", "JSON", "--output-file", "-"];
  const output = execFileSync(process.execPath, [TOOL, ...args, join(project, "package.json")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  const { bomFormat, specVersion, metadata, components } = JSON.parse(output);
  return { bomFormat, specVersion, version: 1, metadata, components };
}

/** @param {string} file @param {Bom} bom */
export const writeBom = (file, bom) => writeFileSync(file, `${JSON.stringify(bom, undefined, 2)}\n`);

/** @param {Component[]} components @returns {Component[]} */
const flatten = (components) =>
  components.flatMap(({ components: inner = [], ...component }) => [component, ...flatten(inner)]);

/** @param {Component} component */
const pathOf = ({ properties = [] }) => properties.find(({ name }) => name === PACKAGE_PATH)?.value ?? "";

/**
 * The packages of which esbuild has put something into its output.
 * @param {import("esbuild").Metafile} metafile
 */
export function bundledPackages(metafile) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return new Set(used.flatMap((path) => /node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
}

/**
 * A package with all that it depends on and that is installed.
 * @param {string} path `node_modules/NAME`
 * @returns {string[]}
 */
export function closure(path, seen = new Set()) {
  if (seen.has(path) || !existsSync(path)) return [...seen];
  seen.add(path);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const own = join(path, "node_modules", name);
    closure(existsSync(own) ? own : join("node_modules", name), seen);
  }
  return [...seen];
}
