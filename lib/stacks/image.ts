import { fileURLToPath } from "node:url";
import { IgnoreMode } from "aws-cdk-lib";
import { type DockerImageAssetProps, Platform } from "aws-cdk-lib/aws-ecr-assets";
import type { Stage } from "./stage.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Programs that are images; containers/Dockerfile has a target of each one's last name. */
const FOLDERS = [
  ...["containers/prepare", "containers/upsampler", "containers/trainer", "containers/evaluator"],
  "functions/api",
] as const;
type Folder = (typeof FOLDERS)[number];

/** What the Dockerfile is told besides the stage's base: the trainer's image has NVIDIA's libraries in it. */
const BUILD_ARGS: Readonly<Partial<Record<Folder, Readonly<Record<string, string>>>>> = {
  "containers/trainer": { ENGINE: "gpu" },
};

/**
 * The image of a program, built from the repository. .dockerignore decides what goes into it; the other images' folders
 * never do, so that a change there leaves this image as it is.
 */
export const image = (folder: Folder, { images }: Stage): DockerImageAssetProps & { readonly directory: string } => {
  const buildArgs = { ...BUILD_ARGS[folder], ...(images.base !== null && { BASE: images.base }) };
  return {
    directory: ROOT,
    file: "containers/Dockerfile",
    target: folder.slice(folder.indexOf("/") + 1),
    ...(Object.keys(buildArgs).length > 0 && { buildArgs }),
    ignoreMode: IgnoreMode.DOCKER,
    exclude: ["cdk.out", ...FOLDERS.filter((other) => other !== folder)],
    platform: Platform.LINUX_AMD64,
  };
};
