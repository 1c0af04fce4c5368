import { once } from "node:events";
import { createServer, get } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { dropIdleFirst, mostConnections } from "../../../functions/api/connections.ts";

const sockets: Socket[] = [];
let close = async (): Promise<void> => {};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await close();
});

/** Answers when it is told to. */
async function server(most: number) {
  const answers: (() => void)[] = [];
  const made = createServer((_, response) => void answers.push(() => response.end("ok")));
  dropIdleFirst(made, most);
  made.listen(0, "127.0.0.1");
  await once(made, "listening");
  close = async () => {
    made.closeAllConnections();
    await new Promise((resolve) => made.close(resolve));
  };
  const { port } = made.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  };
  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      get({ port, host: "127.0.0.1", agent: false }, (response) => resolve(response.statusCode!)).on("error", reject);
    });
  const asked = async (count: number): Promise<void> => {
    while (answers.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { open, ask, asked, answers };
}

test("whoever comes after many idle connections is answered, and the longest idle is gone", async () => {
  const { open, ask, asked, answers } = await server(4);
  const first = await open();
  const closed = once(first, "close");
  first.resume();
  for (let n = 0; n < 20; n += 1) await open();
  await closed;
  const answer = ask();
  await asked(1);
  // More of them drop none that is being answered.
  for (let n = 0; n < 20; n += 1) await open();
  answers[0]!();
  expect(await answer).toBe(200);
});

test("where all are being answered the newest goes", async () => {
  const { ask, asked, answers } = await server(2);
  const both = [ask(), ask()];
  await asked(2);
  await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
  for (const answer of answers) answer();
  expect(await Promise.all(both)).toEqual([200, 200]);
});

test.each([
  ["Max open files            128                  4096                 files", 64],
  ["Max open files            20                   20                   files", 16],
  ["Max open files            1048576              1048576              files", 10_000],
  ["Max open files            unlimited            unlimited            files", 512],
  ["", 512],
])("%j leaves room for %i connections", (limits, most) => {
  expect(mostConnections(limits)).toBe(most);
});
