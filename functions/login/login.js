// Logs in by OAuth 2's code flow with PKCE (RFC 7636) and hands the token to the worker, which adds it to calls of the
// API. The token stands in no address, no cookie and no storage that outlives the tab's session.

/** @typedef {{ readonly login: string, readonly clientId: string, readonly redirect: string }} Configuration */

const VERIFIER = "hilum-verifier";
const STATE = "hilum-state";

const state = /** @type {HTMLElement} */ (document.querySelector("#state"));
const again = /** @type {HTMLButtonElement} */ (document.querySelector("#again"));

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** @param {Configuration} configuration */
async function ask({ login, clientId, redirect }) {
  const verifier = secret();
  const asked = secret();
  sessionStorage.setItem(VERIFIER, verifier);
  sessionStorage.setItem(STATE, asked);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirect,
    scope: "openid email",
    state: asked,
    code_challenge_method: "S256",
    code_challenge: base64url(new Uint8Array(hash)),
  });
  location.assign(`${login}/oauth2/authorize?${query}`);
}

/**
 * @param {Configuration} configuration
 * @param {string} code
 * @returns {Promise<{ token: string, seconds: number }>}
 */
async function exchange({ login, clientId, redirect }, code) {
  const verifier = sessionStorage.getItem(VERIFIER) ?? "";
  sessionStorage.removeItem(VERIFIER);
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: redirect,
    code,
    code_verifier: verifier,
  });
  const response = await fetch(`${login}/oauth2/token`, { method: "POST", body });
  if (!response.ok) throw new Error(`the log-in was not accepted (${response.status})`);
  const answer = await response.json();
  return { token: answer.id_token, seconds: answer.expires_in };
}

async function activeWorker() {
  await navigator.serviceWorker.register("login-worker.js");
  const { active } = await navigator.serviceWorker.ready;
  return /** @type {ServiceWorker} */ (active);
}

/** @param {{ token: string, seconds: number }} login */
async function handOver({ token, seconds }) {
  const channel = new MessageChannel();
  const taken = new Promise((resolve) => {
    channel.port1.onmessage = resolve;
  });
  (await activeWorker()).postMessage({ token, until: Date.now() + seconds * 1000 }, [channel.port2]);
  await taken;
}

async function start() {
  /** @type {Configuration} */
  const configuration = await (await fetch("login.json")).json();
  again.onclick = () => ask(configuration);
  const query = new URLSearchParams(location.search);
  const code = query.get("code");
  if (code === null) {
    if (query.has("error")) throw new Error(query.get("error_description") ?? "the log-in was refused");
    await ask(configuration);
    return;
  }
  const asked = sessionStorage.getItem(STATE);
  sessionStorage.removeItem(STATE);
  if (asked === null || asked !== query.get("state")) throw new Error("this answer belongs to another log-in");
  await handOver(await exchange(configuration, code));
  location.replace("index.html");
}

start().catch((error) => {
  state.textContent = `Not logged in: ${error.message}.`;
  again.hidden = false;
});
