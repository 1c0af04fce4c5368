import { byId, make } from "./dom.js";

/** @typedef {{ type?: string | string[], enum?: unknown[], default?: unknown, $ref?: string, items?: Schema, properties?: Record<string, Schema>, description?: string, anyOf?: Schema[], oneOf?: Schema[] }} Schema */
/** @typedef {{ name: string, in: string, required?: boolean, description?: string, schema: Schema }} Parameter */
/** @typedef {{ description: string, content?: Record<string, { schema?: Schema }> }} Answer */
/** @typedef {{ operationId: string, tags: string[], summary: string, parameters?: Parameter[], requestBody?: Answer, responses: Record<string, Answer> }} Operation */
/** @typedef {{ info: { title: string, summary: string, description: string }, tags: { name: string, description: string }[], paths: Record<string, Record<string, Operation>>, components: { schemas: Record<string, Schema> } }} Document */

/** A schema in a few words. @param {Schema | undefined} schema @returns {string} */
function typeOf(schema) {
  if (schema === undefined) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.length > 4 ? "one of the 14 observations" : schema.enum.join(" or ");
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  return [schema.type].flat().join(" or ");
}

/** @param {[string, string][]} pairs */
const definitions = (pairs) =>
  make("dl", {}, ...pairs.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text.replaceAll("`", ""))]));

/** @param {Parameter} parameter @returns {[string, string]} */
function parameterPair({ name, required, description, schema }) {
  const fallback = schema.default === undefined ? "" : `, ${schema.default} if left out`;
  return [name, [`${typeOf(schema)}${required ? ", required" : fallback}`, description].filter(Boolean).join(": ")];
}

/** @param {[string, Answer]} answer @returns {[string, string]} */
const answerPair = ([status, { description, content }]) => {
  const kinds = Object.entries(content ?? {}).map(([type, { schema }]) =>
    schema?.$ref ? `${typeOf(schema)}, ${type}` : type,
  );
  return [status, `${description} (${kinds.join("; ")})`];
};

const FILM = "--data-binary @film.png -H 'content-type: image/png'";

/** What follows the address of a call, by operation; nothing where it is read with GET. @type {Record<string, { query?: string, rest: string }>} */
const CALLS = {
  predict: { query: "?explain=top", rest: FILM },
  explain: { query: "?observation=Cardiomegaly", rest: `${FILM} -o overlay.png` },
  predictBatch: { rest: "-F film=@one.png -F film=@other.dcm" },
  startUpload: { rest: "-X POST" },
  receiveUpload: { query: "?signature=SIGNATURE", rest: "-F file=@film.dcm" },
  giveFeedback: { rest: `-H 'content-type: application/json' -d '{ "labels": { "Edema": 0 } }'` },
};

/** A call to copy. @param {string} path @param {Operation} operation */
function example(path, { operationId }) {
  const { query = "", rest } = CALLS[operationId] ?? { rest: "" };
  const url = new URL(`.${path.replace("{name}", "clear-lungs")}${query}`, document.baseURI);
  return `curl '${decodeURI(url.href)}'${rest && ` \\\n  ${rest}`}`;
}

/** @param {string} path @param {string} method @param {Operation} operation */
function section(path, method, operation) {
  const { summary, parameters = [], requestBody, responses } = operation;
  const bodies = Object.keys(requestBody?.content ?? {}).join(", ");
  return make(
    "details",
    {},
    make(
      "summary",
      {},
      make("code", { class: "method" }, method.toUpperCase()),
      make("code", {}, path),
      make("span", {}, summary),
    ),
    make(
      "div",
      { class: "body" },
      make("pre", { tabindex: 0 }, example(path, operation)),
      ...(parameters.length > 0 ? [make("h3", {}, "Parameters"), definitions(parameters.map(parameterPair))] : []),
      ...(requestBody ? [make("h3", {}, "Body"), make("p", {}, `${requestBody.description} ${bodies}.`)] : []),
      make("h3", {}, "Answers"),
      definitions(Object.entries(responses).map(answerPair)),
    ),
  );
}

/** @param {[string, Schema]} schema */
const schemaSection = ([name, { description, properties = {} }]) =>
  make(
    "details",
    {},
    make("summary", {}, make("code", {}, name)),
    make(
      "div",
      { class: "body" },
      make("p", {}, description),
      definitions(
        Object.entries(properties).map(([field, schema]) => [
          field,
          [typeOf(schema), schema.description].filter(Boolean).join(": "),
        ]),
      ),
    ),
  );

/** @param {Document} document */
function draw({ info, tags, paths, components }) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  byId("docs", HTMLElement).replaceChildren(
    make("p", {}, `${info.summary} ${info.description}`),
    ...tags.flatMap((tag) => [
      make("h2", {}, tag.name),
      make("p", {}, tag.description),
      ...operations
        .filter(({ operation }) => operation.tags.includes(tag.name))
        .map(({ path, method, operation }) => section(path, method, operation)),
    ]),
    make("h2", {}, "Schemas"),
    ...Object.entries(components.schemas).map(schemaSection),
  );
}

const response = await fetch("v1/openapi.json");
draw(await response.json());
