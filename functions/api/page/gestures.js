/** @typedef {{ x: number, y: number }} Point CSS pixels from the stage's middle */

/**
 * What gestures do. All lengths are CSS pixels.
 * @typedef {object} Hands
 * @property {() => boolean} holds whether there is a film to move
 * @property {(right: number, below: number, start: Point, asPan: boolean) => void} drag
 * @property {(factor: number, about: Point, right: number, below: number) => void} pinch also the wheel
 */

/** The wheel's button, which pans whatever the tool is. */
const MIDDLE_BUTTON = 4;

/** @param {HTMLElement} stage @param {Hands} hands */
export function startGestures(stage, hands) {
  /** Fingers and buttons now down, by pointer. @type {Map<number, Point>} */
  const down = new Map();
  /** Where the last of them went down. @type {Point} */
  let start = { x: 0, y: 0 };

  /** @param {MouseEvent} event @returns {Point} */
  const fromMiddle = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  };

  /** @param {PointerEvent} event */
  function move(event) {
    const last = down.get(event.pointerId);
    if (last === undefined) return;
    const now = fromMiddle(event);
    const [right, below] = [now.x - last.x, now.y - last.y];
    const other = [...down].find(([pointer]) => pointer !== event.pointerId)?.[1];
    if (other === undefined) {
      hands.drag(right, below, start, event.shiftKey || event.buttons === MIDDLE_BUTTON);
    } else {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(now.x - other.x, now.y - other.y);
      const about = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      hands.pinch(before > 0 ? after / before : 1, about, right / 2, below / 2);
    }
    down.set(event.pointerId, now);
  }

  stage.addEventListener("pointerdown", (event) => {
    if (!hands.holds() || event.button === 2) return;
    stage.setPointerCapture(event.pointerId);
    start = fromMiddle(event);
    down.set(event.pointerId, start);
  });
  stage.addEventListener("pointermove", move);
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    stage.addEventListener(end, (event) => down.delete(event.pointerId));
  }
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!hands.holds()) return;
      event.preventDefault();
      hands.pinch(1.0015 ** -event.deltaY, fromMiddle(event), 0, 0);
    },
    { passive: false },
  );
}
