import { describe, expect, test, vi } from "vitest";
import { createScreen } from "../../../lib/local/display/create-screen.ts";
import { createDisplay, type Summary } from "../../../lib/local/display/display.ts";
import { figure, progressText, words } from "../../../lib/local/display/format.ts";
import { PlainScreen } from "../../../lib/local/display/plain-screen.ts";
import type { TaskRun } from "../../../lib/local/observer.ts";

const TRAIN: TaskRun = { state: "train", step: "train", members: 1 };

const progress = (done: number, figures: Record<string, number | null> = {}) =>
  JSON.stringify({
    event: "progress",
    step: "train",
    done,
    total: 1200,
    unit: "images",
    rate: 118.4,
    secondsLeft: 5,
    figures,
  });

const note = (level: string, message: string) => JSON.stringify({ event: "note", step: "train", level, message });

/** What a display writes, on a terminal or not. */
function drawn(output: { isTTY?: boolean; columns?: number }, environment = {}, summary?: Summary) {
  let text = "";
  const screen = createScreen({ ...output, write: (piece) => (text += piece) }, environment);
  return { display: createDisplay({ screen, summaryOf: async () => summary }), screen, text: () => text };
}

describe("words and numbers", () => {
  test("numbers are short, names are words", () => {
    expect([figure(12_345), figure(0.123456), figure(98.76)]).toEqual(["12,345", "0.123", "98.8"]);
    expect([words("setAside"), words("AUROC"), words("meanAuroc")]).toEqual(["set aside", "AUROC", "mean auroc"]);
  });

  test("what is not known is left out", () => {
    const event = { done: 5, total: 10, unit: "films", rate: null, secondsLeft: null, figures: { loss: null } };
    expect(progressText(event)).toBe("5/10 films");
  });
});

describe("where there is no terminal", () => {
  test("a state ends in one line with its time and figures", async () => {
    const { display, text } = drawn({}, {}, { images: 1200, bestAuroc: 0.9612, device: "cpu", reused: false });
    display.started(TRAIN);
    await display.ended(TRAIN, { outcome: "done", milliseconds: 72_100 });
    expect(text()).toBe("train      done  1 min 12 s  images 1,200, best auroc 0.961, device cpu\n");
  });

  test("progress comes at most every five seconds", () => {
    let now = 0;
    let text = "";
    const screen = new PlainScreen({ write: (piece) => (text += piece) }, () => now);
    const display = createDisplay({ screen, summaryOf: async () => undefined });
    display.started(TRAIN);
    for (now = 1000; now <= 11_000; now += 1000) display.line(TRAIN, progress(now / 10, { loss: 0.31234 }));
    expect(text).toBe(
      "train      500/1,200 images, 118 images/s, 5.0 s left, loss 0.312\n" +
        "train      1,000/1,200 images, 118 images/s, 5.0 s left, loss 0.312\n",
    );
  });

  test("what a program writes stands under its step's name; the engine's own chatter does not", () => {
    const { display, text } = drawn({});
    display.started(TRAIN);
    display.line(TRAIN, "I0000 00:00:1795415504.794259   25837 port.cc:153] oneDNN custom operations are on.");
    display.line(TRAIN, note("warning", "little memory"));
    display.line(TRAIN, note("error", "told at the end"));
    display.line(TRAIN, "{ not ours }");
    expect(text()).toBe("train      warning: little memory\ntrain      { not ours }\n");
  });

  test("a step that a former run has finished says so", async () => {
    const { display, text } = drawn({}, {}, { rows: 7 });
    display.started(TRAIN);
    display.line(TRAIN, note("info", "done already"));
    await display.ended(TRAIN, { outcome: "done", milliseconds: 300 });
    expect(text()).toBe("train      done before  rows 7\n");
  });

  test("members of an array are told apart", () => {
    let text = "";
    let now = 0;
    const screen = new PlainScreen({ write: (piece) => (text += piece) }, () => now);
    const array = { state: "train-array", step: "train", members: 3 };
    const display = createDisplay({ screen, summaryOf: async () => undefined });
    display.started(array);
    now = 6000;
    display.line(array, progress(600), 1);
    expect(text).toBe("train      job 2 of 3, 600/1,200 images, 118 images/s, 5.0 s left\n");
  });
});

describe("on a terminal", () => {
  test("one line is drawn again and again, within the terminal's width", async () => {
    vi.useFakeTimers();
    const { display, text } = drawn({ isTTY: true, columns: 60 }, { NO_COLOR: "1" });
    display.started(TRAIN);
    display.line(TRAIN, progress(600, { loss: 0.3, "a very long name of a figure": 1 }));
    vi.advanceTimersByTime(150);
    const line = text().split("\r\x1b[2K").at(-1)!;
    expect(line).toMatch(/^ {2}. train {6}━{20} 600\/1,200 images/);
    expect(line.length).toBeLessThan(60);
    vi.useRealTimers();
    await display.ended(TRAIN, { outcome: "done", milliseconds: 1000 });
    expect(text().endsWith("\r\x1b[2K  ✓ train      1.0 s\n")).toBe(true);
  });

  test.each([
    ["colour", {}, true],
    ["none with NO_COLOR", { NO_COLOR: "1" }, false],
  ])("%s", async (_, environment, coloured) => {
    const { display, text } = drawn({ isTTY: true }, environment);
    display.started(TRAIN);
    await display.ended(TRAIN, { outcome: "failed", milliseconds: 1000 });
    expect(text()).toContain("✗");
    expect(text().includes("\x1b[31m")).toBe(coloured);
  });

  test("a dumb terminal gets plain lines", async () => {
    const { display, text } = drawn({ isTTY: true }, { TERM: "dumb" });
    display.started(TRAIN);
    await display.ended(TRAIN, { outcome: "done", milliseconds: 1000 });
    expect(text()).toBe("train      done  1.0 s\n");
  });
});
