/** A chart of lines as SVG. Two lines on linear axes need no chart library: those that work without a browser are tens of megabytes. */
interface Curve {
  title: string;
  description: string;
  x: string;
  y: string;
  /** Each line has its points in order. */
  lines: { name: string; points: [x: number, y: number][] }[];
}

const [width, height] = [720, 400];
const plot = { left: 64, right: 560, top: 48, bottom: 344 };

/** Readable on light and on dark pages. The second line is dashed, for readers who see no difference in colour. */
const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .grid { stroke: #d0d7de } .axis { stroke: #57606a }
  .line { fill: none; stroke-width: 2 } .line-1 { stroke-dasharray: 6 4 }
  .line-0, .dot-0 { stroke: #0550ae } .dot-0, .name-0 { fill: #0550ae }
  .line-1, .dot-1 { stroke: #953800 } .dot-1, .name-1 { fill: #953800 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .grid { stroke: #30363d } .axis { stroke: #8b949e }
    .line-0, .dot-0 { stroke: #79c0ff } .dot-0, .name-0 { fill: #79c0ff }
    .line-1, .dot-1 { stroke: #ffa657 } .dot-1, .name-1 { fill: #ffa657 }
  }`;

/** The whole document. Both axes begin at 0. */
export function curveSvg({ title, description, x, y, lines }: Curve): string {
  const points = lines.flatMap((line) => line.points);
  const across = scaleTo(Math.max(...points.map(([at]) => at)), [plot.left, plot.right]);
  const up = scaleTo(Math.max(...points.map(([, value]) => value)), [plot.bottom, plot.top]);
  const middle = (plot.top + plot.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${style}\n</style>`,
    text(plot.left, 24, title, 'class="title"'),
    ...up.ticks.flatMap((tick) => [
      `<path class="grid" d="M${plot.left} ${up.at(tick)}H${plot.right}"/>`,
      text(plot.left - 8, up.at(tick) + 4, String(tick), 'text-anchor="end"'),
    ]),
    ...across.ticks.map((tick) => text(across.at(tick), plot.bottom + 20, String(tick), 'text-anchor="middle"')),
    `<path class="axis" d="M${plot.left} ${plot.bottom}H${plot.right}"/>`,
    text((plot.left + plot.right) / 2, plot.bottom + 44, x, 'text-anchor="middle"'),
    text(18, middle, y, `text-anchor="middle" transform="rotate(-90 18 ${middle})"`),
    ...lines.flatMap((line, index) => drawn(line, index, across.at, up.at)),
    '</svg>',
    '',
  ].join('\n');
}

function drawn(
  { name, points }: Curve['lines'][number],
  index: number,
  across: (value: number) => number,
  up: (value: number) => number,
): string[] {
  const places = points.map(([x, y]) => [across(x), up(y)] as const);
  const [endX, endY] = places.at(-1) ?? [0, 0];
  return [
    `<path class="line line-${index}" d="M${places.map((place) => place.join(' ')).join('L')}"/>`,
    ...places.map(([x, y]) => `<circle class="dot-${index}" cx="${x}" cy="${y}" r="3"/>`),
    text(endX + 10, endY + 4, name, `class="name-${index}"`),
  ];
}

/** Places values from 0 to `most` on a line, with about five ticks at round numbers. */
function scaleTo(most: number, [from, to]: [number, number]) {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  const end = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step);
  return { ticks, at: (value: number) => Number((from + ((to - from) * value) / end).toFixed(1)) };
}

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
