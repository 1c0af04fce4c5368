import { expect, test } from "vitest";
import { exceptionsPage, stagesPage } from "../../bin/reference-tables.ts";

// `npx vitest run test/bin/reference-tables.test.ts --update` writes them anew.
test.each([
  ["stages.md", stagesPage],
  ["exceptions.md", exceptionsPage],
])("docs/%s is what the code says", async (name, page) => {
  await expect(page()).toMatchFileSnapshot(`../../docs/${name}`);
});
