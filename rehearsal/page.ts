import { table } from "../bin/markdown.ts";
import { EMULATOR } from "./emulator/emulator.ts";
import { LEFT_OUT } from "./left-out.ts";
import { BESIDES, WORKAROUNDS } from "./workarounds.ts";

/** docs/rehearsal.md */
export const rehearsalPage = (): string => `# The rehearsal

\`npm run rehearse\` plays the life of two stages, one that keeps its data and one that does not, in an emulated account: the
pinned command line's \`cdk bootstrap\`, \`cdk deploy\` and \`cdk destroy\`, with the real templates, code and functions. The
emulator is ${EMULATOR}, from PyPI, kept in the cache by version. It needs Python with pip, no Docker and no account;
\`-- --json FILE\` writes what it printed for programs. An act that does not show what it must ends it with exit code 1:

${table(
  ["act", "what must be seen"],
  [
    ["created", "every resource of the adapted templates, by its identifier in the account"],
    [
      "executed once",
      "a data set and its `_SUCCESS`: S3 tells the bus, the bus on-data, on-data Step Functions; the same event again starts nothing",
    ],
    [
      "waited",
      "the data set's next version, put while the first runs, waits through the schedule's sweep too, and is started when the first is stopped",
    ],
    [
      "updated in place",
      "a stage with other settings deployed over it: each resource is the one it was, the changes have come, the execution under way goes on and none is started",
    ],
    [
      "destroyed",
      "`hilum empty` refuses during a run and where data is kept, and removes versions and delete markers where not; `cdk destroy` ends",
    ],
    [
      "left",
      "in the account, listed service by service, nothing that was not there before, but for what `keepData` names",
    ],
  ],
)}

CloudFormation itself decides by its own rules what an update replaces: [that is compared with the last
release](platform.md#upgrade-and-uninstall) by another test. These tables are made from \`rehearsal/\`; a type that is left out and
not named here ends the rehearsal.

## What is changed in the templates, and why

${table(
  ["what is deployed instead", "why"],
  [...WORKAROUNDS, ...BESIDES].map(({ what, why }) => [what, why]),
)}

## What the emulator does not make

${table(
  ["type", "what it does is"],
  Object.entries(LEFT_OUT).map(([type, instead]) => [`\`${type}\``, instead]),
)}
`;
