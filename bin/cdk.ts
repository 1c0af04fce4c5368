import { stillTemplate } from "../functions/api/still-template.ts";
import { createCdkApp } from "../lib/stacks/app.ts";
import { addChecks } from "../lib/stacks/checks.ts";
import { gatewaySource } from "./gateway-source.ts";
import { program } from "./program.ts";
import { stages } from "./stages.ts";

/** Account and region of the caller's AWS profile, as the CDK's command line gives them; none for a dry synthesis. */
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;

await program(() => {
  const app = createCdkApp({
    stages: stages(),
    env: { ...(account && { account }), ...(region && { region }) },
    document: gatewaySource(),
    runPage: stillTemplate(),
  });
  addChecks(app);
  app.synth();
});
