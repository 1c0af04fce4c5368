import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { OBSERVATIONS } from "../lib/domain/observations.ts";

const HEADER = `Path,Sex,Age,Frontal/Lateral,AP/PA,${OBSERVATIONS.join(",")}`;
const DATA_SET = "arrived";
const MARKER = "_SUCCESS";

/** Puts a version of a data set into a bucket, its marker last. */
export async function putDataSet(s3: S3Client, bucket: string, version: number): Promise<void> {
  const rows = Array.from({ length: 5 }, (_, row) => `v${version}/patient${row}.png,Male,61,Frontal,AP,,,,,,,,,,,,,,`);
  const put = (name: string, body: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${DATA_SET}/${name}`, Body: Buffer.from(body) }));
  await put("train.csv", `${[HEADER, ...rows].join("\n")}\n`);
  await put(MARKER, "");
}

/** Takes the marker away, as whoever changes films does first. */
export const takeMarker = (s3: S3Client, bucket: string) =>
  s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${DATA_SET}/${MARKER}` }));
