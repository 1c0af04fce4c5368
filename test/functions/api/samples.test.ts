import sharp from "sharp";
import { expect, test } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { lazySamples, makeSamples } from "../../../functions/api/samples.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

test("are drawn when somebody asks for them, once, and not while the service gets ready", async () => {
  let drawings = 0;
  const samples = lazySamples(async () => {
    drawings += 1;
    return [{ name: "clear", title: "Clear lungs", width: 4, height: 5, png: Uint8Array.of(1) }];
  });
  const app = createApp({ films: serviceDouble(), models: shelfDouble(), samples });
  const film = { method: "POST", body: Uint8Array.of(1), headers: { "content-type": "image/png" } };
  expect((await app.request("/v1/predictions", film)).status).toBe(200);
  expect(drawings).toBe(0);
  const [list, picture] = await Promise.all(["/v1/samples", "/v1/samples/clear"].map((path) => app.request(path)));
  expect(await list!.json()).toEqual({ samples: [{ name: "clear", title: "Clear lungs", width: 4, height: 5 }] });
  expect(picture!.headers.get("content-type")).toBe("image/png");
  await app.request("/v1/samples");
  expect(drawings).toBe(1);
});

test("are grey films of the size they say, each under its own name and like no other", async () => {
  const samples = await makeSamples();
  expect(samples.map(({ name, title }) => [name, title])).toEqual([
    ["clear-lungs", "No Finding"],
    ["large-heart", "Cardiomegaly"],
    ["effusion", "Pleural Effusion"],
    ["edema", "Edema"],
    ["pneumothorax", "Pneumothorax"],
    ["devices", "Support Devices"],
  ]);
  for (const { png, width, height } of samples) {
    expect(await sharp(png).metadata()).toMatchObject({ format: "png", width, height, channels: 1 });
  }
  expect(new Set(samples.map(({ png }) => Buffer.from(png).toString("base64"))).size).toBe(samples.length);
  expect(await makeSamples()).toEqual(samples);
});
