import { workerData } from "node:worker_threads";
import { answerCalls } from "../parallel/answer-calls.ts";
import { type DrawCalls, type Drawing, drawFilms } from "./film-drawer.ts";

answerCalls<DrawCalls>({ draw: drawFilms(workerData as Drawing) });
