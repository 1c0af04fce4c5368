import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { noServer, startS3Server } from "../../test/versitygw.ts";
import { newFolder } from "../workshop.ts";

/** The registry's pointers, read as JSON. */
export interface Pointers {
  readonly generation: number;
  readonly production: string | null;
  readonly previous: string | null;
}

/** An empty store in which models are promoted. */
export interface Registry {
  readonly name: string;
  /** As `--store` takes it; its models lie under `models/`. */
  readonly store: string;
  /** What a process needs in its environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its objects are files that promotions themselves write. */
  readonly folder?: string;
  /** @throws where the pointers are not whole */
  pointers(): Promise<Pointers>;
  end(): Promise<void>;
}

const CHANNELS = "models/channels.json";

function parse(text: string): Pointers {
  const { generation, production, previous } = JSON.parse(text) as Pointers;
  const areVersions = [production, previous].every((name) => name === null || /^[0-9a-f]{16}$/.test(name));
  if (!Number.isInteger(generation) || !areVersions) throw new Error(`channels.json is torn: ${text}`);
  return { generation, production, previous };
}

const whole = (text: string): Pointers => {
  try {
    return parse(text);
  } catch (cause) {
    throw new Error(`channels.json is torn: ${JSON.stringify(text)}`, { cause });
  }
};

async function onDisk(): Promise<Registry> {
  const folder = await newFolder();
  return {
    name: "disk",
    store: pathToFileURL(folder).href,
    environment: {},
    folder,
    pointers: async () => whole(await readFile(join(folder, CHANNELS), "utf8")),
    end: async () => {},
  };
}

async function onS3(): Promise<Registry> {
  const { environment, bucket, stop } = await startS3Server();
  const store = `${await bucket("promotions")}/store`;
  const client = new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL_S3!,
    region: environment.AWS_REGION!,
    credentials: { accessKeyId: environment.AWS_ACCESS_KEY_ID!, secretAccessKey: environment.AWS_SECRET_ACCESS_KEY! },
    forcePathStyle: true,
  });
  const place = { Bucket: "promotions", Key: `store/${CHANNELS}` };
  return {
    name: "S3",
    store,
    environment,
    pointers: async () => whole(await (await client.send(new GetObjectCommand(place))).Body!.transformToString()),
    async end() {
      client.destroy();
      await stop();
    },
  };
}

/** A registry on each kind of store that can be had here. */
export const openRegistries = (): Promise<Registry[]> =>
  Promise.all([onDisk(), ...(noServer === undefined ? [onS3()] : [])]);
