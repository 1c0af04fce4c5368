import { SHARE_ENV, Worker, type WorkerOptions } from "node:worker_threads";

/**
 * A worker thread that runs a module of this project, also while that is TypeScript: a thread of Node 20 does not take
 * over the loader that its parent was started with. It shares the process's real environment, which TensorFlow reads.
 */
export function startThread(module: URL, options: Pick<WorkerOptions, "workerData">): Worker {
  const shared: WorkerOptions = { ...options, env: SHARE_ENV, execArgv: [] };
  if (!module.pathname.endsWith(".ts")) return new Worker(module, shared);
  // By its address: code given as text is looked up from the working directory, which is the caller's.
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const load = `import(${loader}).then((api) => { api.register(); return import(${JSON.stringify(module.href)}); })`;
  return new Worker(load, { ...shared, eval: true });
}
