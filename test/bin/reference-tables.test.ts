import { expect, test } from "vitest";
import { costsPage } from "../../bin/costs/page.ts";
import { filmsPage } from "../../bin/films-page.ts";
import { isAccepted, shippedLicences } from "../../bin/licences.ts";
import { configurationPage, exceptionsPage, licencesPage, stagesPage } from "../../bin/reference-tables.ts";
import { rehearsalPage } from "../../rehearsal/page.ts";

// `npx vitest run test/bin/reference-tables.test.ts --update` writes them anew.
test.each([
  ["costs.md", costsPage],
  ["configuration.md", configurationPage],
  ["films.md", filmsPage],
  ["stages.md", stagesPage],
  ["exceptions.md", exceptionsPage],
  ["licences.md", licencesPage],
  ["rehearsal.md", rehearsalPage],
])("docs/%s is what the code says", async (name, page) => {
  await expect(page()).toMatchFileSnapshot(`../../docs/${name}`);
});

test("every package that is shipped has a licence that was accepted", () => {
  const strange = [...shippedLicences()].filter(([licence]) => !isAccepted(licence));
  expect(strange).toEqual([]);
  expect(
    ["(MIT OR GPL-3.0-or-later)", "Apache-2.0 AND MIT", "GPL-3.0-only", "MIT AND GPL-3.0-only"].map(isAccepted),
  ).toEqual([true, true, false, false]);
});
