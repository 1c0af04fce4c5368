import * as z from "zod";

/** With what something was computed. */
export const Machine = z.strictObject({
  hilum: z.string(),
  node: z.string(),
  tensorflow: z.string(),
  device: z.enum(["cpu", "gpu"]),
  processor: z.string(),
  cores: z.int().min(1),
  memoryBytes: z.int().min(0),
  /** As NVIDIA's driver names them; empty where none is there or it does not say. */
  gpus: z.array(z.string()),
});
export type Machine = z.infer<typeof Machine>;
