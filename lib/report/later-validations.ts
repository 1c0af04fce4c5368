/** Card and report are written once, with their version; what was made of it since stands beside it. */
export const LATER_VALIDATIONS =
  "external validations made since stand beside the version, and `hilum models show VERSION` lists them";

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
