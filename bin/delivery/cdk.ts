import { addChecks } from "../../lib/stacks/checks.ts";
import { createDeliveryApp } from "../../lib/stacks/delivery-app.ts";
import { program } from "../program.ts";
import { wayOf } from "./environments.ts";

await program(() => {
  const app = createDeliveryApp(wayOf());
  addChecks(app);
  app.synth();
});
