import { examine } from "../../../lib/cloud/doctor/examine.ts";
import type { NamedFinding } from "../../../lib/contracts/finding.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { stageNamed, stages } from "../../stages.ts";
import { loadConfig } from "../config.ts";

/** What a stage of bin/stages.ts needs of the account. @throws InputError `no-stage`, `no-such-stage` */
export async function examineStage(name: string | undefined): Promise<readonly NamedFinding[]> {
  if (name === undefined) {
    const names = stages().map((stage) => stage.name);
    throw new InputError("no-stage", `--aws: for which stage? Expected --stage with one of ${names.join(", ")}`);
  }
  const { network, vpc, cpu, gpu, api, account, preset } = stageNamed(name);
  const instances = { cpu: cpu.instances, gpu: gpu.instances };
  const { qualifier, permissionsBoundary } = account;
  const config = await loadConfig(preset);
  const [way, subnetIds] = typeof network === "string" ? [network, []] : (["existing", network.subnetIds] as const);
  return examine({
    ...{ stage: name, network: way, subnetIds, zones: vpc.zones ?? [] },
    ...{ instances, api, qualifier, permissionsBoundary, config },
  });
}
