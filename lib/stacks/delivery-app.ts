import { App, DefaultStackSynthesizer, type IStackSynthesizer } from "aws-cdk-lib";
import { type Delivered, deliveryStackName } from "../contracts/delivery.ts";
import { followAccount } from "./account.ts";
import { DeliveryStack } from "./delivery-stack.ts";
import type { Stage } from "./stage.ts";

/** A stack for each account on the way, in the order in which images go. */
export function createDeliveryApp(
  way: readonly (Delivered & { readonly stage: Stage })[],
  outdir?: string | undefined,
): App {
  const app = new App({ ...(outdir !== undefined && { outdir }), analyticsReporting: false });
  for (const [index, here] of way.entries()) {
    const { name, account, region, qualifier, stage } = here;
    const stack = new DeliveryStack(app, deliveryStackName(name), {
      env: { account, region },
      synthesizer: new DefaultStackSynthesizer({ qualifier }) as IStackSynthesizer,
      here,
      before: way[index - 1],
      next: way[index + 1],
    });
    followAccount(stack, stage);
  }
  return app;
}
