import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const FUNCTIONS = new URL("../../../functions/", import.meta.url);

async function listen(handle: RequestListener) {
  const server = createServer(handle);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** A log-in that gives codes to whoever asks, and tokens only to who made the challenge (RFC 7636). */
export async function startProvider() {
  const challenges = new Map<string, { challenge: string; redirect: string; client: string }>();
  const seen = { asked: 0, refused: 0, tokens: [] as string[] };
  const behaviour = { seconds: 3600, refuse: false };
  const server = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://provider");
    if (pathname === "/oauth2/authorize") {
      seen.asked += 1;
      const [challenge, redirect, client, state] = ["code_challenge", "redirect_uri", "client_id", "state"].map(
        (name) => searchParams.get(name)!,
      ) as [string, string, string, string];
      const right =
        searchParams.get("response_type") === "code" && searchParams.get("code_challenge_method") === "S256";
      if (!right) return void response.writeHead(400).end();
      const code = randomBytes(8).toString("hex");
      challenges.set(code, { challenge, redirect, client });
      return void response.writeHead(302, { location: `${redirect}?${new URLSearchParams({ code, state })}` }).end();
    }
    const form = new URLSearchParams(await text(request));
    const given = challenges.get(form.get("code") ?? "");
    challenges.delete(form.get("code") ?? "");
    const made = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const same = given?.challenge === made && given.redirect === form.get("redirect_uri");
    const headers = { "access-control-allow-origin": "*", "content-type": "application/json" };
    if (behaviour.refuse || !same || given.client !== form.get("client_id")) {
      seen.refused += 1;
      return void response.writeHead(400, headers).end('{"error":"invalid_grant"}');
    }
    const token = randomBytes(12).toString("hex");
    seen.tokens.push(token);
    response.writeHead(200, headers).end(JSON.stringify({ id_token: token, expires_in: behaviour.seconds }));
  });
  return { ...server, seen, behaviour };
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The page's files at the places that a deployment gives them, and an API that keeps who called it and how. */
export async function startOrigin(login: string) {
  const calls: { path: string; authorization: string | undefined }[] = [];
  const behaviour = { status: 404 };
  const server = await listen(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://origin");
    if (pathname.startsWith("/v1/")) {
      calls.push({ path: pathname, authorization: request.headers.authorization });
      return void response.writeHead(behaviour.status, { "content-type": "application/json" }).end("{}");
    }
    if (pathname === "/login.json") {
      const configuration = { login, clientId: "page", redirect: `${server.url}/` };
      return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(configuration));
    }
    const name = pathname === "/" ? "login.html" : pathname.replace(/^\/(page\/)?/, "");
    for (const folder of ["login/", "api/page/"]) {
      const bytes = await readFile(fileURLToPath(new URL(folder + name, FUNCTIONS))).catch(() => undefined);
      if (bytes !== undefined)
        return void response.writeHead(200, { "content-type": TYPES[extname(name)]! }).end(bytes);
    }
    response.writeHead(404).end();
  });
  return { ...server, calls, behaviour };
}
