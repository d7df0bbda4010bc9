/** The style of all pages. Every pair of colours has a contrast of at least 4.5, in light and dark. */
export const style = `
:root { color-scheme: light dark;
  --ground: #fff; --text: #1b1e23; --faint: #59616b; --line: #dfe3e8; --wash: #f5f6f8; --link: #1f55b5;
  --good: #17703a; --warn: #875300; --bad: #b3261e; --commands: #2b62c9; --working: #6f7a87; --waiting: #b9c6da }
@media (prefers-color-scheme: dark) { :root {
  --ground: #15181c; --text: #e6e8ec; --faint: #a3acb7; --line: #2e343b; --wash: #1d2126; --link: #8fb4ff;
  --good: #74cf92; --warn: #efb65c; --bad: #ff8f85; --commands: #7ea6ff; --working: #8d98a6; --waiting: #42506a } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0 auto; padding: 2.5rem 1rem 4rem; max-width: 68rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: -99rem } .skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .25rem .5rem }
a { color: var(--link) } :focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
code, pre, .diff, .id { font: .8125rem/1.5 ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", monospace }
.kicker { margin: 0; color: var(--faint); font-size: .875rem }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere }
h1 .id { font-size: 1rem; font-weight: 400; color: var(--faint); letter-spacing: 0 }
h2 { margin: 3rem 0 .75rem; font-size: 1.125rem; line-height: 1.3; font-weight: 650 }
h3 { margin: 1.5rem 0 .25rem; font-size: 1rem; font-weight: 600 }
p { margin: .25rem 0; max-width: 46rem; overflow-wrap: anywhere } .faint { color: var(--faint) }
.verdict { margin: .75rem 0 0; font-size: 1.25rem; line-height: 1.4; font-weight: 500 }
.good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad) }
nav { margin: 1.25rem 0 0; padding: .5rem 0; border-block: 1px solid var(--line); font-size: .875rem }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0; padding: 0; list-style: none }
nav a { display: inline-block; padding: .25rem 0; text-decoration: none } nav a:hover { text-decoration: underline }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .125rem 1.25rem; margin: 1.25rem 0 0 }
dt { color: var(--faint) } dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
ul, ol { margin: .25rem 0; padding-left: 1.25rem; overflow-wrap: anywhere }
section { position: relative } .frame { overflow-x: auto; position: relative }
table { border-collapse: collapse; width: 100%; font-size: .875rem }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
th, td { padding: .3125rem .75rem .3125rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400 }
thead th { color: var(--faint); vertical-align: bottom; font-size: .8125rem; border-bottom-color: var(--faint) }
th.group { padding-top: 1rem; color: var(--faint); font-size: .8125rem }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding: .3125rem 0 .3125rem .75rem }
pre { margin: .25rem 0 .75rem; padding: .625rem .75rem; background: var(--wash); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; direction: ltr }
.message { max-width: 60rem; font-size: 1.0625rem }
.advice { margin: 1rem 0; padding-left: .875rem; border-left: 3px solid var(--line) }
.advice.bad { border-color: var(--bad); color: inherit }
details { margin: .125rem 0 } summary { cursor: pointer; padding: .125rem 0 } summary:hover { color: var(--link) }
.mark { display: inline-block; text-indent: 0; min-width: 1.125em; font-weight: 600 }
.lanes td, .lanes th { padding-block: .125rem; border-bottom: 0; vertical-align: middle }
.lanes tbody th { width: 15rem; overflow-wrap: anywhere; line-height: 1.3 } .lanes th.group { padding-top: .625rem }
.lanes td.number { width: 5.5rem; color: var(--faint) } .lanes thead th { border-bottom: 0; padding-block: 0 }
.lanes svg { display: block; width: 100%; height: 1.25rem; overflow: visible }
svg text { fill: var(--faint); font-size: .75rem }
.tick { stroke: var(--line) } .commands { fill: var(--commands) } .working { fill: var(--working) } .waiting { fill: var(--waiting) }
.failed { fill: var(--bad) }
svg svg { width: auto; overflow: visible } .good-mark { fill: var(--good) } .bad-mark { stroke: var(--bad); stroke-width: 2; fill: none }
.weeks { display: block; width: 100%; height: 6.25rem; margin: .5rem 0 1rem; overflow: visible }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1rem; padding: 0; list-style: none; font-size: .875rem; max-width: none }
.legend svg { width: .875rem; height: .875rem; margin-right: .375rem; vertical-align: -.1em }
.share { display: block; width: 100%; height: .625rem; margin: 0 0 .625rem }
.reach { width: auto } .reach th, .reach td { white-space: nowrap }
.reach thead th { padding-right: 1rem } .reach .turned { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg) }
.reach td.cell { text-align: center; padding-right: 0; min-width: 1.75rem } .reach td.cell .mark { min-width: 0 }
.reach tbody th { position: sticky; left: 0; background: var(--ground) }
.diff { padding-block: .625rem; background: var(--wash) } .diff span { display: block; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0 .75rem 0 2.25rem; text-indent: -1.5rem }
.diff .plus { color: var(--good) } .diff .minus { color: var(--bad) } .diff .gap { color: var(--faint) }
.runs tr.first > * { border-bottom: 0; padding-bottom: 0 } .runs tr.output td { padding-top: 0; padding-right: 0; font-size: .8125rem; max-width: 0 }
.runs th { font-weight: 500 } .runs td:nth-child(2) { width: 8rem } .runs td:nth-child(3) { width: 5rem }
.bars td { vertical-align: middle } .bar { display: block; height: .5rem; background: var(--waiting) } .bars td.wide { width: 40% }
.accent { color: var(--link) } ul.plain { list-style: none; padding: 0 } .plain li { margin: .125rem 0 } .plain ul { margin-left: 1.25rem }
.events .time { color: var(--faint); font-variant-numeric: tabular-nums; margin-right: .5rem } .events strong { font-weight: 600 }
.events li { padding-left: 4.75rem; text-indent: -4.75rem; font-size: .9375rem }
.calendar { table-layout: fixed; line-height: 1.35 } .calendar td { height: 4.5rem; padding: .375rem .25rem .375rem 0 } .calendar div { white-space: nowrap } .calendar abbr { text-decoration: none }
footer { margin-top: 4rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .8125rem }
@media (max-width: 40rem) {
  body { padding-top: 1.25rem } h1 { font-size: 1.375rem } .verdict { font-size: 1.125rem } h2 { margin-top: 2.25rem }
  dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem }
  .extra { display: none } .lanes tbody th { width: 7rem; font-size: .8125rem } .lanes td.number { width: 3.75rem; font-size: .8125rem; white-space: normal } }
@media print {
  :root { --ground: #fff; --text: #000; --faint: #444; --line: #ccc; --wash: #f5f5f5; --link: #000; --good: #17703a; --warn: #875300;
    --bad: #b3261e; --commands: #2b62c9; --working: #6f7a87; --waiting: #b9c6da }
  body { max-width: none; padding: 0; font-size: 10pt } nav, .skip { display: none } h2, h3 { break-after: avoid }
  tr, dt, dd, li, .advice { break-inside: avoid } .frame { overflow: visible }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  details::details-content { content-visibility: visible; display: block; height: auto } }
`;
