import * as z from "zod";
import { tellIssues } from "../contracts/tell-issues.ts";
import type { InputError } from "../domain/errors.ts";
import { shown } from "../domain/shown.ts";

/** Bytes an element takes, for each element type that Hilum writes. */
export const ELEMENT_BYTES = { I64: 8, F32: 4, U8: 1 } as const;

export type ElementType = keyof typeof ELEMENT_BYTES;

/** Where a tensor's bytes stand, counted from the end of the header. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly tensors: readonly TensorPlace[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit, so that a damaged length is not taken for a huge header. */
export const HEADER_LIMIT = 100_000_000;

const METADATA = "__metadata__";
const count = z.int().min(0);
const Entry = z.strictObject({
  dtype: z.enum(Object.keys(ELEMENT_BYTES) as ElementType[]),
  shape: z.array(count).readonly(),
  data_offsets: z.tuple([count, count]),
});
const Metadata = z.record(z.string(), z.string());

/**
 * The header, checked as the format demands: every tensor has the bytes that its shape needs, and together they fill
 * the `dataBytes` behind the header without gap or overlap.
 */
export function parseHeader(json: Uint8Array, dataBytes: number, fault: (what: string) => InputError): Header {
  const { [METADATA]: metadata = {}, ...entries } = parseObject(json, fault);
  const tensors = Object.entries(entries).map(([name, entry]) => parseEntry(name, entry, fault));
  let filled = 0;
  for (const { name, begin, end } of tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) throw fault(`tensor ${name} starts at byte ${begin}, expected ${filled}`);
    filled = end;
  }
  if (filled !== dataBytes) throw fault(`${dataBytes} bytes of tensors, expected ${filled}`);
  const parsed = Metadata.safeParse(metadata);
  if (!parsed.success) throw fault(`${METADATA} holds something else than text`);
  return { tensors, metadata: parsed.data };
}

function parseObject(json: Uint8Array, fault: (what: string) => InputError): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw Object.assign(fault("the header is not JSON"), { cause });
  }
  throw fault("the header is not a JSON object");
}

function parseEntry(name: string, entry: unknown, fault: (what: string) => InputError): TensorPlace {
  const parsed = Entry.safeParse(entry);
  if (!parsed.success) {
    throw fault(`tensor ${shown(name)}: ${tellIssues(parsed.error, "it")}`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  const bytes = shape.reduce((product, side) => product * side, ELEMENT_BYTES[dtype] as number);
  if (end - begin !== bytes) throw fault(`tensor ${name}: ${end - begin} bytes, expected ${bytes} for its shape`);
  return { name, dtype, shape, begin, end };
}
