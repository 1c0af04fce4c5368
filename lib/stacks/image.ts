import { fileURLToPath } from "node:url";
import { IgnoreMode } from "aws-cdk-lib";
import { type DockerImageAssetProps, Platform } from "aws-cdk-lib/aws-ecr-assets";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Folders with a Dockerfile. */
const FOLDERS = [
  ...["containers/prepare", "containers/upsampler", "containers/trainer", "containers/evaluator"],
  "functions/api",
] as const;
type Folder = (typeof FOLDERS)[number];

/**
 * An image built from the repository by the Dockerfile of a folder. .dockerignore decides what goes into it; the other
 * images' folders never do, so that a change there leaves this image as it is.
 */
export const image = (folder: Folder): DockerImageAssetProps & { readonly directory: string } => ({
  directory: ROOT,
  file: `${folder}/Dockerfile`,
  ignoreMode: IgnoreMode.DOCKER,
  exclude: ["cdk.out", ...FOLDERS.filter((other) => other !== folder)],
  platform: Platform.LINUX_AMD64,
});
