import type { ReportMaterial } from "./material.ts";
import { page } from "./page.ts";
import { calibration } from "./sections/calibration.ts";
import { data } from "./sections/data.ts";
import { localisation } from "./sections/localisation.ts";
import { performance } from "./sections/performance.ts";
import { caveats, provenance } from "./sections/provenance.ts";
import { published } from "./sections/published.ts";
import { subgroups } from "./sections/subgroups.ts";
import { summary } from "./sections/summary.ts";
import { training } from "./sections/training.ts";

/**
 * The evaluation as one HTML file. Reads like the results of a paper: summary, performance, heat maps, training, data,
 * what it can't say, how to make it again.
 */
export async function renderReport(material: ReportMaterial): Promise<string> {
  const { request } = material;
  return page({
    title: `Evaluation of ${request.run}`,
    kicker: `Hilum evaluation report, ${request.createdAt.slice(0, 10)}`,
    description: request.config.description,
    footer: "Made by Hilum from the run's own files. Not for clinical use.",
    sections: [
      summary(material),
      await performance(material),
      await calibration(material),
      await subgroups(material),
      published(material),
      await localisation(material),
      await training(material),
      await data(material),
      caveats(material),
      provenance(material),
    ],
  });
}
