import { make } from "../page/dom.js";

/** Names and values beside each other; what has no value is left out. @param {[string, Node | string | null][]} pairs */
export const facts = (pairs) =>
  make(
    "dl",
    { class: "facts" },
    ...pairs.flatMap(([name, value]) => (value === null ? [] : [make("dt", {}, name), make("dd", {}, value)])),
  );
