import { must } from "../drill.ts";
import { post } from "../post.ts";
import type { Serving } from "../serving.ts";

const JSON_TYPE = { "content-type": "application/json" };
const LABELS = Buffer.from('{"labels":{"Edema":0}}');

interface Ticket {
  readonly upload: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Statuses of one call of each kind. */
export interface Calls {
  readonly film: number;
  /** A film that is sent ahead, which is written to the temporary folder, and asked for. */
  readonly upload: number;
  /** A reader's labels, which are written to the store. */
  readonly labels: number;
}

const isTold = (status: number): boolean => status === 503 || (status >= 400 && status < 500);

/** Asks for one of each; whatever is refused must be told with a code, and as no fault of ours. */
export async function everyCall(server: Serving, when: string): Promise<Calls> {
  const told = ({ status, text }: { status: number; text: string }, what: string): number => {
    const good = status >= 200 && status < 300;
    const code = good ? "" : (JSON.parse(text) as { code?: string }).code;
    must(good || (isTold(status) && code !== undefined), `${when}: ${what}: ${status} ${text.slice(0, 300)}`);
    return status;
  };
  const film = told(await server.ask(server.film), "a film");
  const labels = told(await post(`${server.url}/v1/feedback`, LABELS, JSON_TYPE), "labels");
  const begun = await post(`${server.url}/v1/uploads`, Buffer.alloc(0));
  if (told(begun, "an upload") >= 300) return { film, labels, upload: begun.status };
  const ticket = JSON.parse(begun.text) as Ticket;
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append("file", new File([server.film], "film"));
  const sent = await fetch(ticket.url, { method: "POST", body: form });
  const status = told({ status: sent.status, text: await sent.text() }, "an upload's film");
  if (status >= 300) return { film, labels, upload: status };
  const asked = Buffer.from(JSON.stringify({ upload: ticket.upload }));
  return {
    film,
    labels,
    upload: told(await post(`${server.url}/v1/predictions`, asked, JSON_TYPE), "what was sent ahead"),
  };
}

/** All of it is answered. */
export async function allWell(server: Serving, when: string): Promise<void> {
  const { film, upload, labels } = await everyCall(server, when);
  must(
    film === 200 && upload === 200 && labels < 300,
    `${when}: a film ${film}, an upload ${upload}, labels ${labels}`,
  );
}

export async function filmsGoOn(server: Serving, when: string): Promise<Calls> {
  const calls = await everyCall(server, when);
  must(calls.film === 200, `${when}: a film: ${calls.film}`);
  return calls;
}
