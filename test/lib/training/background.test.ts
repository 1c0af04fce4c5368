import { expect, test } from "vitest";
import { roomsOf } from "../../../lib/store/open.ts";
import { openBackground } from "../../../lib/training/background.ts";

test("a run without films is told from the thread that looks for them", async () => {
  const options = { environment: roomsOf("/tmp/hilum-no-such-store"), run: "nothing", member: 0 };
  await expect(openBackground(options)).rejects.toMatchObject({
    code: "not-found",
    exitCode: 64,
    message: expect.stringContaining("nothing/plan.json"),
  });
});
