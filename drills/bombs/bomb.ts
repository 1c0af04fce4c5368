/** What is sent, and what must come of it: a fault of the caller, the film's own answer, or either of them. */
export interface Bomb {
  readonly name: string;
  readonly body: Uint8Array;
  readonly outcome: "refused" | "answered" | "either";
  /** The film whose answer that is; the server's own where left out. */
  readonly film?: Uint8Array;
  /** Whether it goes through an upload. */
  readonly ahead?: boolean;
  /** `/v1/predictions` where left out. */
  readonly path?: string;
  /** `application/octet-stream` where left out. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, 2 * i);
  return bytes;
};
export const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
};
/** Big endian. */
export const be16 = (...values: readonly number[]): Buffer => u16(...values).swap16();
export const be32 = (...values: readonly number[]): Buffer => u32(...values).swap32();

export const refused = (name: string, body: Uint8Array): Bomb => ({ name, body, outcome: "refused" });
export const answered = (name: string, body: Uint8Array): Bomb => ({ name, body, outcome: "answered" });
export const either = (name: string, body: Uint8Array): Bomb => ({ name, body, outcome: "either" });

/** The same, sent ahead of the request that asks for it. */
export const ahead = (bomb: Bomb): Bomb => ({ ...bomb, name: `${bomb.name}, sent ahead`, ahead: true });
