import { promoteImages } from "../../lib/cloud/registry/promote-images.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { program } from "../program.ts";
import { wayOf } from "./environments.ts";

/** Copies the images of a stage's templates from the environment before it, by digest: `promote-images.ts prod [cdk.out]`. */
await program(async () => {
  const [name, folder = "cdk.out"] = process.argv.slice(2);
  const way = wayOf();
  const index = way.findIndex((environment) => environment.name === name);
  const [from, to] = [way[index - 1], way[index]];
  if (from === undefined || to === undefined) {
    const names = way.slice(1).map((environment) => environment.name);
    throw new InputError("delivery", `promote-images ${name ?? ""}: expected one of ${names.join(", ")}`);
  }
  for (const { name, digest, copied } of await promoteImages({ from, to, folder })) {
    console.log(`${name.padEnd(14)} ${digest}  ${copied ? "copied" : "there already"}`);
  }
});
