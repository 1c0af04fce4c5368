import { withSources } from "../domain/card-statements.ts";
import { cautionOf } from "../domain/provenance.ts";
import type { ReportMaterial } from "./material.ts";
import { numbered } from "./numbering.ts";
import { page } from "./page.ts";
import { calibration } from "./sections/calibration.ts";
import { data } from "./sections/data.ts";
import { localisation } from "./sections/localisation.ts";
import { netBenefit } from "./sections/net-benefit.ts";
import { performance } from "./sections/performance.ts";
import { caveats, provenance } from "./sections/provenance.ts";
import { published } from "./sections/published.ts";
import { robustness } from "./sections/robustness.ts";
import { sampleSize } from "./sections/sample-size.ts";
import { compositionTable, sources } from "./sections/sources.ts";
import { statements } from "./sections/statements.ts";
import { studies } from "./sections/studies.ts";
import { subgroups } from "./sections/subgroups.ts";
import { summary } from "./sections/summary.ts";
import { training } from "./sections/training.ts";

/**
 * The evaluation as one HTML file. Reads like the results of a paper: summary, performance, heat maps, training, data,
 * what it can't say, how to make it again.
 */
export async function renderReport(material: ReportMaterial): Promise<string> {
  const { request, plan } = material;
  const markup = page({
    title: `Evaluation of ${request.run}`,
    kicker: `Hilum evaluation report, ${request.createdAt.slice(0, 10)}`,
    description: request.config.description,
    caution: cautionOf({ name: request.config.name, provenance: plan.provenance }),
    footer: "Made by Hilum from the run's own files. Not for clinical use.",
    sections: [
      summary(material),
      await performance(material),
      studies(material.evaluation.studyLevel),
      await calibration(material),
      await netBenefit(material),
      await subgroups(material),
      published(material),
      await localisation(material),
      await training(material),
      await data(material),
      sources(plan.provenance),
      compositionTable(material.composition, "Table #. Films by part."),
      sampleSize(material),
      robustness(material),
      caveats(material),
      statements(withSources(plan.statements ?? {}, plan.provenance)),
      provenance(material),
    ],
  });
  return numbered(markup);
}
