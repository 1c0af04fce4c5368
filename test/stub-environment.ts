import { vi } from "vitest";

/** Sets variables of the environment until the file of tests has ended (each-file.ts). */
export function stubEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
