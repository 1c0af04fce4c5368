import { greysOf, type Plant, plantedDicom } from "./planted.ts";

export interface PlantedRequest {
  readonly path: string;
  readonly expected: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Films and faults in every wrapping. */
export async function plantedRequests(film: Uint8Array, plant: Plant): Promise<PlantedRequest[]> {
  const dicom = plantedDicom(await greysOf(film), plant);
  const form = (field: string, fields: Readonly<Record<string, string>> = {}): FormData => {
    const made = new FormData();
    for (const [name, value] of Object.entries(fields)) made.append(name, value);
    made.append(field, new File([dicom], `${plant("file")}.dcm`));
    return made;
  };
  const feedback = (patient: string) => JSON.stringify({ labels: { Edema: 1 }, consent: true, patient });
  const sent: readonly (readonly [
    path: string,
    expected: number,
    body: NonNullable<RequestInit["body"]>,
    type?: string,
  ])[] = [
    ["/v1/predictions?explain=all", 200, dicom, "application/dicom"],
    ["/v1/predictions", 200, form("film", { note: plant("field") })],
    ["/v1/explanations?style=film", 200, dicom, "application/dicom"],
    ["/v1/predictions:batch", 200, form("film")],
    ["/v1/feedback", 201, form("film", { feedback: feedback("reader-1") })],
    ["/v1/predictions", 422, dicom.subarray(0, dicom.length - 9999), "application/dicom"],
    ["/v1/predictions", 415, `${plant("text")} is no film`, "image/png"],
    ["/v1/predictions", 415, "x", `text/${plant("type")}`],
    ["/v1/predictions", 400, form(plant("field"))],
    [`/v1/predictions?explain=${plant("query")}`, 400, dicom, "application/dicom"],
    ["/v1/feedback", 400, feedback(plant("a patient's name")), "application/json"],
    ["/v1/feedback", 400, JSON.stringify({ labels: { Edema: plant("label") } }), "application/json"],
    ["/v1/predictions", 400, `{"${plant("json")}"`, "application/json"],
    ["/v1/predictions", 400, JSON.stringify({ upload: plant("upload") }), "application/json"],
  ];
  return Promise.all(
    sent.map(async ([path, expected, body, type]) => {
      const encoded = new Response(body, type === undefined ? {} : { headers: { "content-type": type } });
      const headers = {
        "user-agent": plant("agent"),
        cookie: `name=${plant("cookie")}`,
        "x-patient": plant("header"),
        "content-type": encoded.headers.get("content-type")!,
      };
      return { path, expected, headers, body: new Uint8Array(await encoded.arrayBuffer()) };
    }),
  );
}
