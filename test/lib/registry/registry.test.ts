import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { modelKeys } from "../../../lib/contracts/layout.ts";
import type { Channels } from "../../../lib/contracts/model-version.ts";
import { promote, readChannels, resolveVersion, rollback, setCandidate } from "../../../lib/registry/channels.ts";
import { filesOfFolder } from "../../../lib/registry/version-file.ts";
import {
  listVersions,
  loadVersion,
  materialiseVersion,
  publishVersion,
  verifyVersion,
} from "../../../lib/registry/versions.ts";
import { encodeDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { type Ground, IMPLEMENTATIONS } from "../store/implementations.ts";
import { describeVersion } from "./description.ts";

const coded = (code: string, message = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

const FILES = [
  { path: "saved_model/saved_model.pb", bytes: Buffer.from("graph") },
  { path: "saved_model/variables/variables.index", bytes: Buffer.from("") },
  { path: "card.json", bytes: Buffer.from("{}") },
];

const publish = async (models: Store, name: string): Promise<string> =>
  (await publishVersion(models, describeVersion({ name }), FILES)).version;

describe.each(IMPLEMENTATIONS)("registry: $name", ({ begin, absent }) => {
  describe.skipIf(absent)("on a store", () => {
    let ground: Ground;
    let models: Store;
    let cache: string;
    beforeAll(async () => {
      ground = await begin();
      cache = await mkdtemp(join(tmpdir(), "hilum-cache-"));
    });
    afterAll(async () => {
      await ground?.end();
      await rm(cache, { recursive: true, force: true });
    });
    beforeEach(async () => {
      models = await ground.empty();
    });

    describe("versions", () => {
      it("are named by their content, whatever the order of files and fields, and the time", async () => {
        const first = await publishVersion(models, describeVersion(), FILES);
        const { engine, ...rest } = describeVersion();
        const other = await ground.empty();
        const again = await publishVersion(other, { engine, ...rest }, [...FILES].reverse());
        expect(again.version).toBe(first.version);
        expect(await publishVersion(models, describeVersion(), FILES)).toEqual(first);
        const changed = await Promise.all([
          publishVersion(other, describeVersion({ meanAuroc: 0.81 }), FILES),
          publishVersion(other, describeVersion(), FILES.slice(1)),
          publishVersion(other, describeVersion(), [{ ...FILES[0]!, bytes: Buffer.from("Graph") }, ...FILES.slice(1)]),
        ]);
        expect(new Set([first.version, ...changed.map(({ version }) => version)]).size).toBe(4);
        const ids: string[] = [];
        for await (const id of listVersions(other)) ids.push(id);
        expect(ids).toEqual([again, ...changed].map(({ version }) => version).sort());
      });

      it("come from many publishers at once as one", async () => {
        const made = await Promise.all([1, 2, 3, 4].map(() => publishVersion(models, describeVersion(), FILES)));
        expect(new Set(made.map((manifest) => JSON.stringify(manifest))).size).toBe(1);
        expect(await verifyVersion(models, made[0]!.version)).toEqual(made[0]);
      });

      it("do not exist until their manifest does", async () => {
        const version = await publish(models, "one");
        await models.delete(modelKeys.version(version).manifest);
        await expect(loadVersion(models, version)).rejects.toEqual(coded("no-such-version", version));
        for await (const id of listVersions(models)) expect.unreachable(id);
        expect(await publish(models, "one")).toBe(version);
      });

      it("are refused when a file or the manifest was changed", async () => {
        const version = await publish(models, "one");
        const keys = modelKeys.version(version);
        const damaged = (message: string) => coded("version-damaged", message);
        await models.put(keys.file("card.json"), Buffer.from("[]"));
        await expect(verifyVersion(models, version)).rejects.toEqual(damaged("card.json: 2 bytes"));
        await expect(materialiseVersion(models, version, join(cache, "a"))).rejects.toEqual(damaged("card.json"));
        await models.delete(keys.file("card.json"));
        await expect(verifyVersion(models, version)).rejects.toEqual(damaged("card.json: missing"));
        const manifest = Buffer.from(await models.get(keys.manifest)).toString();
        await models.put(
          keys.manifest,
          Buffer.from(manifest.replace('"tensorflow": "2.21.0"', '"tensorflow": "2.22.0"')),
        );
        await expect(loadVersion(models, version)).rejects.toEqual(damaged("changed after publishing"));
        await models.put(keys.manifest, Buffer.from(manifest.replace('"Edema"', '"Oedema"')));
        await expect(loadVersion(models, version)).rejects.toEqual(coded("document", "labels"));
        await models.put(keys.manifest, Buffer.from(manifest.slice(0, 40)));
        await expect(loadVersion(models, version)).rejects.toEqual(coded("document", "expected JSON"));
      });

      it("stand in a folder for those who need one", async () => {
        const source = await mkdtemp(join(cache, "source-"));
        await writeFile(join(source, "saved_model.pb"), "graph");
        const files = await filesOfFolder(source, "saved_model");
        expect(files.map(({ path }) => path)).toEqual(["saved_model/saved_model.pb"]);
        const { version } = await publishVersion(models, describeVersion(), files);
        const local = await materialiseVersion(models, version, join(cache, "b"));
        expect(local.manifest.version).toBe(version);
        const there = openStore(`file://${local.folder}`);
        expect(Buffer.from(await there.get("saved_model/saved_model.pb")).toString()).toBe("graph");
      });
    });

    describe("channels", () => {
      const pointers = async () => {
        const { generation: _, schema: __, ...rest } = await readChannels(models);
        return rest;
      };

      it("lead from candidate to production and back", async () => {
        const one = await publish(models, "one");
        const two = await publish(models, "two");
        expect(await pointers()).toEqual({ production: null, previous: null, candidate: null, anchor: null });
        await expect(resolveVersion(models, "production")).rejects.toEqual(coded("no-model", "no model in production"));
        await setCandidate(models, one);
        expect(await pointers()).toEqual({ production: null, previous: null, candidate: one, anchor: null });
        await promote(models, one, { champion: null });
        expect(await pointers()).toEqual({ production: one, previous: null, candidate: null, anchor: one });
        await expect(rollback(models)).rejects.toEqual(coded("no-previous"));
        await setCandidate(models, two);
        await promote(models, two, { champion: one });
        expect(await pointers()).toEqual({ production: two, previous: one, candidate: null, anchor: two });
        expect(await resolveVersion(models, "production")).toBe(two);
        expect(await resolveVersion(models, "previous")).toBe(one);
        expect(await resolveVersion(models, one)).toBe(one);
        const { generation } = await readChannels(models);
        expect(await promote(models, two, { champion: one })).toMatchObject({ generation, production: two });
        await rollback(models);
        expect(await pointers()).toEqual({ production: one, previous: two, candidate: null, anchor: one });
        expect((await readChannels(models)).generation).toBe(generation + 1);
        await expect(resolveVersion(models, "latest")).rejects.toEqual(coded("model-name", "latest"));
      });

      it("keep the anchor where a promotion is no step up, and give it up with a version that is gone back from", async () => {
        const [one, two, three] = await Promise.all(["one", "two", "three"].map((name) => publish(models, name)));
        await promote(models, one!);
        await promote(models, two!, { champion: one!, anchors: false });
        expect(await pointers()).toMatchObject({ production: two, anchor: one });
        await rollback(models);
        expect(await pointers()).toMatchObject({ production: one, anchor: one });
        await promote(models, three!);
        await rollback(models);
        expect(await pointers()).toMatchObject({ production: one, previous: three, anchor: one });
        // Written before there were anchors: what is in production is one.
        const { anchor: _, ...before } = await readChannels(models);
        await models.put(modelKeys.channels, encodeDocument(before));
        await promote(models, two!, { champion: one!, anchors: false });
        expect(await pointers()).toMatchObject({ production: two, anchor: one });
      });

      it("never point at a version that is not there", async () => {
        const missing = "0123456789abcdef";
        for (const point of [setCandidate, promote]) {
          await expect(point(models, missing)).rejects.toEqual(coded("no-such-version", missing));
        }
        expect(await models.head(modelKeys.channels)).toBeUndefined();
      });

      it("let one of several promotions win, and tell the others", async () => {
        const first = await publish(models, "first");
        await promote(models, first);
        const rivals = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => publish(models, `rival ${n}`)));
        const before = await readChannels(models);
        const outcomes = await Promise.allSettled(rivals.map((rival) => promote(models, rival, { champion: first })));
        const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
        expect(won).toHaveLength(1);
        const told = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
        for (const code of told) expect(["channels-changed", "champion-changed"]).toContain(code);
        const expected: Channels = {
          ...before,
          generation: before.generation + 1,
          previous: first,
          production: won[0]!.value.production,
          anchor: won[0]!.value.production,
        };
        expect(await readChannels(models)).toEqual(expected);
      });
    });
  });
});
