/** Coefficients of Wichura's rational approximations, from the highest power to the constant: numerator, denominator. */
const CENTRAL = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
] as const;
const TAIL = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
] as const;
const FAR_TAIL = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
] as const;

const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
};

const ratio = ([above, below]: readonly (readonly number[])[], x: number): number =>
  polynomial(above!, x) / polynomial(below!, x);

/** Quantile of the standard normal distribution, to 16 digits (Wichura 1988, AS 241); the probability in (0, 1). */
export function normalQuantile(probability: number): number {
  const fromMiddle = probability - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) return fromMiddle * ratio(CENTRAL, 0.180625 - fromMiddle * fromMiddle);
  const depth = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
  const size = depth <= 5 ? ratio(TAIL, depth - 1.6) : ratio(FAR_TAIL, depth - 5);
  return fromMiddle < 0 ? -size : size;
}

/**
 * Quantile of Student's distribution (Hill 1970, algorithm 396), to four digits at two degrees of freedom or more; with
 * infinitely many the normal one.
 * @param probability above 0.5
 * @param freedom degrees of freedom, at least 1, not necessarily whole
 */
export function studentQuantile(probability: number, freedom: number): number {
  if (freedom > 1e7) return normalQuantile(probability);
  const twoTails = 2 * (1 - probability);
  if (freedom === 1) return 1 / Math.tan((Math.PI * twoTails) / 2);
  if (freedom === 2) return Math.sqrt(2 / (twoTails * (2 - twoTails)) - 2);
  const a = 1 / (freedom - 0.5);
  const b = 48 / (a * a);
  let c = ((20700 * a) / b - 98) * a - 16 + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * freedom;
  let y = (d * twoTails) ** (2 / freedom);
  if (y > 0.05 + a) {
    const x = -normalQuantile(twoTails / 2);
    y = x * x;
    if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    const far = 1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4);
    y = ((far * y - 1) * (freedom + 1)) / (freedom + 2) + 1 / y;
  }
  return Math.sqrt(freedom * y);
}
