import type * as z from "zod";
import { type Delivered, DeliveryEnvironment } from "../../lib/contracts/delivery.ts";
import { tellIssues } from "../../lib/contracts/tell-issues.ts";
import { InputError } from "../../lib/domain/errors.ts";
import type { Stage } from "../../lib/stacks/stage.ts";
import { stageNamed } from "../stages.ts";

/** The way of a delivery, from the first account to the last; docs/delivery.md. Put yours here. */
const ENVIRONMENTS: readonly z.input<typeof DeliveryEnvironment>[] = [
  { name: "dev", repository: "your-organisation/hilum", account: "111111111111", region: "eu-central-1" },
  { name: "prod", repository: "your-organisation/hilum", account: "222222222222", region: "eu-central-1" },
];

/** @throws InputError `delivery` where a setting is wrong, or an account is to learn of GitHub twice; `no-such-stage` */
export function wayOf(
  environments: readonly z.input<typeof DeliveryEnvironment>[] = ENVIRONMENTS,
): readonly (Delivered & { readonly stage: Stage })[] {
  const way = environments.map((environment) => {
    const parsed = DeliveryEnvironment.safeParse(environment);
    if (!parsed.success) {
      throw new InputError("delivery", `environment ${environment.name}: ${tellIssues(parsed.error, "it")}`);
    }
    const stage = stageNamed(parsed.data.name);
    return { ...parsed.data, qualifier: stage.account.qualifier, stage };
  });
  const twice = way.find(({ account, knowsGitHub }, index) => {
    const first = way.findIndex((other) => other.account === account);
    return first < index && !knowsGitHub;
  });
  if (twice !== undefined) {
    const why = `account ${twice.account} is told of GitHub twice; expected knowsGitHub: true, or another account`;
    throw new InputError("delivery", `environment ${twice.name}: ${why}`);
  }
  return way;
}
