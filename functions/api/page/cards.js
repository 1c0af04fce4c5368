import { modelCard } from "./client.js";
import { state, update } from "./state.js";

/** Versions whose card is on its way. @type {Set<string>} */
const asked = new Set();

/** Fetches a version's card once: thresholds and what was measured at them are that version's own. @param {string} version */
export async function needCard(version) {
  if (state.cards.has(version) || asked.has(version)) return;
  asked.add(version);
  try {
    const card = await modelCard(version);
    update({ cards: new Map(state.cards).set(version, card) });
  } finally {
    asked.delete(version);
  }
}
