import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { s3Client } from "./s3.ts";

/** A form that lets whoever has it write one object of S3, once signed without any more rights. */
export interface PostForm {
  readonly url: string;
  /** To be sent before the file. */
  readonly fields: Readonly<Record<string, string>>;
}

/** @param uri `s3://bucket/prefix` */
export async function presignPost(
  uri: string,
  key: string,
  { maxBytes, seconds }: { readonly maxBytes: number; readonly seconds: number },
): Promise<PostForm> {
  const [bucket = "", ...prefix] = uri.slice("s3://".length).split("/");
  const client = s3Client();
  try {
    return await createPresignedPost(client, {
      Bucket: bucket,
      Key: [...prefix, key].join("/"),
      Conditions: [["content-length-range", 1, maxBytes]],
      Expires: seconds,
    });
  } finally {
    client.destroy();
  }
}
