import { shellWord, statusText } from "../../../functions/api/runs-page/text.js";
import { duration } from "../../../lib/domain/duration.ts";
import { claimsText } from "../../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { progressText, figures as text } from "../../../lib/local/display/format.ts";
import { count, counted } from "../../../lib/report/format.ts";
import { type RunView, readRun } from "../../../lib/runs/read-run.ts";
import type { MemberState, RunState } from "../../../lib/runs/states.ts";
import { openRooms, roomsOf, storeOfRoom } from "../../../lib/store/open.ts";
import { validationsOf, validationText } from "../models/validations.ts";
import { asShownPath, DEFAULT_STORE, inPaths } from "../places.ts";
import { interval, NOT_CLAIMED, openRuns, type RunsOptions, table } from "./runs-room.ts";

/** States and figures of a run, as far as it has come. */
export async function showRun(run: string, { json, ...place }: RunsOptions): Promise<void> {
  const room = await openRuns(place);
  const view = await readRun(room, run);
  if (json) return console.log(JSON.stringify(view));
  const { status, failure, seconds, rows, labels, fingerprint, model, files, config } = view;
  // Runs that lie by themselves, as a copy of them and a stage's do, have no models beside them.
  const store = storeOfRoom("runs", room.uri);
  const validations =
    model === null || store === null ? [] : await validationsOf(openRooms(roomsOf(store)).models, model);
  const films = (byCode: Readonly<Record<string, number>>): string | null =>
    Object.entries(byCode)
      .map(([code, n]) => `${n} ${code}`)
      .join(", ") || null;
  const facts: [string, string | null][] = [
    ["Run", `${run}: ${statusText(status)}${seconds === null ? "" : ` (${duration(seconds * 1000)})`}`],
    ["Made", view.createdAt],
    [
      "Network",
      `${config.model.network}, ${config.geometry.size} pixels, ${counted(config.training.seeds.length, "member")}`,
    ],
    ["Data", `${fingerprint.slice(0, 16)}…${rows.read === null ? "" : `, ${counted(rows.read, "row")}`}`],
    ["Labels", labels && `${count(labels.all)}, ${count(labels.notLabelled)} of them not labelled`],
    ["Caution", view.caution],
    ["Set aside", films(rows.setAside)],
    ["Warnings", films(rows.warnings)],
    ["Failure", failure && `${failure.step}: ${failure.message} (${failure.code}, exit code ${failure.exitCode})`],
    ...(view.decision === null ? [] : gateLines(view.decision)),
    ["Go on", view.resumable && resumeCommand(run, view.resumable)],
    ["Model", model],
    ...validations.map((one, i): [string, string] => [i === 0 ? "Validated" : "", validationText(one)]),
    ["Report", files.report ? asShownPath(`${room.uri}/${run}/report.html`) : null],
    ["TensorBoard", files.tensorboard ? `tensorboard --logdir ${shellWord(asShownPath(view.members))}` : null],
  ];
  for (const document of view.unreadable) console.error(`hilum: warning: run ${run}: ${inPaths(document)}`);
  console.log(table(facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))));
  console.log(`\n${table([["STATE", "STATUS", "TIME", ""], ...stateRows(view)])}`);
  const curve = epochRows(view);
  if (curve.length > 0) {
    console.log(`\n${table([["MEMBER", "EPOCH", "LOSS", "TUNING LOSS", "TUNING AUROC", "IMAGES/S"], ...curve])}`);
  }
  if (view.figures) {
    console.log(`\n${table([["FIGURE", "TEST PATIENTS (95 %)"], ...figureRows(view.figures)])}`);
    if (view.figures.claims.claimed < view.figures.claims.measured) console.log(NOT_CLAIMED);
  }
}

/** What it decided, and what stood against it, a line each. */
function gateLines({ decision, checks }: NonNullable<RunView["decision"]>): [string, string][] {
  const failed = checks.filter(({ passed }) => !passed);
  return [
    ["Gate", `${decision}: ${checks.length - failed.length} of ${counted(checks.length, "check")} passed`],
    ...failed.map(({ rule, detail }): [string, string] => ["", `${rule}: ${detail}`]),
  ];
}

function resumeCommand(run: string, store: string): string {
  const place = asShownPath(store);
  return `bin/hilum runs resume ${run}${place === DEFAULT_STORE ? "" : ` --store ${shellWord(place)}`}`;
}

const stateRows = ({ states }: RunView): string[][] =>
  states
    .filter(({ step, status }) => step !== null && status !== "skipped")
    .flatMap((state) =>
      state.members.length < 2
        ? [[state.state, state.status, ...told(state.members[0])]]
        : [[state.state, state.status, "", `${done(state)} of ${state.members.length} done`], ...memberRows(state)],
    );

const done = ({ members }: RunState): number => members.filter(({ status }) => status === "done").length;

const memberRows = ({ members }: RunState): string[][] =>
  members.map((member) => [`  member ${member.index}`, member.status, ...told(member)]);

/** What stands still has no pace. */
const AT_REST = { rate: null, secondsLeft: null };

function told(member: MemberState | undefined): [time: string, what: string] {
  if (member?.startedAt == null) return ["", ""];
  const { startedAt, endedAt, starts, earlier, status, progress, summary, failure } = member;
  const running = status === "running";
  const end = endedAt === null ? (running ? Date.now() : null) : Date.parse(endedAt);
  const what = [
    starts > 1 ? `begun ${starts} times` : "",
    earlier ? "done before, skipped since" : "",
    summary ? text(summary) : "",
    status !== "done" && progress ? progressText(running ? progress : { ...progress, ...AT_REST }) : "",
    failure ? `${running || status === "pending" ? "the attempt before: " : ""}${failure.message}` : "",
  ];
  return [
    // Another machine's clock may be ahead.
    end === null || status === "pending" ? "" : duration(Math.max(0, end - Date.parse(startedAt))),
    what.filter((part) => part !== "").join("; "),
  ];
}

export const epochRows = ({ histories }: Pick<RunView, "histories">): string[][] =>
  histories.flatMap(({ member, epochs, bestEpoch }) =>
    epochs.map(({ epoch, trainLoss, tuningLoss, tuningMeanAuroc, imagesPerSecond }) => [
      String(member),
      `${epoch}${epoch === bestEpoch ? " (best)" : ""}`,
      trainLoss.toFixed(4),
      tuningLoss?.toFixed(4) ?? "-",
      tuningMeanAuroc?.toFixed(3) ?? "-",
      imagesPerSecond.toFixed(1),
    ]),
  );

const figureRows = (figures: NonNullable<RunView["figures"]>): string[][] => [
  [`mean AUROC (${claimsText(figures.claims)})`, interval(figures.meanAuroc, figures.meanAurocInterval)],
  ...OBSERVATIONS.map((name) => {
    const { auroc, aurocInterval, mayClaim } = figures.perObservation[name];
    return [auroc === null || mayClaim ? name : `${name} †`, interval(auroc, aurocInterval)];
  }),
];
