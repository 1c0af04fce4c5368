import { make } from "../page/dom.js";

/** @typedef {import("./curves.js").Course} Course */

const HEADS = ["", "Epoch", "Loss", "Tuning loss", "Tuning AUROC", "Images/s"];

/** @param {number | null} value @param {number} digits */
const fixed = (value, digits) => value?.toFixed(digits) ?? "–";

/** Every epoch of the courses, a line each. @param {readonly Course[]} courses */
export const epochTable = (courses) =>
  make(
    "div",
    { class: "scroll epochs", tabindex: 0, role: "region", "aria-label": "Epochs" },
    make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...HEADS.map((head) => make("th", {}, head)))),
      make(
        "tbody",
        {},
        ...courses.flatMap(({ label, history: { epochs, bestEpoch } }) =>
          epochs.map(({ epoch, trainLoss, tuningLoss, tuningMeanAuroc, imagesPerSecond }) =>
            make(
              "tr",
              {},
              make("th", { scope: "row" }, label),
              make("td", {}, `${epoch}${epoch === bestEpoch ? " (best, kept)" : ""}`),
              make("td", {}, fixed(trainLoss, 4)),
              make("td", {}, fixed(tuningLoss, 4)),
              make("td", {}, fixed(tuningMeanAuroc, 3)),
              make("td", {}, fixed(imagesPerSecond, 1)),
            ),
          ),
        ),
      ),
    ),
  );
