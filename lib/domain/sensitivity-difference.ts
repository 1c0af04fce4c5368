import { errorsAway, type PairedColumn, type PairedDifference } from "./paired-difference.ts";

/**
 * Difference of two sensitivities on the same positive films, each at its own threshold: Bonett and Price (2012), which
 * adds a film to either kind of disagreement, so that few films without one are no certainty. Films of one patient count
 * as fewer by the design effect of their disagreements (Rao and Scott 1992).
 * @param confidence of the one-sided bound
 * @returns null where fewer than two patients have a positive film
 */
export function sensitivityDifference(
  { labels, candidate, reference, patients }: PairedColumn,
  confidence: number,
  thresholds: { readonly candidate: number; readonly reference: number },
): PairedDifference | null {
  const byPatient = new Map<number, { films: number; gained: number; lost: number }>();
  for (let row = 0; row < labels.length; row += 1) {
    if (!(labels[row]! > 0.5)) continue;
    const patient = byPatient.get(patients[row]!) ?? { films: 0, gained: 0, lost: 0 };
    byPatient.set(patients[row]!, patient);
    const ours = candidate[row]! >= thresholds.candidate;
    const theirs = reference[row]! >= thresholds.reference;
    patient.films += 1;
    if (ours && !theirs) patient.gained += 1;
    if (theirs && !ours) patient.lost += 1;
  }
  const all = [...byPatient.values()];
  if (all.length < 2) return null;
  const [positives, gained, lost] = [sum(all, "films"), sum(all, "gained"), sum(all, "lost")];
  const value = (gained - lost) / positives;
  const independent = (positives / (positives - 1)) * (gained + lost - positives * value * value);
  const clustered =
    (all.length / (all.length - 1)) *
    all.reduce((squares, p) => squares + (p.gained - p.lost - p.films * value) ** 2, 0);
  // Where no film tells, a patient's films are taken for one.
  const effect = independent > 0 ? Math.max(1, clustered / independent) : positives / all.length;
  const films = positives / effect + 2;
  const [up, down] = [(gained / effect + 1) / films, (lost / effect + 1) / films];
  const standardError = Math.sqrt((up + down - (up - down) ** 2) / films);
  const away = errorsAway(
    confidence,
    all.map((patient) => patient.films),
  );
  return { value, standardError, lower: up - down - away * standardError, positives, patients: all.length };
}

const sum = <K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number =>
  items.reduce((total, item) => total + item[key], 0);
