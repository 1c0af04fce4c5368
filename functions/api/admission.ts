import { TemporaryError } from "../../lib/domain/errors.ts";

/** Lets so many films in at once, so that a crowd of them can't take all memory; one more is told to come again. */
export function admission(places: number): { enter(): () => void } {
  let inside = 0;
  return {
    /** @returns what is to be called on leaving @throws TemporaryError `busy` */
    enter() {
      if (inside >= places) throw new TemporaryError("busy", `${inside} films are being answered; try again`);
      inside += 1;
      let left = false;
      return () => {
        if (!left) inside -= 1;
        left = true;
      };
    },
  };
}
