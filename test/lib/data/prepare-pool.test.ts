import { expect, test } from "vitest";
import { openPreparePool } from "../../../lib/data/prepare-pool.ts";

const geometry = { size: 8, fit: "pad", resize: "antialias" } as const;
const tasks = [{ row: 0, film: "film.jpg" }];

test("where a thread dies, all that was asked and is asked later ends with its error", async () => {
  const pool = openPreparePool({ threads: 2, dataUri: "ftp://no-store", links: "inside", geometry, known: [] });
  try {
    const asked = Array.from({ length: 20 }, () => pool.identify(tasks));
    for (const { status } of await Promise.allSettled(asked)) expect(status).toBe("rejected");
    await expect(pool.identify(tasks)).rejects.toThrow("ftp://no-store");
  } finally {
    await pool.close();
  }
});
