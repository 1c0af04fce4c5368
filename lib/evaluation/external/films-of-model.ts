import { runKeys } from "../../contracts/layout.ts";
import type { ModelVersion } from "../../contracts/model-version.ts";
import { RunRequest } from "../../contracts/run.ts";
import { Protocol, type RunConfig } from "../../contracts/run-config.ts";
import { loadParts, loadRows } from "../../data/rows.ts";
import { InputError } from "../../domain/errors.ts";
import type { KnownFilms } from "../../domain/exam-films.ts";
import { findDocument } from "../../store/documents.ts";
import { NotFoundError } from "../../store/errors.ts";
import type { Store } from "../../store/store.ts";
import { knownFilms } from "../exams/examinee.ts";

/** The films of the run that made a version, or why they can't be told. */
export async function filmsOfModel(
  runs: Store | null,
  { trainedOn: { run }, protocol }: ModelVersion,
): Promise<KnownFilms | string> {
  if (runs === null) return `the model stands without its store, and so without its run ${run}`;
  try {
    const rows = await loadRows(runs, run);
    // Its labels are not asked here.
    return knownFilms({ rows, split: await loadParts(runs, run, Protocol.parse(protocol), rows) }, false);
  } catch (error) {
    if (error instanceof NotFoundError) return `the run ${run} that made it is gone`;
    if (error instanceof InputError) return `the run ${run} that made it is not whole (${error.message})`;
    throw error;
  }
}

/** The views that a version learned from; undefined where its run is gone. */
export async function viewsOfModel(
  runs: Store | null,
  { trainedOn: { run } }: ModelVersion,
): Promise<RunConfig["views"] | undefined> {
  const request = runs && (await findDocument(runs, runKeys(run).request, RunRequest));
  return request?.config.views;
}
