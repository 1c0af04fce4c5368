/**
 * Lambda's runtime interface client as an image carries it: `node lambda-client.mjs PROJECT FOLDER` takes what runs of
 * it from where npm has compiled it, and leaves its sources and compilers there.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { writeSbom } from "./sbom.mjs";

/** Files and packages, in node_modules. */
const RUNNING = [
  ...["index.mjs", "rapid-client.node", "package.json", "LICENSE", "NOTICE", "THIRD-PARTY-LICENSES"].map(
    (file) => `aws-lambda-ric/${file}`,
  ),
  "@aws/lambda-invoke-store",
];

const [project = "", folder = ""] = process.argv.slice(2);
for (const path of RUNNING) cpSync(join(project, "node_modules", path), join(folder, path), { recursive: true });
const packages = ["node_modules/aws-lambda-ric", "node_modules/@aws/lambda-invoke-store"];
writeSbom(join(folder, "aws-lambda-ric"), { project, packages });
