import { type App, type IPolicyValidationContext, type IPolicyValidationPlugin, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, HIPAASecurityChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { EXCEPTIONS, type Exception } from "./exceptions.ts";

/** The field's rules for solutions on AWS and for health data; a finding without a reasoned exception ends synthesis. */
export function addChecks(app: App): void {
  const packs = () => [new AwsSolutionsChecks(app), new HIPAASecurityChecks(app)];
  Validations.of(app).addPlugins(new ExceptionsByName(packs()), ...packs());
}

/**
 * Acknowledges what the table of exceptions names, finding by finding and each on the very resource that it is about.
 * It runs before the rules do, on the finished tree, since a finding's name holds what only synthesis knows.
 */
class ExceptionsByName implements IPolicyValidationPlugin {
  readonly name = "hilum-exceptions";
  readonly #packs: readonly { validateScope(scope: IConstruct): Report }[];

  constructor(packs: readonly { validateScope(scope: IConstruct): Report }[]) {
    this.#packs = packs;
  }

  validate(context: IPolicyValidationContext) {
    const { appConstruct: app } = context as IPolicyValidationContext & { readonly appConstruct: IConstruct };
    for (const { violations } of this.#packs.map((pack) => pack.validateScope(app))) {
      for (const { ruleName, violatingResources } of violations) {
        for (const { constructPath = "" } of violatingResources) {
          const exception = EXCEPTIONS.find((one) => applies(one, ruleName, constructPath));
          const resource = exception && find(app, constructPath);
          if (resource) Validations.of(resource).acknowledge({ id: ruleName, reason: exception.reason });
        }
      }
    }
    return { success: true, violations: [] };
  }
}

interface Report {
  readonly violations: readonly {
    readonly ruleName: string;
    readonly violatingResources: readonly { readonly constructPath?: string }[];
  }[];
}

const applies = ({ rule, finding, at }: Exception, ruleName: string, path: string): boolean => {
  const [, name = ruleName, what] = ruleName.match(/^([^[]+)\[(.*)\]$/s) ?? [];
  return rule === name && (finding === undefined ? what === undefined : finding.test(what ?? "")) && at.test(path);
};

const find = (app: IConstruct, path: string): IConstruct | undefined =>
  path.split("/").reduce<IConstruct | undefined>((node, id) => node?.node.tryFindChild(id), app);
