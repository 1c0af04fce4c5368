/**
 * The rooms of the code, and which way they depend: a room imports the rooms of its row and no other. A room is a folder
 * (or a file) that has a row of its own; `lib/*` stands for every room of `lib/`. ADR 5 says why.
 *
 * `opens` are the packages of a room, by the groups of PACKAGES; a row that leaves it out opens ordinary ones alone.
 * @typedef {{ imports: readonly string[], opens?: readonly (keyof typeof PACKAGES)[] }} Room
 */

/** The packages that only some rooms may open; `other` is every other one. */
export const PACKAGES = {
  tensorflow: /^(#tensorflow$|@tensorflow\/)/,
  aws: /^@(aws-sdk|smithy)\//,
  cdk: /^(aws-cdk-lib|constructs|cdk-nag|aws-cdk|@aws-cdk)(\/|$)/,
  other: /^(?!#)/,
};

const CORE = ["lib/domain", "lib/contracts"];
const STORED = [...CORE, "lib/store"];

/** @type {Record<string, Room>} */
export const ROOMS = {
  // pure rules and numbers: whoever reads them needs nothing else
  "lib/domain": { imports: [], opens: [] },
  // what runs before any package is installed, and makes the bundles afterwards
  "lib/setup": { imports: [] },
  // how programs, threads and processes work side by side, whatever they work at
  "lib/parallel": { imports: ["lib/domain"] },
  // schemas know names and numbers, never who uses them
  "lib/contracts": { imports: ["lib/domain"] },
  // films from nothing but a seed
  "lib/phantoms": { imports: [...CORE, "lib/parallel"] },
  // the only room that opens TensorFlow and our kernels; knows no network and no file layout
  "lib/engine": { imports: [...CORE, "package.json"], opens: ["tensorflow", "other"] },
  // objects by key; knows no film and no model
  "lib/store": { imports: [...CORE, "lib/setup", "lib/parallel"], opens: ["aws", "other"] },
  // the frame that every step runs in
  "lib/steps": { imports: STORED },
  // the state machine as data: the same here and in the cloud
  "lib/workflow": { imports: CORE, opens: ["aws", "other"] },
  // runs the state machine; its programs are handed in from bin
  "lib/local": { imports: [...CORE, "lib/parallel", "lib/workflow"] },
  // what is deployed: a change of model must never touch it
  "lib/stacks": { imports: [...CORE, "lib/workflow"], opens: ["cdk", "other"] },
  // the command line's clients of AWS
  "lib/cloud": { imports: [...STORED, "lib/workflow"], opens: ["aws", "other"] },
  // versions and channels on any store; runs nothing
  "lib/registry": { imports: STORED },
  // what a store tells of its runs; changes nothing but to remove one
  "lib/runs": { imports: [...STORED, "lib/parallel", "lib/workflow"] },
  // bytes to films and heat maps to pictures; knows no model
  "lib/imaging": { imports: [...CORE, "lib/parallel", "lib/engine"] },
  // films to shards and batches; knows no model
  "lib/data": { imports: [...STORED, "lib/setup", "lib/parallel", "lib/steps", "lib/engine", "lib/imaging"] },
  // networks as data and as graphs; knows no run
  "lib/model": { imports: [...CORE, "lib/engine"] },
  // the loop; knows no report
  "lib/training": { imports: [...STORED, "lib/parallel", "lib/steps", "lib/engine", "lib/data", "lib/model"] },
  // one version answers; knows no run and no training
  "lib/inference": {
    imports: [...STORED, "lib/setup", "lib/parallel", "lib/engine", "lib/imaging", "lib/model", "lib/registry"],
  },
  // documents to a page; reads no store
  "lib/report": { imports: [...CORE, "lib/imaging"] },
  // a trained run to figures and a version
  "lib/evaluation": {
    imports: [
      ...STORED,
      "lib/setup",
      "lib/parallel",
      "lib/steps",
      "lib/engine",
      "lib/imaging",
      "lib/data",
      "lib/model",
      "lib/training",
      "lib/inference",
      "lib/registry",
      "lib/report",
    ],
  },

  // one folder a Lambda: they run without the runner, the stacks and TensorFlow's training
  "functions/api": {
    imports: [
      ...STORED,
      "lib/parallel",
      "lib/steps",
      "lib/imaging",
      "lib/phantoms",
      "lib/inference",
      "lib/registry",
      "lib/evaluation",
      "lib/report",
      "lib/runs",
    ],
  },
  "functions/validate": { imports: ["lib/steps", "lib/data"] },
  "functions/plan": { imports: ["lib/steps", "lib/data"] },
  "functions/merge": { imports: ["lib/steps", "lib/data"] },
  "functions/gate": { imports: [...STORED, "lib/steps", "lib/registry", "lib/evaluation", "lib/report"] },
  "functions/promote": { imports: [...STORED, "lib/steps", "lib/registry"] },
  "functions/on-data": { imports: [...STORED, "lib/steps", "lib/data"], opens: ["aws", "other"] },
  "functions/notify": { imports: [...STORED, "lib/steps", "lib/runs", "functions/on-data"] },
  "functions/on-failure": {
    imports: [
      "lib/contracts",
      "lib/store",
      "lib/steps",
      "lib/workflow",
      "lib/runs",
      "functions/on-data",
      "functions/notify",
    ],
    opens: ["aws", "other"],
  },
  "functions/watch": { imports: ["lib/contracts", "lib/steps"], opens: ["aws", "other"] },
  "functions/page-files": { imports: ["lib/contracts", "lib/steps", "lib/store"], opens: ["aws", "other"] },
  "functions/empty-buckets": { imports: ["lib/domain", "lib/steps", "lib/store"], opens: ["aws", "other"] },
  // a page and a program of CloudFront: they run where nothing of lib/ is
  "functions/login": { imports: [], opens: [] },

  // one folder an image: a few lines over lib; containers/images builds what goes in
  containers: { imports: ["lib/contracts", "lib/setup", "lib/steps", "lib/data", "lib/training", "lib/evaluation"] },

  // the command line: everything that users run
  bin: { imports: ["lib/*", "functions/*", "containers", "presets", "package.json"] },
  // runs before any package is installed
  "bin/setup.mjs": { imports: ["lib/setup"], opens: [] },

  // beside the product: nothing of it imports these
  test: { imports: ["*"], opens: ["tensorflow", "aws", "cdk", "other"] },
  bench: { imports: ["lib/*", "functions/api", "test"], opens: ["tensorflow", "other"] },
  drills: { imports: ["lib/*", "functions/*", "test"], opens: ["aws", "other"] },
  // a stage's life against an emulator: stacks and what they are called, never a model
  rehearsal: {
    imports: [...STORED, "lib/setup", "lib/stacks", "functions/api", "bin", "test"],
    opens: ["aws", "cdk", "other"],
  },

  // documents and settings: they import nothing of ours
  presets: { imports: [] },
  "package.json": { imports: [] },
  "vitest.config.ts": { imports: [] },
  ".ci": { imports: [], opens: [] },
};
