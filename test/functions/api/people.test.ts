import { describe, expect, test } from "vitest";
import { gatewaySource } from "../../../bin/gateway-source.ts";
import { createApp } from "../../../functions/api/app.ts";
import { Problem } from "../../../lib/contracts/api.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

const people = { readers: new Set(["readers", "pool_Hospital"]), operators: new Set(["operators"]) };
const app = createApp({ films: serviceDouble(), models: shelfDouble(), people });

/** A call as API Gateway hands it on from somebody of these groups. */
async function call(method: string, path: string, groups: string | undefined): Promise<Response> {
  const claims = { sub: "1", ...(groups !== undefined && { "cognito:groups": groups }) };
  const sent = method === "POST" ? { body: "film", headers: { "content-type": "image/png" } } : {};
  return app.request(path, { method, ...sent }, { requestContext: { authorizer: { claims } } });
}

const SHUT = "not-of-the-group";
const codeOf = async (response: Response): Promise<string> =>
  response.status === 403 ? Problem.parse(await response.json()).code : "";

describe("what people may do who log in", () => {
  test.each(["readers", "other,readers", "[operators readers]", "pool_Hospital"])("of %s: all", async (groups) => {
    expect((await call("POST", "/v1/predictions", groups)).status).toBe(200);
    expect((await call("GET", "/v1/models", groups)).status).toBe(200);
  });

  test("of operators: see the service, and send no film", async () => {
    expect((await call("GET", "/v1/models", "operators")).status).toBe(200);
    expect(await codeOf(await call("POST", "/v1/predictions", "operators"))).toBe(SHUT);
  });

  test.each([undefined, "", "pool_Elsewhere", "readers2"])("of %s, which is none of ours: nothing", async (groups) => {
    expect(await codeOf(await call("POST", "/v1/predictions", groups))).toBe(SHUT);
    expect(await codeOf(await call("GET", "/v1/models", groups))).toBe(SHUT);
    // That it runs, whoever has logged in may know.
    expect((await call("GET", "/v1/health/ready", groups)).status).toBe(200);
  });

  test("every route that takes something is for readers, whatever comes to it", async () => {
    for (const [path, operations] of Object.entries(gatewaySource().paths)) {
      const at = path.replaceAll(/\{\w+\}/g, "x");
      for (const [method, { requestBody }] of Object.entries(operations)) {
        if (requestBody !== undefined || method === "post") {
          expect(method).toBe("post");
          const response = await call("POST", at, "operators");
          expect(response.status, path).toBe(403);
          expect(await response.text(), path).toContain("not of the group readers");
        }
      }
    }
  });

  test("where rights decide that, all who reach it", async () => {
    const open = createApp({ films: serviceDouble(), models: shelfDouble() });
    expect((await open.request("/v1/models")).status).toBe(200);
  });
});
