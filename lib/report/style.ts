/** The report's style sheet: system fonts, one accent, light and dark, A4. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #16191d; --quiet: #5b6470; --line: #dfe3e8; --tint: #f4f6f8;
  --accent: #0b6bcb; --second: #b3541e; --warn: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #101316; --ink: #e7eaee; --quiet: #9aa4b0; --line: #2b3138; --tint: #191d22;
    --accent: #62aef7; --second: #f0945a; --warn: #e5b455; }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 1.25rem 4rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: 1.25rem; }
.kicker { color: var(--quiet); font-size: .8rem; margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; margin: .25rem 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.75rem 0 .6rem; break-after: avoid; }
h3 { font-size: 1rem; margin: 1.75rem 0 .4rem; break-after: avoid; }
p, ul { margin: .5rem 0; max-width: 42rem; }
ul { padding-left: 1.2rem; }
li + li { margin-top: .3rem; }
a { color: var(--accent); }
code { font: .86em ui-monospace, monospace; overflow-wrap: anywhere; }
.caution { border-left: 3px solid var(--warn); padding: .1rem 0 .1rem .8rem; margin: 1rem 0 0; }
.caution strong { color: var(--warn); }
.banner { background: var(--tint); border: 2px solid var(--warn); color: var(--warn); font-size: 1.05rem; margin: 1.25rem 0 0; max-width: none; padding: .6rem .9rem; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem 1.5rem; margin: 1.5rem 0; padding: 0; }
.key div { border-top: 2px solid var(--ink); padding-top: .4rem; }
.key dt { color: var(--quiet); font-size: .8rem; }
.key dd { margin: 0; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.key small { display: block; color: var(--quiet); font-size: .8rem; line-height: 1.35; }
figure { margin: 1.25rem 0 1.75rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--quiet); font-size: .83rem; line-height: 1.45; text-align: left; }
figcaption { margin-top: .6rem; max-width: 44rem; break-before: avoid; }
figcaption b { color: var(--ink); }
.table figcaption { break-after: avoid; break-before: auto; margin: 0 0 .5rem; max-width: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .83rem; font-variant-numeric: tabular-nums; }
thead th { border-bottom: 1px solid var(--ink); color: var(--quiet); font-weight: 500; vertical-align: bottom; white-space: nowrap; }
th, td { padding: .24rem .4rem; text-align: right; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 500; white-space: nowrap; }
tbody td { white-space: nowrap; }
tbody tr { border-bottom: 1px solid var(--line); break-inside: avoid; }
tfoot td, tfoot th { border-top: 1px solid var(--ink); font-weight: 600; white-space: nowrap; }
tbody .undefined { display: inline-block; line-height: 1.15; max-width: 3.6rem; white-space: normal; }
tbody .reason { display: inline-block; max-width: 10rem; white-space: normal; }
tfoot .quiet { font-weight: 400; }
.quiet { color: var(--quiet); }
.under { display: block; font-size: .78rem; white-space: nowrap; }
tbody td.text, thead th.text { padding-left: 1.4rem; text-align: left; white-space: normal; }
.note b { color: var(--ink); }
.note { color: var(--quiet); font-size: .83rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 1rem; list-style: none; margin: 0; padding: 0; }
.panels, .films { max-width: none; }
.panels li, .films li { margin: 0; }
.panels li { break-inside: avoid; display: flex; flex-direction: column; font-size: .78rem; line-height: 1.3; }
.panels strong { display: block; font-weight: 600; }
.panels svg { margin-top: auto; }
.panels span { color: var(--quiet); }
.pair { display: grid; align-items: end; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.films { display: grid; grid-template-columns: repeat(3, 1fr); gap: .9rem; list-style: none; margin: .5rem 0 1.25rem; padding: 0; break-inside: avoid; }
.films li { font-size: .78rem; line-height: 1.35; }
.films div { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; margin-bottom: .35rem; background: #000; }
.films img { display: block; width: 100%; height: auto; }
.films .none { display: grid; grid-template-columns: 1fr; place-items: center; text-align: center; aspect-ratio: 2 / 1; background: var(--tint); color: var(--quiet); }
.legend { display: flex; flex-wrap: wrap; max-width: none; align-items: center; gap: .5rem; color: var(--quiet); font-size: .78rem; }
.legend img { width: 9rem; height: .6rem; }
dl.plain { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .83rem; margin: .75rem 0; }
dl.plain dt { color: var(--quiet); }
dl.plain dd { margin: 0; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); color: var(--quiet); font-size: .8rem; margin-top: 3rem; padding-top: .75rem; }
@media (max-width: 34rem) { .films { grid-template-columns: 1fr; } dl.plain { grid-template-columns: 1fr; } dl.plain dd { margin-bottom: .4rem; } }
@media print {
  @page { size: A4; margin: 16mm 15mm 18mm; }
  :root { color-scheme: light; --paper: #fff; --ink: #000; --quiet: #4a525c; --line: #d5d9de; --tint: #f1f3f5;
    --accent: #0b5cad; --second: #9c4412; --warn: #7a4f00; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  tfoot { display: table-row-group; }
  table { font-size: 7.6pt; }
  th, td { padding: .18rem .3rem; }
  figure { break-inside: avoid; }
  .panels { grid-template-columns: repeat(5, 1fr); gap: .5rem .6rem; }
  .panels svg { width: 90%; }
  .films { grid-template-columns: repeat(3, 1fr); }
  img { print-color-adjust: exact; }
}
`;
