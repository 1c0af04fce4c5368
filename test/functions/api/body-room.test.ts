import { Hono } from "hono";
import { expect, test } from "vitest";
import { type BodyEnv, bodyRoom } from "../../../functions/api/body-room.ts";

/** An app whose bodies share so many bytes; answers with what came, once it is let. */
function room(bytes: number) {
  const app = new Hono<BodyEnv>();
  let waits: Promise<void> | undefined;
  app.use(bodyRoom(bytes).read(() => ({ bytes: 100, tooLong: () => new Error("too long") })));
  app.onError((error, c) => c.text(error.message, 400));
  app.post("/", async (c) => {
    await waits;
    return c.text(String(c.get("body")));
  });
  return {
    hold(until: Promise<void>) {
      waits = until;
    },
    async post(body: NonNullable<RequestInit["body"]>) {
      const request = new Request("http://here/", { method: "POST", body, duplex: "half" } as RequestInit);
      return (await app.request(request)).text();
    },
  };
}

/** A body in pieces, which ends when it is told to. */
function slowBody(...pieces: readonly string[]) {
  let end: ((how: "well" | "cut") => void) | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      end = (how) => (how === "well" ? controller.close() : controller.error(new Error("reset")));
    },
  });
  return { body, end: end! };
}

test("gives a body as it came, announced or in pieces", async () => {
  const { post } = room(100);
  expect(await post("film")).toBe("film");
  const { body, end } = slowBody("fi", "lm");
  end("well");
  expect(await post(body)).toBe("film");
});

test("a body over its own limit is told so, announced or not", async () => {
  const { post } = room(1000);
  expect(await post("x".repeat(101))).toBe("too long");
  expect(await post(slowBody("x".repeat(60), "x".repeat(60)).body)).toBe("too long");
});

test("bodies together take so much and no more, until one is answered, refused or cut off", async () => {
  const { post, hold } = room(100);
  const slow = slowBody("x".repeat(60));
  const first = post(slow.body);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await post("y".repeat(50))).toBe("too many films are on their way in; try again");
  expect(await post("y".repeat(40))).toBe("y".repeat(40));
  slow.end("cut");
  expect(await first).toBe("body: cut off before its end");

  let answer: (() => void) | undefined;
  hold(
    new Promise<void>((resolve) => {
      answer = resolve;
    }),
  );
  const held = post("z".repeat(60));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await post("y".repeat(50))).toMatch("too many");
  answer?.();
  expect(await held).toBe("z".repeat(60));
  expect(await post("y".repeat(100))).toBe("y".repeat(100));
});
