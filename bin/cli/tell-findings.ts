import type { Finding, NamedFinding } from "../../lib/contracts/finding.ts";

const MARKS = { good: "ok   ", doubtful: "doubt", bad: "bad  " } as const satisfies Record<Finding["state"], string>;

const INDENT = " ".repeat(20);

const tell = ({ name, state, found, mend }: NamedFinding): string => {
  const lines = mend === undefined ? [] : mend.split("\n").map((line) => `\n${INDENT}${line}`);
  return `${MARKS[state]}  ${name.padEnd(12)} ${found}${lines.join("")}`;
};

/** A line a finding and what mends it under it; as JSON one list. */
export function printFindings(findings: readonly NamedFinding[], json: boolean | undefined): void {
  if (json) console.log(JSON.stringify(findings));
  else for (const finding of findings) console.log(tell(finding));
}
