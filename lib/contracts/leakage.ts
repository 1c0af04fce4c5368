import * as z from "zod";

/** Different films and patients of the test part, and how many of them stand in the training part too: none if leak-free. */
export const Leakage = z.strictObject({
  testFilms: z.int().min(0),
  testFilmsInTraining: z.int().min(0),
  testPatients: z.int().min(0),
  testPatientsInTraining: z.int().min(0),
});
export type Leakage = z.infer<typeof Leakage>;
