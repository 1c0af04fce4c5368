import type { VersionId } from "../../../lib/contracts/model-version.ts";
import { listValidations } from "../../../lib/registry/validations.ts";
import { counted } from "../../../lib/report/format.ts";
import type { Store } from "../../../lib/store/store.ts";

/** An external validation in a few words. */
export interface ValidationSummary {
  readonly id: string;
  readonly createdAt: string;
  readonly data: string;
  readonly films: number;
  readonly meanAuroc: number | null;
}

/** Those of a version, newest first. */
export const validationsOf = async (models: Store, version: VersionId): Promise<ValidationSummary[]> =>
  (await listValidations(models, version)).map(({ id, createdAt, data, films, meanAuroc }) => ({
    ...{ id, createdAt, data: data.name, films: films.judged, meanAuroc: meanAuroc.external },
  }));

export const validationText = ({ createdAt, data, films, meanAuroc }: ValidationSummary): string =>
  `${createdAt.slice(0, 10)}  ${data}: ${counted(films, "film")}, mean AUROC ${meanAuroc?.toFixed(3) ?? "not defined"}`;
