import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Dataset, UpsamplingRecord } from "../../../lib/contracts/dataset.ts";
import { GateDecision } from "../../../lib/contracts/decision.ts";
import { Evaluation } from "../../../lib/contracts/evaluation.ts";
import { ModelCard } from "../../../lib/contracts/model-card.ts";
import { Channels, ModelVersion } from "../../../lib/contracts/model-version.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { RunOutcome, RunRequest } from "../../../lib/contracts/run.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { kindOfVersion } from "../../../lib/domain/provenance.ts";
import { anchorOf } from "../../../lib/registry/channels.ts";
import { observationStatuses } from "../../../lib/registry/observation-statuses.ts";
import { versionId } from "../../../lib/registry/version-id.ts";
import { renderModelCard } from "../../../lib/report/model-card.ts";
import { decodeDocument } from "../../../lib/store/documents.ts";

/** Documents of a small run on phantoms, written before labels had a third state and models an anchor. */
const folder = new URL("../../fixtures/first-edition/", import.meta.url);

const bytesOf = (name: string): Promise<Uint8Array> => readFile(new URL(`${name}.json`, folder));

describe("documents of the first edition", () => {
  it.each([
    ["channels", Channels],
    ["dataset", Dataset],
    ["decision", GateDecision],
    ["evaluation", Evaluation],
    ["model", ModelVersion],
    ["model-card", ModelCard],
    ["outcome", RunOutcome],
    ["plan", Plan],
    ["request", RunRequest],
    ["test-set", TestSet],
    ["upsampling", UpsamplingRecord],
    ["validation", Validation],
  ] as const)("%s can be read", async (name, schema) => {
    expect(decodeDocument(schema, await bytesOf(name), name)).toBeTypeOf("object");
  });

  it("mean what they meant: an id is of its content, the model in production is the anchor, `kept` is not promoted", async () => {
    const { version, createdAt: _, ...content } = decodeDocument(ModelVersion, await bytesOf("model"), "model");
    expect(versionId(content)).toBe(version);
    expect(anchorOf(decodeDocument(Channels, await bytesOf("channels"), "channels"))).toBe(version);
    expect(decodeDocument(RunOutcome, await bytesOf("outcome"), "outcome").status).toBe("not-promoted");
  });

  it("tell what the model learned, and are shown as they are where something was not told yet", async () => {
    const model = decodeDocument(ModelVersion, await bytesOf("model"), "model");
    const evaluation = decodeDocument(Evaluation, await bytesOf("evaluation"), "evaluation");
    expect(new Set(observationStatuses(model, evaluation))).toEqual(new Set(["not-claimed", "not-learned"]));
    expect(kindOfVersion(model)).toBe("films");
    expect(evaluation.perObservation.Edema.brierInterval).toBeNull();
    const card = decodeDocument(ModelCard, await bytesOf("model-card"), "card");
    expect(renderModelCard(card)).toContain("</html>");
  });
});
