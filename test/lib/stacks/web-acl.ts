/** A call as the firewall sees it, with the labels that managed rules would give it. */
export interface FirewallCall {
  /** Address of whoever called: of CloudFront, where the call came through it. */
  readonly from: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly labels?: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
type Json = any;

const text = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Whether a statement of a web ACL holds of a call; of those that this project uses. */
export function holds(statement: Json, call: FirewallCall): boolean {
  const [[kind, inner]] = Object.entries<Json>(statement) as [[string, Json]];
  switch (kind) {
    case "NotStatement":
      return !holds(inner.Statement, call);
    case "AndStatement":
      return inner.Statements.every((one: Json) => holds(one, call));
    case "OrStatement":
      return inner.Statements.some((one: Json) => holds(one, call));
    case "LabelMatchStatement":
      return (call.labels ?? []).includes(inner.Key);
    case "ByteMatchStatement":
      if (inner.PositionalConstraint !== "EXACTLY") throw new Error(inner.PositionalConstraint);
      return call.headers?.[inner.FieldToMatch.SingleHeader.Name] === text(inner.SearchString);
    case "RegexMatchStatement":
      return new RegExp(inner.RegexString).test(decodeURIComponent(call.path));
    default:
      throw new Error(`${kind} is not known here`);
  }
}

/** What each rule that counts calls counts this one under; a rule that does not look at it is left out. */
export function countedUnder(rules: readonly Json[], call: FirewallCall): Record<string, string | undefined> {
  const counting = rules.flatMap(({ Name, Statement }) => {
    const rate = Statement.RateBasedStatement;
    if (rate === undefined || (rate.ScopeDownStatement && !holds(rate.ScopeDownStatement, call))) return [];
    const under =
      rate.AggregateKeyType === "FORWARDED_IP" ? call.headers?.[rate.ForwardedIPConfig.HeaderName] : call.from;
    return [[Name, under]];
  });
  return Object.fromEntries(counting);
}
