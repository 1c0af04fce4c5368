// Adds the log-in's token to calls of our own API, so that the page itself knows nothing of log-ins. The token is kept
// in this worker's cache, since a browser ends an idle worker; it is good for an hour.

/** @typedef {{ readonly token: string, readonly until: number }} Login */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = "hilum-login";
const KEY = "/login-token";
const LOGIN_PAGE = "/login.html";

/** @type {Login | undefined} */
let known;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (event) => {
  const keep = async () => {
    known = event.data;
    const cache = await caches.open(CACHE);
    await cache.put(KEY, new Response(JSON.stringify(known)));
    event.ports[0]?.postMessage("kept");
  };
  event.waitUntil(keep());
});

/** @returns {Promise<Login | undefined>} */
async function login() {
  known ??= await (await (await caches.open(CACHE)).match(KEY))?.json();
  if (known !== undefined && known.until > Date.now()) return known;
  known = undefined;
  await caches.delete(CACHE);
  return undefined;
}

/** @param {Request} request */
async function call(request) {
  const found = await login();
  if (found === undefined) return new Response(null, { status: 401 });
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${found.token}`);
  return fetch(new Request(request, { headers, mode: "same-origin", credentials: "omit" }));
}

worker.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin || !/^\/v\d(\/|$)/.test(pathname)) return;
  const answer = async () => {
    const response = await call(event.request);
    if (response.status === 401) {
      // Nobody is logged in any more: the page gives way to the log-in.
      const client = await worker.clients.get(event.clientId);
      await /** @type {WindowClient | undefined} */ (client)?.navigate(LOGIN_PAGE);
    }
    return response;
  };
  event.respondWith(answer());
});
