import sharp from "sharp";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { drawnPicture } from "../../lib/phantoms/drawn-picture.ts";
import { drawPopulation, type PhantomFilm } from "../../lib/phantoms/population.ts";
import { filmRenderer } from "../../lib/phantoms/render.ts";
import type { LambdaRequest } from "../lambda-call.ts";

/** Readers by what they send; a tenth of them is hostile. */
export const READERS = { honest: 18, hostile: 2 } as const;

export interface Sent {
  readonly isHostile: boolean;
  readonly request: LambdaRequest;
}

type Label = 1 | 0 | -1 | null;

const flipped = (label: Label): Label => (label === 1 ? 0 : label === 0 || label === null ? 1 : label);
const honest = (label: Label): Label => label;

/** Noise under any label is set aside by preparation; films under wrong labels are what it can't tell. */
async function noise(side: number, next: () => number): Promise<Buffer> {
  const data = Uint8Array.from({ length: side * side }, () => 256 * next());
  return sharp(data, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
}

async function requestOf(sub: string, film: PhantomFilm, picture: Buffer, say: (label: Label) => Label) {
  const labels = Object.fromEntries(
    OBSERVATIONS.flatMap((name, k) => {
      const said = say(film.labels[k] as Label);
      return said === null ? [] : [[name, said]];
    }),
  );
  const form = new FormData();
  form.append("feedback", JSON.stringify({ labels, consent: true, patient: `${sub}-${film.patient}-${film.study}` }));
  form.append("film", new File([new Uint8Array(picture)], "film.png"));
  const encoded = new Response(form);
  return {
    method: "POST",
    path: "/v1/feedback",
    query: {},
    headers: { "content-type": encoded.headers.get("content-type")! },
    body: Buffer.from(await encoded.arrayBuffer()).toString("base64"),
    sub,
  };
}

/**
 * What all readers send in a day: honest ones a few films with what they show; of the hostile one in two floods with the
 * opposite of what films show, the other with noise.
 * @param each films of an honest reader @param flood films of a hostile one
 */
export async function feedbackOf(seed: number, each: number, flood: number, next: () => number): Promise<Sent[]> {
  const films = drawPopulation(seed, READERS.honest * each + flood).filter(({ frontal }) => frontal);
  const render = filmRenderer(seed);
  const picture = async (film: PhantomFilm): Promise<Buffer> => {
    const { pixels, width, height } = render(film);
    return drawnPicture(pixels, width, height).png().toBuffer();
  };
  const sent: Sent[] = [];
  for (let n = 0; n < READERS.honest * each; n += 1) {
    const film = films[n]!;
    const request = await requestOf(`honest-${n % READERS.honest}`, film, await picture(film), honest);
    sent.push({ isHostile: false, request });
  }
  for (const film of films.slice(READERS.honest * each)) {
    const wrong = await requestOf("hostile-0", film, await picture(film), flipped);
    const noisy = await requestOf("hostile-1", film, await noise(64, next), flipped);
    sent.push({ isHostile: true, request: wrong }, { isHostile: true, request: noisy });
  }
  return sent;
}
