import { type Agent, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Posted {
  readonly status: number;
  readonly text: string;
  /** From the first byte sent to the last one read. */
  readonly seconds: number;
}

/** An early answer and the end of the connection may pass the rest of a body on its way: then it is sent again. */
export const isCutOff = ({ code = "" }: NodeJS.ErrnoException): boolean => code === "EPIPE" || code === "ECONNRESET";
const TRIES = 5;

/**
 * Sends a body, on a connection of its own where no agent has one; an answer counts that comes before all of it was taken.
 */
export function post(
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  agent: Agent | false = false,
): Promise<Posted> {
  const send = (left: number): Promise<Posted> =>
    postOnce(url, body, headers, agent).catch((error: NodeJS.ErrnoException) => {
      if (left === 0 || !isCutOff(error)) throw error;
      return send(left - 1);
    });
  return send(TRIES - 1);
}

function postOnce(
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  agent: Agent | false,
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const sent = request(url, {
      method: "POST",
      agent,
      headers: { "content-type": "application/octet-stream", "content-length": body.length, ...headers },
    });
    sent.on("error", reject);
    sent.on("response", async (response) => {
      try {
        const answer = await text(response);
        resolve({ status: response.statusCode!, text: answer, seconds: (performance.now() - begin) / 1000 });
      } catch (error) {
        reject(error);
      }
    });
    sent.end(body);
  });
}
